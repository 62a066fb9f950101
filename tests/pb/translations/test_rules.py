"""The state of a translation and the table, on literals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.translations import tables
from pb.translations.rules import Kept, Unit, digest, units_of
from pb.translations.subjects import Item

NOW = datetime(2027, 5, 1, tzinfo=UTC)
BOTH = ("en", "cy")
HEADINGS = {name: name for name in tables.COLUMNS}
STATES = {name: name for name in tables.STATE_WORDS}


def item(first: str = "", most: int = 150, **texts: str) -> Item:
    return Item(7, "title", texts, texts, most, first)


def kept(text: str, source: str, state: str = "done", source_language: str = "en") -> Kept:
    language = "cy" if source_language == "en" else "en"
    return Kept(source_language, language, state, text, digest(source), 1, "Mair", NOW, None, 1)


def states(one: Item, *known: Kept, languages: Sequence[str] = BOTH) -> list[tuple[str, str, str]]:
    found = units_of("project", one, languages, {each.language: each for each in known})
    return [(unit.source_language, unit.language, unit.state) for unit in found]


@pytest.mark.parametrize(
    ("one", "known", "expected"),
    [
        (item(), [], []),
        (item(en="A bench"), [], [("en", "cy", "missing")]),
        (item(cy="Mainc"), [], [("cy", "en", "missing")]),
        (item(en="A bench", cy="Mainc"), [], [("en", "cy", "own")]),
        (item("cy", en="A bench", cy="Mainc"), [], [("cy", "en", "own")]),
        (item(en="A bench"), [kept("Mainc", "A bench", "draft")], [("en", "cy", "draft")]),
        (item(en="A bench", cy="Mainc"), [kept("Mainc", "A bench")], [("en", "cy", "done")]),
        (item(en="A bench", cy="Mainc"), [kept("Mainc", "A bench", "checked")],
         [("en", "cy", "checked")]),
        (item(en="Two benches", cy="Mainc"), [kept("Mainc", "A bench")],
         [("en", "cy", "changed")]),
        (item(en="Two benches", cy="Mainc"), [kept("Mainc", "A bench", "checked")],
         [("en", "cy", "changed")]),
        # Its owner wrote another one over it, took it out, or took the source out.
        (item(en="A bench", cy="Sedd"), [kept("Mainc", "A bench")], [("en", "cy", "own")]),
        (item(en="A bench"), [kept("Mainc", "A bench")], [("en", "cy", "draft")]),
        (item(cy="Mainc"), [kept("Mainc", "A bench")], [("cy", "en", "missing")]),
        # From Welsh, with both languages there, it stays a translation from Welsh.
        (item(en="A bench", cy="Mainc"), [kept("A bench", "Mainc", source_language="cy")],
         [("cy", "en", "done")]),
    ],
)
def test_the_state_of_a_text(
    one: Item, known: list[Kept], expected: list[tuple[str, str, str]]
) -> None:
    assert states(one, *known) == expected


def test_a_council_of_one_language_translates_nothing() -> None:
    assert states(item(en="A bench"), languages=("en",)) == []


# -- the table -------------------------------------------------------------------------------


def units(*texts: str, most: int = 150) -> dict[str, Unit]:
    found = [
        unit
        for number, text in enumerate(texts, 1)
        for unit in units_of(
            "project", Item(number, "title", {"en": "x"}, {"en": text}, most), BOTH, {}
        )
    ]
    return {unit.key: unit for unit in found}


def table(known: dict[str, Unit], translations: dict[int, str], **columns: str) -> bytes:
    """The exported table with translations typed into it."""
    words = {name: name for name in tables.STATE_WORDS}
    text = tables.written(
        [(unit, "what") for unit in known.values()], list(tables.COLUMNS), words,
        {"en": "English", "cy": "Welsh"},
    )
    lines = text.splitlines()
    for number, translation in translations.items():
        cells = lines[number].split(",")
        cells[5] = translation
        cells[6] = columns.get("state", cells[6])
        lines[number] = ",".join(cells)
    return "\r\n".join(lines).encode()


def read(content: bytes, known: dict[str, Unit]) -> tuple[list[tables.Line], list[tables.Fault]]:
    return tables.read(content, known, HEADINGS, STATES)


def test_a_table_out_and_in_again_changes_nothing() -> None:
    known = units("A bench", "A tap")
    assert read(table(known, {}), known) == ([], [])


def test_translations_in_a_table_are_read() -> None:
    known = units("A bench", "A tap", "A roof")
    lines, faults = read(table(known, {1: "Mainc", 3: "To"}), known)
    assert faults == []
    assert [(line.number, line.key, line.text, line.state) for line in lines] == [
        (2, "project/1/title/cy", "Mainc", "done"), (4, "project/3/title/cy", "To", "done")
    ]
    drafts, _ = read(table(known, {1: "Mainc"}, state="draft"), known)
    assert drafts[0].state == "draft"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_and_signs_between_columns(encoding: str) -> None:
    known = units("A house")
    text = table(known, {1: "Tŷ"}).decode()
    for separator in (",", ";", "\t"):
        content = text.replace(",", separator).encode(encoding)
        assert [line.text for line in read(content, known)[0]] == ["Tŷ"]


def test_a_text_that_changed_since_is_refused_by_its_line() -> None:
    known = units("A bench", "A tap")
    old = table(known, {1: "Mainc", 2: "Tap"})
    lines, faults = read(old, known | units("Two benches"))
    assert [line.number for line in lines] == [3]
    assert [(fault.line, fault.code) for fault in faults] == [(2, "table.source_changed")]


def test_each_wrong_line_is_named() -> None:
    known = units("A bench", "A tap", "A roof", most=10)
    good = table(known, {1: "Mainc", 2: "Tap"}).decode().splitlines()
    broken = [
        good[0], good[1], good[1], good[2].replace("project/2", "project/99"),
        good[2].replace("Tap,missing", "Tap,finished"), "",
        good[3].replace(",,", f",{'x' * 11},"),
    ]
    lines, faults = read("\r\n".join(broken).encode(), known)
    assert [line.key for line in lines] == ["project/1/title/cy"]
    assert [(fault.line, fault.code) for fault in faults] == [
        (3, "table.twice"), (4, "table.key"), (5, "table.state"), (7, "table.too_long"),
    ]
    assert faults[3].parameters == {"over": 1}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table.columns"),
        (b"a,b,c\n1,2,3\n", "table.columns"),
        ("key,text,mark\nproject/1/title/cy,T\u0177,x\n".encode("cp1250", "replace") + b"\xff",
         "table.encoding"),
        (b"key,text,mark\x00\n", "table.encoding"),
        (b"x" * (tables.LARGEST + 1), "table.too_large"),
        (b"key,text,mark\n" + b"\n" * tables.MOST_LINES + b"a,b,c\n", "table.too_large"),
        (b'key,text,mark\n"' + b"x" * 200_000 + b'",y,z\n', "table.broken"),
    ],
)
def test_a_file_that_is_no_such_table(content: bytes, code: str) -> None:
    lines, faults = read(content, units("A bench"))
    assert lines == [] and [fault.code for fault in faults] == [code]


@given(st.text())
def test_no_cell_is_a_formula_and_each_comes_back(text: str) -> None:
    cell = tables.safe(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert tables.unsafe(cell) == text


@pytest.mark.parametrize("text", ["=1+1", "+44", "-5", "@sum", "'=1", "''", "'", "plain"])
def test_formulas_are_made_safe(text: str) -> None:
    assert tables.unsafe(tables.safe(text)) == text
    assert tables.safe(text)[:1] not in ("=", "+", "-", "@")
