"""What people type, made fit to be kept: one function for every text of every form.

Signs that hide or turn the order of others go; what belongs to a language or an emoji stays. The
words themselves are nobody's business here.
"""

from __future__ import annotations

import re
import unicodedata

MOST_MARKS = 3
"""Combining marks on one letter. Welsh needs one, Vietnamese two, pointed Hebrew three."""

_KEPT_CONTROLS = "\n"
_JOINERS = "\u200c\u200d"
_TAG_FLAG = "\U0001f3f4"
"""The black flag that begins the flags of Wales, Scotland and England; tags spell which."""

_ALIKE = dict(
    zip(
        # Cyrillic and Greek letters that look as Latin ones do, in the same order.
        "аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅԌԚԜοαρυνικτχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aeopcyxijshdqwABEKMHOPCTYXIJSGQWoapuviktxABEZHIKMNOPTYX",
        strict=True,
    )
)
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


def clean(text: str | None) -> str:
    """The text without outer blanks, hidden signs, towers of accents and letters in disguise.

    Line ends become one character, other blanks a space. Bidirectional overrides, zero-width
    signs, private and unassigned characters go; joiners stay where a script or an emoji needs
    them. Letters drawn to look like others (mathematical, full-width, circled, and Cyrillic or
    Greek ones inside a Latin word) become the plain ones.
    """
    if not text:
        return ""
    if text.isascii() and text.isprintable():
        return text.strip()
    cleaned = re.sub("\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text)
    for _ in range(5):  # what one step takes away can leave something for another
        before = cleaned
        plain = _unmasked(_kept("".join(_undressed(one) for one in before)))
        cleaned = unicodedata.normalize("NFC", plain).strip()
        if cleaned == before:
            break
    return cleaned


def _undressed(one: str) -> str:
    """A letter or figure that wears a costume (bold, script, full-width, circled) without it."""
    number = ord(one)
    if 0x1D400 <= number <= 0x1D7FF or 0xFF01 <= number <= 0xFF5E or 0x24B6 <= number <= 0x24E9:
        return unicodedata.normalize("NFKC", one)
    return one


def _kept(text: str) -> str:
    found: list[str] = []
    marks = 0
    in_flag = False
    for place, one in enumerate(text):
        kind = unicodedata.category(one)
        if kind in ("Mn", "Me"):
            marks += 1
            if marks <= MOST_MARKS and found:
                found.append(one)
            continue
        marks = 0
        if in_flag and 0xE0020 <= ord(one) <= 0xE007F:
            found.append(one)
            continue
        in_flag = one == _TAG_FLAG
        if kind == "Zs" or one == "\t":
            found.append(" ")
        elif one in _JOINERS:
            if _joins(text, place):
                found.append(one)
        elif one in _KEPT_CONTROLS or not kind.startswith("C"):
            found.append(one)
    return "".join(found)


def _joins(text: str, place: int) -> bool:
    """Whether a joiner at this place does its work: inside an emoji, or between letters that are
    written joined (Arabic, Persian, the scripts of India)."""
    if not 0 < place < len(text) - 1:
        return False
    before, after = text[place - 1], text[place + 1]
    if text[place] == "\u200d" and unicodedata.category(after) == "So":
        return unicodedata.category(before) in ("So", "Sk", "Mn")
    return all(0x0600 <= ord(one) <= 0x0DFF for one in (before, after))


def _unmasked(text: str) -> str:
    """Latin words in which some letters were swapped for Cyrillic or Greek ones that look alike.
    A word wholly in another script stays as it is."""

    def plain(match: re.Match[str]) -> str:
        word = match[0]
        if word.isascii() or not _LATIN.search(word):
            return word
        strangers = [one for one in word if "\u0370" <= one <= "\u052f"]
        if not strangers or any(one not in _ALIKE for one in strangers):
            return word
        return "".join(_ALIKE.get(one, one) for one in word)

    return _WORD.sub(plain, text)
