"""The words of this app explained, on a page of their own and wherever a page uses them.

``explain`` marks the first use of each word in a text with a link to its explanation; ``used_in``
says which words a finished page uses, for the list at its foot. Both look at HTML that the
templates made, and leave alone what stands in links, headings, buttons and fields.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup
from sqlalchemy.orm import Session

from deliberation.plain.queries import town_words
from pb.core.web import Request

LEFT_ALONE = frozenset(
    {"a", "button", "summary", "label", "legend", "select", "textarea", "option", "code", "h1",
     "h2", "h3", "h4", "dt", "th", "caption", "title", "svg", "q", "blockquote", "script", "style"}
)
"""Elements in which no word is marked: they lead elsewhere, name something, or are quoted."""
MOST_AT_THE_FOOT = 12
MOST_LOOKED_AT = 60_000
"""Characters: the end of a list of a thousand projects uses no other words than its beginning."""
EMPTY = frozenset({"img", "input", "br", "hr", "wbr", "meta", "link", "source", "col"})
EXPLAINED = re.compile(r"""class="[^"]*\bexplain\b""")
"""The mark of a part of a page in which words are linked to their explanation."""
MARK = "<!-- words -->"
"""Where base.html wants the list of a page's words."""
_WORD = re.compile(r"[\w’'-]+")
_PARTS = re.compile(r"(<[^>]*>)")
_ALONE = re.compile(
    rf"<({'|'.join(sorted(LEFT_ALONE))})\b(?:[^>]*[^/])?>.*?</\1\s*>|<[^>]*>",
    re.DOTALL | re.IGNORECASE,
)
"""Every tag, and what is left alone with all that is in it."""
_LANG = re.compile(r"""\blang="([a-z]{2})["-]""")
SOFT = {"p": "b", "t": "d", "c": "g", "b": "f", "d": "dd", "g": "", "m": "f", "ll": "l",
        "rh": "r"}
NASAL = {"p": "mh", "t": "nh", "c": "ngh", "b": "m", "d": "n", "g": "ng"}
ASPIRATE = {"p": "ph", "t": "th", "c": "ch"}
UNCHANGED = ("ch", "dd", "ff", "ng", "ph", "th")
"""Digraphs that do not mutate, though they begin like letters that do."""


@dataclass(frozen=True)
class Term:
    """One word by language: ``words`` (the heading first) and its plain explanation."""

    key: str
    words: dict[str, tuple[str, ...]]
    plain: dict[str, str]


@cache
def terms() -> tuple[Term, ...]:
    """The glossary, in the order of its file."""
    content = tomllib.loads((Path(__file__).parent / "glossary.toml").read_text(encoding="utf-8"))
    return tuple(
        Term(
            key,
            {language: tuple(value["words"]) for language, value in entry.items()},
            {language: value["plain"] for language, value in entry.items()},
        )
        for key, entry in content.items()
    )


def mutations(word: str) -> set[str]:
    """A Welsh word as it may stand after other words: *pleidlais*, *bleidlais*, *phleidlais*."""
    found = {word}
    head = word[:2] if word[:2] in ("ll", "rh", *UNCHANGED) else word[:1]
    if head in UNCHANGED:
        return found
    for table in (SOFT, NASAL, ASPIRATE):
        if head in table:
            found.add(table[head] + word[len(head):])
    if word[0] in "aeiouwy":
        found.add("h" + word)
    return found


Town = tuple[Term, ...]
"""The town's own words, which juries asked for."""


def town_terms(session: Session) -> Town:
    """The words that the town's juries had explained and the shipped glossary does not hold."""
    known = _shipped()
    return tuple(
        Term(f"word-{one.id}", {language: (name,) for language, name in one.names.items()},
             dict(one.plain))
        for one in town_words(session)
        if (one.language, one.names[one.language].casefold()) not in known
    )


@cache
def _shipped() -> frozenset[tuple[str, str]]:
    """Every word of the shipped glossary with its language."""
    return frozenset(
        (language, word.casefold()) for term in terms()
        for language, words in term.words.items() for word in words
    )


def _finder(language: str, town: Town = ()) -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of every word of a language, the longest first, and whose word each is."""
    return _found(language, tuple((one.key, one.words[language]) for one in town))


@lru_cache(maxsize=8)
def _found(
    language: str, town: tuple[tuple[str, tuple[str, ...]], ...]
) -> tuple[re.Pattern[str], dict[str, str]]:
    owner: dict[str, str] = {}
    shipped = [(term.key, term.words.get(language, ())) for term in terms()]
    for key, words_of_term in [*shipped, *town]:
        for word in words_of_term:
            for form in sorted(mutations(word)) if language == "cy" else [word]:
                owner.setdefault(form.casefold(), key)
    longest_first = sorted(owner, key=lambda one: (-len(one), one))
    words = "|".join(re.escape(one) for one in longest_first)
    return re.compile(rf"(?<![\w’'-])(?:{words})(?![\w-])", re.IGNORECASE), owner


def explain(
    html: str, language: str, seen: set[str] | None = None, town: Town = ()
) -> Markup:
    """Mark the first use of each word that is not in ``seen`` yet (which grows) with a link.

    A text of the other language inside (``lang``) is left alone. The link's words stay those of
    the sentence, so that a screen reader reads on.
    """
    pattern, owner = _finder(language, town)
    seen = set() if seen is None else seen

    def mark(found: re.Match[str]) -> str:
        key = owner[found[0].casefold()]
        if key in seen:
            return found[0]
        seen.add(key)
        return f'<a class="term" href="/glossary#{key}">{found[0]}</a>'

    return Markup("".join(
        pattern.sub(mark, part) if plain else part for part, plain in _walk(html, language)
    ))


def _walk(html: str, language: str) -> list[tuple[str, bool]]:
    """The parts of a page, each with whether it is text in which words may be explained."""
    found: list[tuple[str, bool]] = []
    closed: list[str] = []  # the elements that are open and left alone, the innermost last
    for part in _PARTS.split(html):
        if not part.startswith("<"):
            found.append((part, not closed and bool(part.strip())))
            continue
        found.append((part, False))
        ends = part.startswith("</")
        name = part[2 if ends else 1:].split(">", 1)[0].split("/", 1)[0].split(None, 1)[:1]
        if not name or part.endswith("/>") or name[0].lower() in EMPTY:
            continue
        if closed:
            if name[0].lower() == closed[-1]:
                if ends:
                    closed.pop()
                else:
                    closed.append(closed[-1])  # one of the same kind inside
        elif not ends:
            other = _LANG.search(part) if "lang=" in part else None
            if name[0].lower() in LEFT_ALONE or (other and other[1] != language):
                closed.append(name[0].lower())
    return found


def used_in(html: str, language: str, town: Town = ()) -> list[Term]:
    """The words that a page's text uses, in the glossary's order, so many at most.

    Looked up word by word, since every page is looked through; only what has several words is
    searched for.
    """
    _, owner = _finder(language, town)
    text = _text_of(html, language).casefold()
    alone = {word.strip("’'-") for word in _WORD.findall(text)}
    keys = {
        key for form, key in owner.items()
        if (form in alone if " " not in form else form.split(" ", 1)[0] in alone and form in text)
    }
    return [term for term in (*terms(), *town) if term.key in keys][:MOST_AT_THE_FOOT]


def _text_of(html: str, language: str) -> str:
    """The text of a page in which words may be explained."""
    if all(one == language for one in _LANG.findall(html)):
        return _ALONE.sub(" ", html)  # most pages, in a tenth of the time
    return " ".join(part for part, plain in _walk(html, language) if plain)


def finish(request: Request, html: str) -> str:
    """A finished page with its words: linked where the template says ``explain``, listed at its
    foot everywhere."""
    language = request.reader.language
    start, end = html.find("<main"), html.find(MARK)
    if start < 0 or end < 0:
        return html
    main, seen = html[start:end], set[str]()
    town = town_terms(request.session)
    if EXPLAINED.search(main):
        main = _explained(main, language, seen, town)
    used = used_in(main[:MOST_LOOKED_AT], language, town)
    foot = request.site.templates.render(
        "pages/words.html", language, {"terms": used, "language": language}
    ) if used else ""
    return html[:start] + main + foot + html[end + len(MARK):]


def _explained(main: str, language: str, seen: set[str], town: Town) -> str:
    """The main part with its ``explain`` elements marked; an element ends where its depth does."""
    found: list[str] = []
    place = 0
    while opening := EXPLAINED.search(main, place):
        start = main.find(">", opening.end()) + 1
        name = main[main.rfind("<", 0, opening.start()) + 1:].split(None, 1)[0]
        depth, end = 1, len(main)
        for tag in re.finditer(rf"<(/?){re.escape(name)}\b", main[start:]):
            depth += -1 if tag[1] else 1
            if not depth:
                end = start + tag.start()
                break
        found += [main[place:start], explain(main[start:end], language, seen, town)]
        place = end
    return "".join([*found, main[place:]])


def index(language: str, town: Town = ()) -> list[Term]:
    """Every word by its letters; in Welsh ch, dd, ff, ng, ll, ph, rh and th are letters."""
    return sorted((*terms(), *town),
                  key=lambda term: sorting_key(term.words[language][0], language))


LETTERS = ("a", "b", "c", "ch", "d", "dd", "e", "f", "ff", "g", "ng", "h", "i", "j", "k", "l",
           "ll", "m", "n", "o", "p", "ph", "q", "r", "rh", "s", "t", "th", "u", "v", "w", "x",
           "y", "z")


def sorting_key(word: str, language: str) -> list[int]:
    """Where a word stands in the alphabet of its language; accents and signs do not matter."""
    bare = "".join(
        one for one in unicodedata.normalize("NFKD", word.casefold())
        if not unicodedata.combining(one)
    )
    found, place = [], 0
    while place < len(bare):
        double = bare[place:place + 2]
        letter = double if language == "cy" and double in LETTERS else bare[place]
        found.append(LETTERS.index(letter) + 1 if letter in LETTERS else 0)
        place += len(letter)
    return found
