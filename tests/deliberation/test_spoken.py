"""What the jury says outside its page: a text to be read aloud, and a PDF."""

from __future__ import annotations

from typing import Any

import pytest

from deliberation.statements import pdf, services, spoken
from pb.core.site import Site
from tests.deliberation.test_room import jury
from tests.deliberation.test_statements import SECTIONS, locked, written
from tests.support.app import client
from tests.support.clock import TurnableClock

__all__ = ["jury", "written"]


def test_a_text_to_be_read_aloud_says_everything_in_its_order(
    site: Site, written: dict[str, Any], clock: TurnableClock
) -> None:
    path = "/processes/shared-budget/projects/3"
    assert client(site).get(f"{path}/statement.txt").status_code == 404, "not while it is a draft"
    locked(site, written, clock)
    english = client(site).get(f"{path}/statement.txt")
    assert english.headers["content-type"] == "text/plain; charset=utf-8"
    assert "shared-budget-3-en.txt" in english.headers["content-disposition"]
    said = [line for line in english.text.splitlines() if line]
    assert said == [
        "Project 3: Project 3.", "Summary 3.", "Area: The whole town.", "It costs £10,000.",
        "A ramp beside the library steps.", "What the jurors found.",
        "Forty people a week turn back. 18 of 24 jurors agree.", "Strongest reasons for it.",
        "Everybody gets in.", "Strongest reasons for care.", "No juror took this position.",
        "What we could not find out.", "How long it will last.",
    ], "nothing that is not printed on the page: the steps are not called ugly"
    welsh = client(site).get(f"{path}/statement.txt?in=cy")
    assert welsh.headers["content-language"] == "cy"
    assert "Everybody gets in. yn Gymraeg" in welsh.text and "Prosiect 3" in welsh.text
    assert "Ni chymerodd" in welsh.text or "Nid oedd" in welsh.text or "rheithiwr" in welsh.text
    page = client(site).get(f"{path}/aloud").text
    assert 'lang="cy"' in page and 'lang="en"' in page
    for line in said[1:]:
        assert line.rstrip(".") in page
    assert "/projects/3/aloud" in client(site).get(f"{path}/statement").text
    whole = client(site).get("/processes/shared-budget/booklet.txt").text
    assert whole.count("The jury has not published a page about this project.") == 5
    assert "18 of 24 jurors agree." in whole


def test_marks_are_not_read_aloud() -> None:
    text = "**Ramp** and _rail_ at [the steps](https://example.org)\n\n- one\n2. two_three"
    assert spoken.bare(text) == "Ramp and rail at the steps\n\none\ntwo_three"


def test_the_booklet_says_where_there_is_no_pdf(
    site: Site, written: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "available", lambda: False)
    for language, words in (("en", "There is no PDF on this site"), ("cy", "Nid oes PDF")):
        assert words in client(site, language).get("/processes/shared-budget/booklet").text
    missing = client(site).get("/processes/shared-budget/booklet.pdf")
    assert missing.status_code == 404 and "This site makes no PDF." in missing.text


@pytest.mark.skipif(not pdf.available(), reason="the extra pdf is not installed")
def test_the_booklet_is_a_pdf_where_the_extra_is_installed(
    site: Site, written: dict[str, Any], clock: TurnableClock
) -> None:
    sections = {**SECTIONS, "unknown": {"en": "Ŵ and ŷ stand here.", "cy": "Tŷ a dŵr: ŵ ŷ Ŵ Ŷ."}}
    site.work.run(services.write, written["lead"], written["id"], 3, 1, 1, sections)
    locked(site, written, clock)
    for language in ("en", "cy"):
        answer = client(site).get(f"/processes/shared-budget/booklet.pdf?in={language}")
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-") and b"%%EOF" in answer.content[-20:]
        assert f"/Lang ({language}".encode() in answer.content
        assert answer.content.count(b"/Type /Page\n") >= 1
    assert "booklet.pdf?in=cy" in client(site).get("/processes/shared-budget/booklet").text
