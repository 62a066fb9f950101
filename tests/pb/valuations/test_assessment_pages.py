"""The pages of the assessment: queue, desk, decision, triage, and what the public and the author
see; two officers at once lose nothing."""

from __future__ import annotations

import re
from typing import Any

from pb.core.site import Site
from pb.valuations import services
from pb.valuations.values import Score
from tests.pb.projects.test_office_projects import typed
from tests.pb.valuations.made import (
    NO,
    a_proposal,
    findings,
    the_proposal,
    the_valuation,
)
from tests.support import build
from tests.support.app import client, hidden

DESK = "/office/processes/shared-budget/assessment"


def officer(site: Site, name: str = "Olwen", role: str = "valuer") -> Any:
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, name, role, "shared-budget"))
    return browser


def words(page: str) -> str:
    """The main part's text in one line."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def desk_form(page: str, **rest: str) -> dict[str, str]:
    """The fields of the desk's main form, as a browser sends them back."""
    return typed(page, **{"do": "save", "version": version_of(page), **rest})


def data_of(page: str, doing: str) -> dict[str, str]:
    """The hidden fields of the form that does one thing."""
    return hidden(page) | {"do": doing}


def version_of(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


FILLED = {
    "feasibility": "yes", "cost_0_en": "Oak", "cost_0_cy": "Derw", "amount_0": "1,200",
    "reason_en": "We can do it this year.", "reason_cy": "Gallwn ei wneud eleni.",
}


def test_from_the_queue_to_the_ballot(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=2)
    author = build.a_person(site, "Mair")
    one = a_proposal(site, 1, 5, author)
    browser = officer(site)
    queue = browser.get(DESK)
    assert "Bench 5" in queue.text and "Nobody looks at it yet." in queue.text
    page = browser.get(f"{DESK}/5").text
    taken = browser.post(
        f"{DESK}/5", data=hidden(page) | {"do": "assign", "take": "yes", "version": "0"}
    )
    assert "Saved who looks at it." in taken.text and "Looked at by Olwen." in taken.text
    assert "You look at it." in browser.get(f"{DESK}?show=mine").text
    saved = browser.post(f"{DESK}/5", data=desk_form(taken.text, **FILLED))
    assert saved.status_code == 200 and "Saved." in saved.text
    valuation = the_valuation(site, one)
    assert (valuation.cost, valuation.feasibility, valuation.version) == (120_000, "yes", 2)
    decide = browser.get(f"{DESK}/5/decide")
    assert "£1,200" in words(decide.text)
    done = browser.post(
        f"{DESK}/5/decide",
        data=hidden(decide.text) | {"outcome": "pass"},
    )
    assert "Decided. Everybody can read it now." in done.text
    public = client(site).get("/processes/shared-budget/projects/3")
    assert "Bench 5" in public.text and "£1,200" in public.text
    assert the_proposal(site, one).state == "accepted"


def test_what_is_missing_is_said_on_the_page_and_nothing_is_decided(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    one = a_proposal(site, 1)
    browser = officer(site)
    page = browser.get(f"{DESK}/1/decide").text
    for outcome, sentence in (
        ("pass", "Say first that it can be done"), ("refuse", "Write the public reason first."),
        ("", "Choose what you decide."), ("nonsense", "Choose what you decide."),
    ):
        answer = browser.post(
            f"{DESK}/1/decide", data=hidden(page) | {"outcome": outcome, "version": "0"}
        )
        assert answer.status_code == 422 and sentence in answer.text, outcome
    page = browser.get(f"{DESK}/1").text
    for wrong, field in (
        ({"amount_0": "lots"}, "amount_0"), ({"amount_0": "5"}, "cost_0_en"),
        ({"cost_0_en": "Oak"}, "amount_0"), ({"reason_en": "x" * 2001}, "reason_en"),
    ):
        answer = browser.post(f"{DESK}/1", data=desk_form(page, **wrong))
        assert answer.status_code == 422 and f'id="{field}-error"' in answer.text, wrong
        assert all(f"{text}" in answer.text for text in wrong.values() if len(text) < 99)
    answer = browser.post(f"{DESK}/1", data=hidden(page) | {"do": "score", "impact": "7"})
    assert answer.status_code == 422
    assert 'id="impact-error"' in answer.text and 'id="kind-error"' in answer.text
    answer = browser.post(f"{DESK}/1", data=hidden(page) | {"do": "score", "kind": "odd"})
    assert answer.status_code == 422 and "Choose what kind of matter it is." in answer.text
    answer = browser.post(f"{DESK}/1", data=hidden(page) | {"do": "note", "note": " "})
    assert answer.status_code == 422 and 'id="note-error"' in answer.text
    with site.database.reading() as session:
        from pb.valuations.queries import valuation_of

        assert valuation_of(session, one) is None


def test_two_officers_at_once_on_the_desk(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    one = a_proposal(site, 1)
    olwen, gethin = officer(site), officer(site, "Gethin", "deputy")
    first, second = olwen.get(f"{DESK}/1").text, gethin.get(f"{DESK}/1").text
    olwen.post(f"{DESK}/1", data=desk_form(first, **FILLED))
    mine = FILLED | {"reason_en": "It may well be done.", "amount_0": "1,500"}
    late = gethin.post(f"{DESK}/1", data=desk_form(second, **mine))
    assert late.status_code == 409
    text = words(late.text)
    # Who, what, and that nothing is lost.
    assert "Somebody was faster" in text and "Olwen (Valuer)" in text
    assert "The public reason: We can do it this year." in text
    assert "The costs: Oak: £1,200" in text
    assert "It may well be done." in late.text and 'value="1,500"' in late.text
    assert the_valuation(site, one).reason["en"] == "We can do it this year."
    # Having seen it, he sends his own after all.
    again = gethin.post(f"{DESK}/1", data=desk_form(late.text, **mine))
    assert again.status_code == 200
    valuation = the_valuation(site, one)
    assert (valuation.reason["en"], valuation.cost) == ("It may well be done.", 150_000)
    assert [change.name for change in valuation.history] == ["Olwen", "Gethin"]


def test_two_officers_deciding_at_once(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    one = a_proposal(site, 1)
    olwen, gethin = officer(site), officer(site, "Gethin", "deputy")
    olwen.post(f"{DESK}/1", data=desk_form(olwen.get(f"{DESK}/1").text, **FILLED))
    first, second = (one.get(f"{DESK}/1/decide").text for one in (olwen, gethin))
    olwen.post(f"{DESK}/1/decide",
               data=hidden(first) | {"outcome": "pass"})
    late = gethin.post(f"{DESK}/1/decide",
                       data=hidden(second) | {"outcome": "refuse"})
    assert late.status_code == 409
    assert the_valuation(site, one).outcome == "pass"
    text = words(late.text)
    assert "Olwen (Valuer)" in text and "decided" in text
    assert "You had chosen: It cannot be done: refuse it." in text


def test_the_switch_of_language_keeps_what_was_typed_and_the_version(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    a_proposal(site, 1)
    browser = officer(site)
    page = browser.get(f"{DESK}/1").text
    form = desk_form(page, **FILLED)
    other = browser.post(f"{DESK}/1", data=form | {"language": "cy"})
    assert other.status_code == 200 and 'lang="cy"' in other.text
    assert "We can do it this year." in other.text
    assert browser.post(f"{DESK}/1", data=desk_form(other.text, **FILLED)).status_code == 200


def test_the_queue_filters_and_counts(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    browser = officer(site)
    assert "No idea yet" in browser.get(DESK).text
    ids = [a_proposal(site, 1, number, area_id=1 + number % 2) for number in range(1, 8)]
    a_proposal(site, 1, 8, state="withdrawn")
    olwen = build.actor(site, 1)
    build.do(site, services.assign, 1, ids[0], 0, olwen.person_id, None, actor=olwen)
    build.do(site, services.score, 1, ids[1], Score("urgent", 6, 1), actor=olwen)
    build.do(site, services.save, 1, ids[2], 0, findings(), actor=olwen)
    build.do(site, services.decide, 1, ids[2], 1, "pass", actor=olwen)

    def shown(query: str) -> list[int]:
        page = browser.get(f"{DESK}?{query}").text
        return [int(number) for number in re.findall(r'id="proposal-(\d+)"', page)]

    assert shown("") == [2, 1, 4, 5, 6, 7]  # what cannot wait stands first
    assert shown("show=mine") == [1]
    assert shown("show=unassigned") == [2, 4, 5, 6, 7]
    assert shown("show=decided") == [3]
    assert shown("show=overdue") == []
    assert shown("area=2") == [1, 5, 7]
    assert shown("route=at_once") == [2]
    assert shown("route=none&show=decided") == [3]
    assert "Nothing here" in browser.get(f"{DESK}?area=3&show=decided").text
    page = words(browser.get(DESK).text)
    assert "Decided so far: 1 of 7 ideas." in page
    assert re.search(r"Mine(&nbsp;|\s)*\(1\)", page) and "Overdue" in page
    # What was due when the assessment ends is overdue after it.
    site.clock.turn(days=15)  # type: ignore[attr-defined]
    build.signed_in(site, browser, 1)
    assert shown("show=overdue") == [2, 1]
    for nonsense in ("page=0", "page=999999999", "page=%E0", "area=x", "show=x&route=y"):
        assert browser.get(f"{DESK}?{nonsense}").status_code == 200


def test_what_others_think_is_shown_after_ones_own_view_and_never_whose_it_is(
    site: Site
) -> None:
    build.a_process(site, phase="assessment", projects=0)
    one = a_proposal(site, 1)
    for name, value in (("Gethin", Score("simple", 6, 2)), ("Rhian", Score("simple", 4, 3))):
        person = build.actor(site, build.a_person(site, name, "valuer", "shared-budget"))
        build.do(site, services.score, 1, one, value, actor=person)
    browser = officer(site)
    page = words(browser.get(f"{DESK}/1").text)
    assert "2 officers have given a view." in page and "Together:" not in page
    browser.post(f"{DESK}/1", data={"do": "score", "kind": "simple", "impact": "2",
                                    "effort": "5", "version": "0"})
    page = words(browser.get(f"{DESK}/1").text)
    assert "it brings 4.0 (from 2 to 6) and takes 3.0 (from 2 to 5)" in page
    triage = browser.get("/office/processes/shared-budget/triage").text
    assert "Quick win" in triage and "2–6" in triage
    assert page.count("Gethin") == 1  # among those whom one may ask to look at it
    assert "Gethin" not in triage


def test_notes_are_for_officers_alone(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    author = build.a_person(site, "Mair")
    one = a_proposal(site, 1, 1, author)
    browser = officer(site)
    browser.post(f"{DESK}/1", data={"do": "note", "note": "Ask about <b>the</b> drains."})
    assert "Ask about &lt;b&gt;the&lt;/b&gt; drains." in browser.get(f"{DESK}/1").text
    olwen = build.actor(site, 2)
    build.do(site, services.save, 1, one, 0, findings(feasibility="no", reason=NO), actor=olwen)
    build.do(site, services.decide, 1, one, 1, "refuse", actor=olwen)
    mine = client(site)
    build.signed_in(site, mine, author)
    for someone in (mine, client(site)):
        for path in ("", "/ideas/1/decision", "/assessment"):
            page = someone.get(f"/processes/shared-budget{path}")
            assert "drains" not in page.text


def test_the_author_reads_the_refusal_first_and_answers(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    author = build.a_person(site, "Mair")
    one = a_proposal(site, 1, 1, author)
    olwen = build.actor(site, build.a_person(site, "Olwen", "valuer", "shared-budget"))
    build.do(site, services.save, 1, one, 0, findings(feasibility="no", costs=(), reason=NO),
             actor=olwen)
    build.do(site, services.decide, 1, one, 1, "refuse", actor=olwen)
    address = "/processes/shared-budget/ideas/1/decision"
    stranger, other, mine = client(site), client(site), client(site, "cy")
    build.signed_in(site, mine, author)
    build.signed_in(site, other, build.a_person(site, "Gwyn"))
    for someone in (stranger, other):
        seen = words(someone.get(address).text)
        assert "Not decided yet" in seen and NO["en"] not in seen
        assert "What officers found out" not in seen
        assert NO["en"] not in someone.get("/processes/shared-budget/assessment").text
        assert someone.post(address, data={"answer": "Hm"}).status_code in (200, 404)
    assert the_valuation(site, one).state == "told"
    page = mine.get(address)
    assert NO["cy"] in page.text
    empty = mine.post(address, data=hidden(page.text) | {"answer": " "})
    assert empty.status_code == 422 and 'id="answer-error"' in empty.text
    mine.post(address, data=hidden(page.text) | {"answer": "Ni biau’r wal."})
    valuation = the_valuation(site, one)
    assert (valuation.state, valuation.answer_language) == ("answered", "cy")
    browser = client(site)
    build.signed_in(site, browser, 2)
    assert "Answered: look again" in browser.get(f"{DESK}?show=answered").text
    desk = browser.get(f"{DESK}/1/decide").text
    done = browser.post(f"{DESK}/1/decide",
                        data=data_of(desk, "uphold"))
    assert "Decided. Everybody can read it now." in done.text
    public = stranger.get(address)
    assert NO["en"] in public.text and '<span lang="cy">Ni biau’r wal.</span>' in public.text
    assert "Decided by Olwen (Valuer) on 26 April 2027." in words(public.text)
    listed = words(stranger.get("/processes/shared-budget/assessment").text)
    assert "1 of 1 ideas have their answer." in listed
    assert NO["en"] in listed and "Ni biau’r wal." in listed


def test_a_correction_after_the_decision_is_seen_by_everybody(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    one = a_proposal(site, 1)
    olwen = build.actor(site, build.a_person(site, "Olwen", "valuer", "shared-budget"))
    build.do(site, services.save, 1, one, 0, findings(), actor=olwen)
    build.do(site, services.decide, 1, one, 1, "pass", actor=olwen)
    browser = client(site)
    build.signed_in(site, browser, 1)
    page = browser.get(f"{DESK}/1").text
    silent = browser.post(f"{DESK}/1", data=desk_form(page, amount_0="1,900", feasibility="yes"))
    assert silent.status_code == 422 and 'id="why-error"' in silent.text
    browser.post(f"{DESK}/1", data=desk_form(page, amount_0="1,900", feasibility="yes",
                                             why="Oak is dearer."))
    public = words(client(site).get("/processes/shared-budget/ideas/1/decision").text)
    assert "corrected it" in public and "Oak is dearer." in public
    assert "Oak: £1,200" in public and "Oak: £1,900" in public
    assert "£2,200.50" in client(site).get("/processes/shared-budget/projects/1").text


def test_a_number_that_is_none_finds_nothing(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    a_proposal(site, 1, 1, state="withdrawn")
    browser = officer(site)
    for number in ("1", "2", "0", "x", "9" * 30, "²"):
        assert browser.get(f"{DESK}/{number}").status_code == 404
        assert browser.get(f"{DESK}/{number}/decide").status_code == 404
        assert client(site).get(
            f"/processes/shared-budget/ideas/{number}/decision").status_code == 404


def test_hostile_text_is_shown_as_text(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    one = a_proposal(site, 1, 1, title=evil, body=evil, place=evil, author_name=evil)
    olwen = build.actor(site, build.a_person(site, "Olwen", "valuer", "shared-budget"))
    build.do(site, services.save, 1, one, 0, findings(reason={"en": evil}, expert=evil,
                                                      advice={"en": evil}), actor=olwen)
    build.do(site, services.decide, 1, one, 1, "pass", actor=olwen)
    browser = client(site)
    build.signed_in(site, browser, 1)
    for path in (DESK, f"{DESK}/1", f"{DESK}?show=decided", "/processes/shared-budget/assessment",
                 "/processes/shared-budget/ideas/1/decision",
                 "/processes/shared-budget/projects/1"):
        page = browser.get(path).text
        assert "<script>alert" not in page and "<img src=x" not in page, path


def test_officers_are_told_what_is_hard_to_read(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    one = a_proposal(site, 1)
    olwen = build.actor(site, build.a_person(site, "Olwen", "valuer", "shared-budget"))
    reason = {
        "en": "The council can do this in the spring. It costs little.",
        "cy": "Gwrthwynebiadau cyfansoddiadol annisgwyliadwy oherwydd ansicrwydd gweinyddiaethol "
              "ynghylch cyfrifoldebau llywodraethol.",
    }
    build.do(site, services.save, 1, one, 0, findings(reason=reason), actor=olwen)
    browser = client(site)
    build.signed_in(site, browser, 1)
    page = words(browser.get(f"{DESK}/1").text)
    assert "Easy to read In English: 6 words in a sentence on average." in page
    assert "Hard to read In Welsh: Many words are long." in page


def test_the_process_and_the_followers_hear_of_a_decision(site: Site) -> None:
    from sqlalchemy import select

    from pb.proposals.models import News

    build.a_process(site, phase="assessment", projects=0)
    one, two = a_proposal(site, 1), a_proposal(site, 1, 2)
    olwen = build.actor(site, build.a_person(site, "Olwen", "valuer", "shared-budget"))
    assert "What became of the ideas" not in client(site).get("/processes/shared-budget").text
    for number, outcome, value in ((one, "pass", findings()), (two, "refuse", findings())):
        build.do(site, services.save, 1, number, 0, value, actor=olwen)
        build.do(site, services.decide, 1, number, 1, outcome, actor=olwen)
    page = words(client(site).get("/processes/shared-budget").text)
    assert "So far 2 of 2 have their answer." in page
    with site.database.reading() as session:
        assert session.scalars(select(News.kind).order_by(News.id)).all() == [
            "news.accepted", "news.refused"
        ]


def test_the_vote_opens_while_an_officer_writes(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    a_proposal(site, 1)
    browser = officer(site)
    page = browser.get(f"{DESK}/1").text
    site.clock.now = build.WHEN["voting"]  # type: ignore[attr-defined]
    build.signed_in(site, browser, 1)
    late = browser.post(f"{DESK}/1", data=desk_form(page, **FILLED))
    assert late.status_code == 403
    assert "This cannot be done at this time." in late.text
    assert "We can do it this year." in late.text and "Gallwn ei wneud eleni." in late.text
    assert "Officials and valuers can change it" in browser.get(DESK).text


def test_the_time_runs_out_while_an_author_answers(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    author = build.a_person(site, "Mair")
    one = a_proposal(site, 1, 1, author)
    olwen = build.actor(site, build.a_person(site, "Olwen", "valuer", "shared-budget"))
    build.do(site, services.save, 1, one, 0, findings(feasibility="no", costs=(), reason=NO),
             actor=olwen)
    build.do(site, services.decide, 1, one, 1, "refuse", actor=olwen)
    mine = client(site)
    build.signed_in(site, mine, author)
    address = "/processes/shared-budget/ideas/1/decision"
    page = mine.get(address).text
    site.clock.turn(days=7)  # type: ignore[attr-defined]
    late = mine.post(address, data=hidden(page) | {"answer": "But we bought it in 1998."})
    assert late.status_code == 409
    assert "Your answer came too late" in late.text and "But we bought it in 1998." in late.text
    assert the_valuation(site, one).answer == ""
