"""A jury's page about a project: its limits, its checks, who answers it, and where it stands."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from deliberation.lines.services import Said
from deliberation.panels import services as panels
from deliberation.panels.queries import jury_of
from deliberation.plain import services as plain_words
from deliberation.plain.queries import words_of
from deliberation.sessions import running
from deliberation.statements import queries, rules, services
from deliberation.statements.models import Statement, StatementVersion
from deliberation.votes import services as votes
from deliberation.votes.services import PollValue
from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.site import Site
from pb.core.work import Work
from pb.moderation import services as moderation
from pb.moderation.models import Case
from pb.projects.queries import project_by_number
from pb.valuations.models import Valuation
from tests.deliberation.test_room import OFFICE, jury, room
from tests.pb.ballots import vote
from tests.support import build
from tests.support.app import client, hidden
from tests.support.clock import TurnableClock
from tests.support.ideas import an_idea

__all__ = ["jury"]
PAGE = f"{OFFICE}/statements/3"


def both(words: str) -> dict[str, str]:
    return {"en": words, "cy": f"{words} yn Gymraeg"}


SECTIONS = {
    "what": both("A ramp beside the library steps."),
    "findings": [{"text": both("Forty people a week turn back"), "agree": 18},
                 {"text": both("The steps are ugly"), "agree": 17}],
    "for": both("Everybody gets in."), "nobody": ["care"],
    "unknown": both("How long it will last."),
}


@pytest.fixture
def written(site: Site, jury: dict[str, Any]) -> dict[str, Any]:
    """The jury with a statement on project 3, written by table 1."""
    site.work.run(services.write, jury["lead"], jury["id"], 3, 0, 1, SECTIONS)
    with site.database.reading() as session:
        found = session.scalars(select(Statement)).one()
        return jury | {"statement": found.id}


def check(site: Site, known: dict[str, Any], *lines: str, colour: str = "green") -> None:
    for line in lines or ("what", "finding-1", "finding-2", "for", "unknown"):
        site.work.run(services.check_line, known["lead"], known["statement"],
                      Said(statement(site, known).version, line, 2, colour, "Look again."))


def statement(site: Site, known: dict[str, Any]) -> Statement:
    with site.database.reading() as session:
        jury = jury_of(session, known["process"])
        assert jury is not None
        found = next(iter(queries.statements_of(session, jury.id).values()))
        session.expunge_all()
        return found


def locked(site: Site, known: dict[str, Any], clock: TurnableClock) -> None:
    check(site, known)
    clock.now += timedelta(hours=48)
    site.work.run(services.lock, known["lead"], known["statement"])


def lead_browser(site: Site, known: dict[str, Any], who: str = "lead") -> Any:
    browser = client(site)
    build.signed_in(site, browser, known[who].person_id)
    return browser


@pytest.mark.parametrize(
    ("name", "words"), [("what", 31), ("for", 61), ("care", 61)]
)
def test_each_section_has_its_limit(
    site: Site, jury: dict[str, Any], name: str, words: int
) -> None:
    for number in (words, words - 1):
        sections = {name: {"en": "word " * number}}
        if number == words:
            with pytest.raises(Invalid, match=r"statement\.words"):
                site.work.run(services.write, jury["lead"], jury["id"], 3, 0, 1, sections)
        else:
            assert site.work.run(services.write, jury["lead"], jury["id"], 3, 0, 1, sections) == 1


def test_all_together_two_hundred_and_fifty_words(site: Site, jury: dict[str, Any]) -> None:
    sections = {"what": {"en": "word " * 30}, "unknown": {"cy": "gair " * 251}}
    with pytest.raises(Invalid, match=r"statement\.words"):
        site.work.run(services.write, jury["lead"], jury["id"], 3, 0, 1, sections)
    sections = {"what": {"en": "word " * 30}, "unknown": {"en": "word " * 220}}
    assert site.work.run(services.write, jury["lead"], jury["id"], 3, 0, 1, sections) == 1


def test_the_form_counts_words_and_keeps_what_was_typed(
    site: Site, jury: dict[str, Any]
) -> None:
    browser = lead_browser(site, jury)
    page = browser.get(PAGE)
    assert "At most 30 words. 0 words now." in page.text
    long = "word " * 31
    wrong = browser.post(PAGE, data={"act": "write", "version": "0", "once": "a",
                                     "what_en": long, "finding1_en": "So it is",
                                     "agree1": "25"})
    assert wrong.status_code == 422
    assert "This has 31 words. At most 30 fit." in wrong.text
    assert "At most 24 jurors can agree" in wrong.text
    assert long.strip() in wrong.text and "31 words now." in wrong.text
    done = browser.post(PAGE, data={"act": "write", "version": "0", "once": "b", "table": "1",
                                    "what_en": "A ramp.", "what_cy": "Ramp.",
                                    "for_kind": "text", "for_en": "Access.",
                                    "care_kind": "nobody"})
    assert done.status_code == 200 and "Saved." in done.text
    assert statement(site, jury).sections["nobody"] == ["care"]


def test_who_saves_later_does_not_overwrite(site: Site, written: dict[str, Any]) -> None:
    with pytest.raises(Conflict, match=r"statement\.moved"):
        site.work.run(services.write, written["second"], written["id"], 3, 0, 1, SECTIONS)
    assert site.work.run(services.write, written["second"], written["id"], 3, 1, 1,
                         {**SECTIONS, "unknown": both("Nothing.")}) == 2
    with site.database.reading() as session:
        kept = session.scalars(select(StatementVersion).order_by(StatementVersion.version)).all()
        assert [one.sections["unknown"]["en"] for one in kept] == [
            "How long it will last.", "Nothing."]
    wrong = lead_browser(site, written).post(
        PAGE, data={"act": "write", "version": "1", "once": "x", "what_en": "My own words here"})
    assert wrong.status_code == 422 and "saved version 2 meanwhile" in wrong.text
    assert "My own words here" in wrong.text


def test_officials_never_write_check_or_lock(site: Site, written: dict[str, Any]) -> None:
    run, official, one = site.work.run, written["official"], written["statement"]
    for act in (
        (services.write, written["id"], 3, 1, 1, SECTIONS),
        (services.check_line, one, Said(1, "what", 2, "green", "")),
        (services.lock, one), (services.reopen, one, "x"),
        (services.keep_process_line, written["id"], {"en": "x"}),
        (services.answer_reply, one, 1, "keep", {"en": "x"}),
    ):
        with pytest.raises(NotAllowed):
            run(act[0], official, *act[1:])
    browser = lead_browser(site, written, "official")
    page = browser.get(PAGE)
    assert page.status_code == 200 and 'value="write"' not in page.text
    assert 'value="lock"' not in page.text and "You look on." in page.text
    assert browser.post(PAGE, data={"act": "write", "version": "1", "what_en": "Mine"}
                        ).status_code == 403


def test_another_table_checks_and_red_is_not_checked(
    site: Site, written: dict[str, Any]
) -> None:
    run, lead, one = site.work.run, written["lead"], written["statement"]
    for said, code in (
        ((1, "what", 1, "green", ""), "own_table"), ((1, "what", 0, "green", ""), "table"),
        ((1, "what", 2, "red", ""), "comment"), ((1, "who", 2, "green", ""), "line"),
    ):
        with pytest.raises(Invalid, match=rf"check\.{code}"):
            run(services.check_line, lead, one, Said(*said))
    with pytest.raises(Conflict, match=r"check\.moved"):
        run(services.check_line, lead, one, Said(2, "what", 2, "green", ""))
    check(site, written)
    assert statement(site, written).state == "checked"
    check(site, written, "for", colour="red")
    assert statement(site, written).state == "draft"
    check(site, written, "for", colour="amber")
    assert statement(site, written).state == "checked"


def test_only_a_line_that_changed_is_checked_anew(site: Site, written: dict[str, Any]) -> None:
    check(site, written)
    site.work.run(services.write, written["lead"], written["id"], 3, 1, 1,
                  {**SECTIONS, "for": both("All get in.")})
    now = statement(site, written)
    assert now.state == "draft"
    assert rules.unchecked(now.sections, now.version, now.checks) == ["for"]
    check(site, written, "for")
    assert statement(site, written).state == "checked"


def test_what_is_missing_keeps_it_open(
    site: Site, written: dict[str, Any], clock: TurnableClock
) -> None:
    run, lead, one = site.work.run, written["lead"], written["statement"]
    with pytest.raises(Invalid, match=r"statement\.not_checked"):
        run(services.lock, lead, one)
    check(site, written)
    with pytest.raises(Conflict, match=r"statement\.reply_time"):
        run(services.lock, lead, one)
    refused = lead_browser(site, written).post(PAGE, data={"act": "lock", "once": "l"})
    assert refused.status_code == 422 and "It can be locked from" in refused.text
    clock.now += timedelta(hours=48)
    for sections, code in (
        ({**SECTIONS, "what": {}}, "lacks_what"),
        ({**SECTIONS, "nobody": []}, "lacks_care"),
        ({**SECTIONS, "for": {"en": "Only English."}}, "lacks_language"),
    ):
        run(services.write, lead, written["id"], 3, statement(site, written).version, 1, sections)
        with pytest.raises(Invalid, match=code):
            run(services.lock, lead, one)


def test_nothing_is_locked_with_a_word_that_is_not_plain(
    site: Site, written: dict[str, Any], clock: TurnableClock
) -> None:
    run, lead, one = site.work.run, written["lead"], written["statement"]
    check(site, written)
    clock.now += timedelta(hours=48)
    run(plain_words.raise_flag, lead, written["id"], "turn  back", "go home", "en")
    run(plain_words.raise_flag, lead, written["id"], "procurement", "buying", "en")  # not here
    refused = lead_browser(site, written).post(PAGE, data={"act": "lock", "once": "l"})
    assert refused.status_code == 422
    assert "These words are not plain yet: turn back." in refused.text
    flag = re.search(r'name="which" value="(\d+)"><button[^>]*value="resolve"', refused.text)
    assert flag is not None
    lead_browser(site, written).post(PAGE, data={"act": "resolve", "which": flag[1], "once": "r"})
    run(services.lock, lead, one)
    assert statement(site, written).state == "locked"


def test_a_fact_is_disputed_answered_and_stays_public(
    site: Site, written: dict[str, Any], clock: TurnableClock
) -> None:
    run, lead, one = site.work.run, written["lead"], written["statement"]
    with pytest.raises(Conflict, match=r"statement\.not_checked"):
        run(services.dispute_fact, lead, one, "opponent", "Ifan", "finding-1", "It is 20.")
    check(site, written)
    run(services.dispute_fact, lead, one, "opponent", "Ifan", "finding-1", "It is 20 a week.")
    with pytest.raises(Invalid, match=r"statement\.source"):
        run(services.mark_error, written["official"], one, "what", "Not the library.", "")
    official = lead_browser(site, written, "official")
    official.post(PAGE, data={"act": "mark", "once": "m", "line": "what",
                              "text": "It is the town hall.", "source": "Plan 7, page 2"})
    stranger = build.actor(site, build.a_person(site, "Elin"))
    with pytest.raises(NotAllowed):
        run(services.dispute_fact, stranger, one, "proposer", "Elin", "what", "No.")
    clock.now += timedelta(hours=48)
    with pytest.raises(Invalid, match=r"statement\.unanswered"):
        run(services.lock, lead, one)
    for reply, decision in zip(statement(site, written).replies, ("keep", "change"), strict=True):
        run(services.answer_reply, lead, one, reply.id, decision, both("We counted."))
    run(services.lock, lead, one)
    page = client(site).get("/processes/shared-budget/projects/3/statement").text
    for words in ("It is 20 a week.", "Ifan", "It is the town hall.", "Plan 7, page 2",
                  "The jury keeps it", "The jury changed it", "We counted."):
        assert words in page
    with pytest.raises(Conflict, match=r"statement\.locked"):
        run(services.dispute_fact, lead, one, "opponent", "Ifan", "what", "Late.")


def test_a_locked_statement_stands_on_every_page_and_a_draft_on_none(
    site: Site, written: dict[str, Any], clock: TurnableClock
) -> None:
    line = both("Twenty-four residents met four times.")
    site.work.run(services.keep_process_line, written["lead"], written["id"], line)
    public = ("/processes/shared-budget/projects/3", "/processes/shared-budget/booklet",
              "/processes/shared-budget/statements.json")
    for path in public:
        assert "Forty people" not in client(site).get(path).text
    assert client(site).get(f"{public[0]}/statement").status_code == 404
    check(site, written)
    early = client(site).get(f"{public[0]}/statement").text
    assert "Not final yet" in early and "Forty people" in early
    assert "Forty people" not in client(site).get(public[0]).text
    clock.now += timedelta(hours=48)
    site.work.run(services.lock, written["lead"], written["statement"])
    for path in (*public, f"{public[0]}/statement"):
        page = client(site).get(path).text
        assert "Forty people a week turn back" in page, path
        assert "ugly" not in page, f"17 of 24 are too few: {path}"
        assert line["en"] in page, path
    assert "18 of 24 jurors agree." in client(site).get(public[0]).text
    assert "No juror took this position." in client(site).get(public[0]).text
    welsh = client(site, "cy").get(public[1]).text
    assert "Forty people a week turn back yn Gymraeg" in welsh
    assert "Ni chymerodd yr un rheithiwr y safbwynt hwn." in welsh
    data = json.loads(client(site).get(public[2]).text)
    assert data["process_line"] == line
    (one,) = data["statements"]
    assert one["findings"] == [{"text": SECTIONS["findings"][0]["text"], "agree": 18, "of": 24}]
    assert one["nobody_took"] == ["care"] and one["project"] == 3


def test_a_report_never_hides_what_a_jury_locked_and_goes_to_the_queue_at_once(
    site: Site, written: dict[str, Any], clock: TurnableClock
) -> None:
    page, one = "/processes/shared-budget/projects/3/statement", written["statement"]
    report = f"/processes/shared-budget/report/statement/{one}"
    check(site, written)
    stranger = client(site)
    assert report not in stranger.get(page).text and stranger.get(report).status_code == 404
    clock.now += timedelta(hours=48)
    site.work.run(services.lock, written["lead"], one)
    assert report in stranger.get(page).text
    typed = hidden(stranger.get(report).text)
    answer = stranger.post(report, data=typed | {"code": "misleading"})
    assert answer.status_code == 200 and "locked" in answer.text
    assert "Forty people a week" in stranger.get(page).text
    with site.database.reading() as session:
        case = session.scalars(select(Case)).one()
        assert (case.hid, case.held_back, case.decided_at) == (False, "statement", None)
    browser = client(site)
    person = build.a_person(site, "Nan", "moderator", "shared-budget")
    build.signed_in(site, browser, person)
    shown = browser.get("/office/processes/shared-budget/reports/1").text
    assert "Forty people a week" in shown
    with pytest.raises(Invalid):
        build.do(site, moderation.decide, 1, 1, "hidden", "misleading", "No.", "en", False,
                 actor=build.actor(site, person))
    build.do(site, moderation.decide, 1, 1, "passed", "misleading", "Look.", "en", False,
             actor=build.actor(site, person))


def test_who_is_too_close_is_not_counted(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    with site.database.reading() as session:
        found = jury_of(session, jury["process"])
        assert found is not None
        people = [one.id for one in found.jurors]
    run = site.work.run
    run(panels.declare_interest, jury["official"], jury["id"], people[0], 3, "family")
    run(panels.declare_interest, jury["official"], jury["id"], people[25], 3, "a reserve")
    run(panels.declare_interest, jury["official"], jury["id"], people[1], 4, "another project")
    with pytest.raises(Invalid, match=r"statement\.agree"):
        run(services.write, jury["lead"], jury["id"], 3, 0, 1,
            {"findings": [{"text": both("x"), "agree": 24}]})
    run(services.write, jury["lead"], jury["id"], 3, 0, 1, SECTIONS)
    known = jury | {"statement": statement(site, jury).id}
    locked(site, known, clock)
    page = client(site).get("/processes/shared-budget/projects/3").text
    assert "18 of 23 jurors agree." in page
    clock.now += timedelta(hours=1)
    run(panels.declare_interest, jury["official"], jury["id"], people[2], 3, "same street")
    page = client(site).get("/processes/shared-budget/projects/3").text
    assert "18 of 22 jurors agree." in page and "1 juror turned out to be too close" in page
    run(services.reopen, jury["lead"], known["statement"], "An interest became known.")
    assert "18 of" not in client(site).get("/processes/shared-budget/projects/3").text
    now = statement(site, known)
    assert now.state == "draft" and now.checks == []
    check(site, known)
    run(services.lock, jury["lead"], known["statement"])
    page = client(site).get("/processes/shared-budget/projects/3").text
    assert "18 of 22 jurors agree." in page and "An interest became known." in page


def test_the_process_line_has_a_limit(site: Site, jury: dict[str, Any]) -> None:
    for number in (150, 151):
        text = {"en": "word " * number}
        if number == 151:
            with pytest.raises(Invalid, match=r"statement\.words"):
                site.work.run(services.keep_process_line, jury["lead"], jury["id"], text)
        else:
            site.work.run(services.keep_process_line, jury["lead"], jury["id"], text)
    browser = lead_browser(site, jury)
    wrong = browser.post(f"{OFFICE}/statements", data={"once": "p", "text_en": "word " * 151})
    assert wrong.status_code == 422 and "This has 151 words. At most 150 fit." in wrong.text


def test_every_step_of_a_statement_by_its_page(
    site: Site, jury: dict[str, Any], clock: TurnableClock
) -> None:
    browser = lead_browser(site, jury)
    assert "Not begun" in browser.get(f"{OFFICE}/statements").text
    fields = {"what_en": "A ramp.", "what_cy": "Ramp.", "for_kind": "nobody",
              "care_kind": "text", "care_en": "It is steep.", "care_cy": "Mae’n serth.",
              "table": "1", "act": "write", "version": "0"}
    browser.post(PAGE, data={**hidden(browser.get(PAGE).text), **fields})
    for place, line in enumerate(("what", "care")):
        browser.post(PAGE, data={"act": "check", "version": "1", "line": line, "table": "2",
                                 "colour": "green", "once": f"c{place}"})
    browser.post(PAGE, data={"act": "flag", "word": "Steep", "plain": "rises fast", "once": "f"})
    browser.post(PAGE, data={"act": "dispute", "line": "what", "side": "proposer",
                             "name": "Mair", "text": "It is a lift.", "once": "d"})
    page = browser.get(f"{OFFICE}/statements").text
    assert "1 word is not plain." in page and "1 comment on facts waits." in page
    found = statement(site, jury)
    with site.database.reading() as session:
        flag = words_of(session, jury["id"])[0].word.id
    browser.post(PAGE, data={"act": "resolve", "which": str(flag), "once": "r"})
    browser.post(PAGE, data={"act": "answer", "which": str(found.replies[0].id), "once": "a",
                             "decision": "keep", "reason_en": "It is a ramp."})
    clock.now += timedelta(hours=49)
    done = browser.post(PAGE, data={"act": "lock", "once": "k"})
    assert done.status_code == 200 and statement(site, jury).state == "locked"
    assert "Locked" in browser.get(f"{OFFICE}/statements").text


def test_a_jury_that_did_not_agree_says_so_on_the_page_and_stays_on_the_ballot(
    site: Site, written: dict[str, Any], clock: TurnableClock
) -> None:
    run, lead, first = site.work.run, written["lead"], written["sessions"][0]
    check(site, written)
    clock.now += timedelta(hours=48)
    run(services.lock, lead, written["statement"])
    run(running.start, lead, first, 0)
    for one in room(site, written).jury.jurors[:20]:
        run(running.be_present, lead, first, one.id, True)
    poll = run(votes.open_poll, lead, first,
               PollValue("consent", "Project 3", "Wording one.", project_number=3))
    run(votes.close_poll, lead, poll)
    again = run(votes.repair, lead, poll, "Wording two.")
    run(votes.close_poll, lead, again)
    page = client(site).get("/processes/shared-budget/projects/3").text
    assert "The jurors did not agree" in page
    assert "Wording one." in page and "Wording two." in page
    assert "0 of 20 jurors; 16 were needed." in page
    ballot = on_the_ballot(site, written, clock)
    assert "The jurors did not agree." in ballot


def on_the_ballot(site: Site, known: dict[str, Any], clock: TurnableClock) -> str:
    clock.now = build.WHEN["voting"]
    vote.open_box(site, known["process"])
    (code,) = vote.a_batch(site, known["process"])
    return str(vote.enter(client(site), code).text)


def test_the_ballot_shows_the_finding_and_leads_to_the_page(
    site: Site, written: dict[str, Any], clock: TurnableClock
) -> None:
    locked(site, written, clock)
    ballot = on_the_ballot(site, written, clock)
    assert ballot.count("Forty people a week turn back") == 1
    assert "18 of 24 jurors agree with this." in ballot
    assert ballot.count("/processes/shared-budget/projects/3/statement") == 1
    assert "jury’s page" in ballot and "ugly" not in ballot


def test_the_proposer_disputes_a_fact_on_the_page_and_nobody_else_does(
    site: Site, written: dict[str, Any]
) -> None:
    mair, elin = build.a_person(site, "Mair"), build.a_person(site, "Elin")
    idea = an_idea(site, author=mair, slug="shared-budget")

    def link(work: Work) -> None:
        project = project_by_number(work.session, written["process"], "3")
        work.session.add(Valuation(
            process_id=written["process"], proposal_id=idea, project_id=project.id, changes={},
            cost_lines=[], legal={}, long_term={}, ways=[], equality={}, advice={}, reason={},
        ))

    build.do(site, link)
    check(site, written)
    path = "/processes/shared-budget/projects/3/statement"
    sent = {"line": "finding-1", "text": "It is 20 a week.", "once": "s"}
    assert client(site).post(path, data=sent).url.path == "/sign-in"
    other = client(site)
    build.signed_in(site, other, elin)
    assert "Is a fact wrong?" not in other.get(path).text
    assert other.post(path, data=sent).status_code == 403
    with pytest.raises(NotAllowed):
        site.work.run(services.dispute_fact, build.actor(site, elin), written["statement"],
                      "proposer", "Mair", "finding-1", "It is 20 a week.")
    browser = client(site)
    build.signed_in(site, browser, mair)
    assert "Is a fact wrong?" in browser.get(path).text
    wrong = browser.post(path, data={**sent, "text": ""})
    assert wrong.status_code == 422 and "Say which fact is wrong" in wrong.text
    done = browser.post(path, data=sent)
    assert done.status_code == 200 and "It is 20 a week." in done.text
    assert "The proposer" in done.text and "Not answered yet" in done.text
