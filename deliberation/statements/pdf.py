"""The booklet as a PDF, where the extra ``pdf`` is installed (fpdf2 and a font with ŵ and ŷ).

It is set from the same blocks as the text to be read aloud. The page of the booklet prints the same
without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from deliberation.statements.spoken import Block

SIZES = {"title": 24, "heading": 16, "part": 13, "words": 11.5}
SPACE = {"title": 4.0, "heading": 7.0, "part": 3.0, "words": 1.5}
"""Millimetres above a block."""
ROOM = {"heading": 40, "part": 20}
"""Millimetres that have to be left under the start of a heading; else it goes to the next page."""


def available() -> bool:
    """Whether this installation can make a PDF."""
    return find_spec("fpdf") is not None and find_spec("font_roboto") is not None


def _fonts() -> Path:
    found = find_spec("font_roboto")
    assert found is not None and found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "files"


def _footer(made: Any) -> None:
    """The page's number, at its foot."""
    made.set_y(-15)
    made.set_font("book", size=9)
    made.cell(0, 8, str(made.page_no()), align="C")


def booklet(blocks: Iterable[Block], title: str, language: str, now: datetime) -> bytes:
    """The PDF's bytes: A4, bookmarks for each project, its language and title told to readers."""
    from fpdf import FPDF  # only here: it is an extra

    # Made so and not as a class of ours: what FPDF is, is only known where the extra is there.
    made: Any = type("Booklet", (FPDF,), {"footer": _footer})(format="A4")
    made.add_font("book", "", _fonts() / "Roboto-Regular.ttf")
    made.add_font("book", "B", _fonts() / "Roboto-Bold.ttf")
    made.set_title(title)
    made.set_lang(language)
    made.set_creation_date(now)
    made.set_margin(20)
    made.set_auto_page_break(True, 20)
    made.add_page()
    for block in blocks:
        size = SIZES[block.kind]
        made.ln(SPACE[block.kind])
        made.set_font("book", "" if block.kind == "words" else "B", size)
        if block.kind in ROOM and made.will_page_break(ROOM[block.kind]):
            made.add_page()  # a heading does not stand alone at a page's foot
            made.set_font("book", "B", size)
        if block.kind == "heading":
            made.start_section(block.text)
            made.set_font("book", "B", size)
        made.multi_cell(0, size * 0.5, block.text, align="L", new_x="LMARGIN", new_y="NEXT")
    return bytes(made.output())
