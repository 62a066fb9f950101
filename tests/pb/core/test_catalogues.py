"""English and Welsh in step: nothing missing, nothing stale, plurals and placeholders whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from pb.app import load_features
from pb.core.i18n import _SENTENCES, LOCALE, Translations, plural_form
from pb.core.messages import update_catalogues

ROOT = Path(__file__).resolve().parents[3]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")

REFUSAL = re.compile(r"\b(?:Invalid|Conflict|NotFound|NotAllowed|Gone)\(\s*\"([a-z_]+\.[a-z_]+)\"")
IN_A_TERMINAL = ROOT / "pb/results/importing.py"

SAME_IN_BOTH = {
    "Pen-y-bryn", "CSV", "JSON", "BLT", "English", "Cymraeg", "%(num)s", "Email", "QR",
    "%(number)s.", "%(code)s", "%(sum)s", "%(area)s: %(sum)s", "%(name)s: %(sum)s",
}
"""What is the same word or sign in both languages."""

TERMS = {
    r"\bcouncil\b": r"[cg]yngor|chyngor|nghyngor",
    r"\bbudgets?\b": r"[cg]yllideb|chyllideb|nghyllideb|chyllid|cyllid",
    r"\bprojects?\b": r"[pb]rosiect|phrosiect|mhrosiect",
    r"\bproposals?\b": r"cynig|cynnig|gynig|gynnig|chynnig|chynig",
    r"\bobjections?\b": r"wrthwyneb",
    r"\bofficials?\b": r"swyddog",
    r"\bauditors?\b": r"archwilydd|archwilwyr",
    r"\bfacilitators?\b": r"hwylus",
    r"\bjury\b": r"rheithgor|reithgor",
    r"\breceipt\b": r"dderbyn|derbyn|nerbyn",
    r"\bquota\b": r"[cg]wota|chwota",
    r"\bby lot\b": r"ar hap",
    r"\bdeadline\b": r"dyddiad cau|terfyn",
    r"\bprivacy\b": r"[pb]reifatrwydd|phreifatrwydd",
    r"\baccessibility\b": r"hygyrchedd",
    r"\bareas?\b": r"ardal",
}
"""Civic terms and the Welsh that must stand for them, in any mutation (the term list)."""


def messages() -> list[tuple[str, Message]]:
    found = []
    for path in sorted((LOCALE / "cy").glob("*.po")):
        with path.open("rb") as file:
            found += [(path.stem, one) for one in read_po(file, locale="cy") if one.id]
    return found


def forms(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple) else [message.string]


def originals(message: Message) -> list[str]:
    return list(message.id) if isinstance(message.id, tuple) else [message.id]


def test_the_catalogues_are_in_step_with_code_and_templates() -> None:
    assert update_catalogues(ROOT, write=False) == [], "run: python3 -m pb messages"


def test_everything_is_translated() -> None:
    bare = [f"{domain}: {one.id}" for domain, one in messages() if not all(forms(one))]
    assert not bare, "\n".join(map(str, bare))
    assert len(messages()) > 400


def test_no_welsh_is_the_english_again() -> None:
    same = [
        f"{domain}: {one.id}"
        for domain, one in messages()
        if set(forms(one)) & set(originals(one)) and not set(originals(one)) & SAME_IN_BOTH
    ]
    assert not same, "\n".join(same)


def test_placeholders_match() -> None:
    wrong = []
    for domain, one in messages():
        wanted = set(PLACEHOLDER.findall(" ".join(originals(one))))
        counted = {"num", "shown"} if isinstance(one.id, tuple) else set()
        for number, form in enumerate(forms(one)):
            have = set(PLACEHOLDER.findall(form))
            # "No projects" needs no number, and a Welsh noun may stand for one, two ...
            if have != wanted and not (number < 5 and have == wanted - counted):
                wrong.append(f"{domain}: {form!r} for {one.id!r}")
    assert not wrong, "\n".join(wrong)


def test_plurals_have_the_six_welsh_forms() -> None:
    for _domain, one in messages():
        if isinstance(one.id, tuple):
            assert len(forms(one)) == 6, one.id
    for path in (LOCALE / "cy").glob("*.po"):
        header = path.read_text(encoding="utf-8").split("\n\n")[0]
        assert "nplurals=6" in header, path


@pytest.mark.parametrize(
    ("number", "form"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 5), (6, 4), (7, 5), (26, 5)]
)
def test_which_form_a_number_takes(number: int, form: int) -> None:
    assert plural_form("cy", number) == form


def test_one_sentence_has_one_translation() -> None:
    known: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for domain, one in messages():
        key = (one.context or "", str(one.id))
        before = known.setdefault(key, (domain, forms(one)))
        assert before[1] == forms(one), f"{key} differs between {before[0]} and {domain}"


def test_civic_terms_follow_the_list() -> None:
    strays = []
    for domain, one in messages():
        english, welsh = " ".join(originals(one)).lower(), " ".join(forms(one)).lower()
        english = PLACEHOLDER.sub("", english)
        for term, allowed in TERMS.items():
            if re.search(term, english) and not re.search(allowed, welsh):
                strays.append(f"{domain}: {term} in {one.id!r}: {one.string!r}")
    assert not strays, "\n".join(strays)


def test_welsh_follows_the_house_style() -> None:
    """No ampersand, curly quotes, nobody is called ti."""
    wrong = [
        form for _, one in messages() for form in forms(one)
        if "&" in form.replace("&nbsp;", "") or "'" in form or re.search(r"\b[Tt]i\b", form)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_catalogue_is_loaded() -> None:
    welsh = Translations("cy")
    assert welsh.gettext("Skip to main content") == "Neidio i’r prif gynnwys"
    assert Translations("en").ngettext("%(num)s project", "%(num)s projects", 1) == (
        "%(num)s project"
    )


def test_every_refusal_has_words() -> None:
    """A code without a sentence shows as a general excuse, and nobody knows what to do."""
    load_features()
    silent = {
        f"{path.relative_to(ROOT)}: {code}"
        for folder in ("pb", "deliberation") for path in (ROOT / folder).rglob("*.py")
        for code in REFUSAL.findall(path.read_text(encoding="utf-8"))
        if code not in _SENTENCES and path != IN_A_TERMINAL
    }
    assert not silent
