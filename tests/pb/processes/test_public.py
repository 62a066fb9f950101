"""What everybody reads of a process: what one can do now, what comes next, who decides, what was
changed and why; in each state and in both languages."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from pb.core.errors import Invalid
from pb.core.site import Site
from pb.office.services import confirm_act
from pb.processes import services, timetable
from pb.processes.models import Phase, Process
from pb.processes.values import PHASE_NAMES, WHO, AreaValue, PhaseValue, RuleValue, StepValue
from pb.projects.models import Project
from tests.pb.processes.test_timetable import COMING, IDEAS, VOTE, change, coming
from tests.pb.results.test_pages import a_ranked_result
from tests.support import build
from tests.support.app import client, run_jobs
from tests.support.clock import TurnableClock

PAGE = "/processes/shared-budget"


def words(site: Site, path: str = PAGE, language: str = "en") -> str:
    answer = client(site, language).get(path)
    assert answer.status_code == 200
    main = answer.text.split("<main")[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.mark.parametrize(
    ("day", "now", "following", "decides"),
    [
        (0, "Nothing is open at this moment.", "‘Ideas’ opens at 11am on Tuesday 18 May.",
         "Each author decides what is put forward."),
        (2, "You can put an idea forward, and support those of others. It closes at 11am on Monday "
            "24 May.", "‘Everyone votes’ opens at 11am on Tuesday 25 May.",
         "Each author decides what is put forward."),
        (7.5, "Nothing is open at this moment.",
         "‘Everyone votes’ opens at 11am on Tuesday 25 May.",
         "Voters decide, by the rule that was announced."),
        (9, "You can vote.", "‘The count, in public’ opens at 11am on Tuesday 1 June.",
         "Voters decide, by the rule that was announced."),
        (15.5, "The votes are counted.", "‘The town builds what won’ opens at",
         "The rule decides. Nobody chooses among the projects now."),
    ],
)
def test_at_each_moment_the_page_says_what_one_can_do(
    site: Site, clock: TurnableClock, day: float, now: str, following: str, decides: str
) -> None:
    coming(site)
    start = clock.now
    for passed in range(int(day * 2) + 1):  # the worker looks twice a day
        clock.now = start + timedelta(days=passed / 2)
        run_jobs(site)
    page = words(site)
    assert f"What you can do now {now}" in page
    assert f"What comes next {following}" in page
    assert f"Who decides {decides}" in page


def test_a_step_that_is_held_back_is_said_to_open_soon(site: Site, clock: TurnableClock) -> None:
    coming(site)
    change(site, Project, cost=0)
    clock.now = IDEAS
    run_jobs(site)
    clock.now = VOTE + timedelta(hours=1)
    run_jobs(site)
    page = words(site)
    assert "‘Everyone votes’ is being prepared." in page
    assert "Opens soon, being prepared Everyone votes" in page
    assert "Open your ballot" not in page and "You can vote." not in page
    welsh = words(site, language="cy")
    assert "Yn agor yn fuan, yn cael ei baratoi Pawb yn pleidleisio" in welsh
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Mair", "administrator"))
    office = unescape(browser.get("/office/processes/shared-budget").text)
    assert "A step is held back: Vote" in office and "6 projects have no cost." in office


def test_each_step_says_how_far_people_decide_with_words_of_the_office(site: Site) -> None:
    coming(site)
    own = StepValue({"en": "Your ideas", "cy": "Eich syniadau"}, {}, "together",
                    {"knows": {"en": "The bakers know.", "cy": "Y pobyddion."}},
                    VOTE + timedelta(days=60))
    build.do(site, timetable.edit_step, 1, 1, own, {"en": "We mean it."})
    page = words(site)
    assert "You and the council decide together." in page
    assert "Who knows The bakers know." in page
    assert "Who decides Each author decides what is put forward." in page, "the rest as usual"
    assert "The council promises to reply by Saturday 24 July 2027." in page
    assert "Y pobyddion." in words(site, language="cy")


def test_no_notice_has_a_page_too(site: Site) -> None:
    coming(site)
    for language, line in (("en", "No notice yet"), ("cy", "Dim hysbysiad eto")):
        assert line in words(site, f"{PAGE}/notices", language)
    assert "Nothing was changed since it was published." in words(site)


def both_change(site: Site, command: Any, *arguments: Any) -> None:
    lead = build.actor(site, build.a_person(site, "Olwen", "lead_official", "shared-budget"))
    second = build.actor(site, build.a_person(site, "Gethin", "deputy", "shared-budget"))
    act = build.do(site, command, 1, *arguments, actor=lead)
    build.do(site, confirm_act, 1, act, actor=second)


REASON = {"en": "A grant came in.", "cy": "Daeth grant."}


@pytest.mark.parametrize(
    ("what", "lines"),
    [
        ("budget", ("The budget of an area was changed.", "Riverside £60,000 £70,000")),
        ("dates", ("The timetable was changed.",
                   "Everyone votes 11am on 25 May 2027 – 11am on 1 June 2027 11am on 25 May 2027 – "
                   "11am on 3 June 2027")),
        ("rule", ("Ballot or rule were changed.", "The rule Most votes first Equal shares",
                  "People who must vote for the result to bind – 500")),
        ("step", ("What a step is called, or how far and by whom is decided in it, was changed.",
                  "Ideas – You are told")),
        ("who", ("What a step is called, or how far and by whom is decided in it, was changed.",
                 "Ideas: its name – Wishes", "Ideas: who decides – The mayor.")),
        ("purpose", ("What the process is for, or who decides in it, was changed.",
                     "What it is for Money for the town. Money for roads.",
                     "What citizens decide – Nothing.")),
        ("area", ("What an area is called, or what belongs to it, was changed.",
                  "Its name Riverside The river")),
        ("new area", ("An area was added.", "The hill – £500")),
        ("area gone", ("An area was taken away.", "Riverside £60,000 –")),
        ("open", ("A step was opened before its date.", "Ideas 11am on 18 May 2027 11am on 17 May "
                                                        "2027")),
    ],
)
def test_each_change_is_a_notice_with_what_was_and_is_and_why(
    site: Site, what: str, lines: tuple[str, ...]
) -> None:
    coming(site, projects=0 if what == "area gone" else 6)
    later = [PhaseValue(*one) for one in COMING]
    later[1] = PhaseValue("voting", VOTE, VOTE + timedelta(days=9))
    later[2] = PhaseValue("count", VOTE + timedelta(days=9), VOTE + timedelta(days=11))
    if what == "budget":
        build.do(site, services.edit_area, 1, 1,
                 AreaValue({"en": "Riverside", "cy": "Glan"}, {}, 7_000_000, None, REASON))
    elif what == "dates":
        both_change(site, services.ask_dates, later, REASON)
    elif what == "rule":
        value = RuleValue("approval", "equal-shares", {}, 0, 5, None, REASON, 0, 500)
        both_change(site, services.ask_rule, value, REASON)
    elif what == "step":
        build.do(site, services.edit_step, 1, 1, StepValue({}, {}, "informs", {}, None), REASON)
    elif what == "who":
        who = {"decides": {"en": "The mayor.", "cy": "Y maer."}}
        build.do(site, services.edit_step, 1, 1,
                 StepValue({"en": "Wishes", "cy": "Dymuniadau"}, {}, "", who, None), REASON)
        # The usual names stand where the office wrote none of its own.
        lines = (lines[0], *(line.replace("Ideas:", "Wishes:") for line in lines[1:]))
    elif what == "purpose":
        build.do(site, services.edit_basics, 1, services.Basics(
            {"en": "Shared budget"}, {}, {"en": "Money for roads.", "cy": "Arian i ffyrdd."},
            {"citizens": {"title": {}, "text": {"en": "Nothing.", "cy": "Dim."}}}), REASON)
    elif what == "area":
        build.do(site, services.edit_area, 1, 1,
                 AreaValue({"en": "The river", "cy": "Yr afon"}, {}, 6_000_000, None, REASON))
    elif what == "new area":
        build.do(site, services.edit_area, 1, None,
                 AreaValue({"en": "The hill", "cy": "Y bryn"}, {}, 50_000, None, REASON))
    elif what == "area gone":
        build.do(site, services.remove_area, 1, 1, REASON)
    else:
        both_change(site, services.ask_early, 1, "open", REASON)
    page = words(site, f"{PAGE}/notices")
    for line in (*lines, "A grant came in."):
        assert line in page
    assert "Daeth grant." in words(site, f"{PAGE}/notices", "cy")
    assert lines[0] in words(site)


def test_no_rule_of_a_public_process_changes_without_a_reason(site: Site) -> None:
    """Each command that changes what was announced refuses to do it in silence; a language that
    was missing may be added."""
    coming(site, projects=0)
    basics = services.Basics({"en": "Shared budget"}, {}, {"en": "Money for roads."}, {})
    who = {"decides": {"en": "The mayor."}}
    area = AreaValue({"en": "The river"}, {}, 6_000_000, None, "")
    for command, arguments in (
        (services.edit_basics, (basics,)),
        (services.edit_area, (1, area)),
        (services.edit_area, (None, area)),
        (services.remove_area, (1,)),
        (services.edit_step, (1, StepValue({}, {}, "", who, None))),
        (services.edit_step, (1, StepValue({"en": "Wishes"}, {}, "", {}, None))),
    ):
        with pytest.raises(Invalid) as caught:
            build.do(site, command, 1, *arguments)
        assert caught.value.code == "process.reason_needed", (command, arguments)
    change(site, Process, purpose={"en": "Money for the town."})
    build.do(site, services.edit_basics, 1, services.Basics(
        {"en": "Shared budget"}, {}, {"en": "Money for the town.", "cy": "Arian i’r dref."}, {}))
    assert "No notice yet" in words(site, f"{PAGE}/notices")


def test_the_office_gives_the_reason_on_the_same_page(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0)
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Mair", "deputy", "shared-budget"))
    office = "/office/processes/shared-budget"
    answer = browser.post(f"{office}/areas/1", data={"remove": "yes"})
    assert answer.status_code == 422 and 'href="#gone-reason"' in answer.text
    answer = browser.post(f"{office}/areas/1", data={"remove": "yes", "gone-reason": "No money."})
    assert answer.status_code == 200
    texts = {"name_en": "Shared budget", "purpose_en": "Roads."}
    answer = browser.post(f"{office}/texts", data=texts)
    assert answer.status_code == 422 and 'href="#reason"' in answer.text
    assert browser.post(f"{office}/texts", data=texts | {"reason": "Roads."}).status_code == 200
    page = words(site, f"{PAGE}/notices")
    assert "No money." in page and "Money for the town. Roads." in page


@pytest.mark.parametrize("language", ["en", "cy"])
def test_each_page_of_a_stage_says_who_decides(site: Site, language: str) -> None:
    a_ranked_result(site)
    for path, kind in (("ideas", "ideas"), ("assessment", "assessment"), ("vote", "voting"),
                       ("result", "results")):
        # A word of the glossary is a link: a space stands before the sign that follows it.
        page = re.sub(r" ([.,])", r"\1", words(site, f"{PAGE}/{path}", language))
        for sentence in WHO[kind]:
            assert site.reader(language).say(sentence) in page, (path, sentence)
    # The office's own words stand in their place.
    change(site, Phase, who={"decides": {"en": "The mayor.", "cy": "Y maer."}})
    own = {"en": "The mayor.", "cy": "Y maer."}[language]
    for path in ("ideas", "assessment", "vote", "result"):
        assert own in words(site, f"{PAGE}/{path}", language), path


def test_a_step_is_opened_early_from_its_page(site: Site) -> None:
    """The reason in both languages, the fault beside its own field, and nothing without a second
    official."""
    coming(site)
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Mair", "deputy", "shared-budget"))
    step = "/office/processes/shared-budget/steps/1"
    assert 'name="early-reason"' in browser.get(step).text
    answer = browser.post(step, data={"early": "open"})
    assert answer.status_code == 422 and 'href="#early-reason"' in answer.text
    assert answer.text.count('id="early-reason"') == 1
    answer = browser.post(step, data={"early": "open", "early-reason": "We are ready.",
                                      "early-reason_too": "Rydym yn barod."})
    assert answer.status_code == 200 and "Asked." in answer.text
    second = build.actor(site, build.a_person(site, "Gethin", "lead_official", "shared-budget"))
    build.do(site, confirm_act, 1, 1, actor=second)
    assert "We are ready." in words(site, f"{PAGE}/notices")
    assert "Rydym yn barod." in words(site, f"{PAGE}/notices", "cy")


def test_every_choice_is_public_with_its_reason(site: Site) -> None:
    coming(site)
    change(site, Process, quorum=300, min_support=20)
    page = words(site)
    for line in (
        "How you fill in the ballot Ticks", "How the winners are found Most votes first It is "
        "simple.", "Votes that a project needs at least 20",
        "How many people must vote 300 people.", "An order of lots decides.",
    ):
        assert line in page, line


def test_a_published_process_shows_no_draft_and_a_draft_is_not_shown(site: Site) -> None:
    coming(site, state="draft")
    for page in (PAGE, f"{PAGE}/notices", f"{PAGE}/rehearsal"):
        assert client(site).get(page).status_code == 404


def test_every_kind_of_step_has_its_words(site: Site) -> None:
    from pb.processes.models import PHASE_KINDS
    from pb.processes.queries import step_box

    for kind in PHASE_KINDS:
        for language in ("en", "cy"):
            box = step_box(site.reader(language), Phase(kind=kind, who={}, band="together"))
            assert len(box["rows"]) == 3 and all(text for _, text in box["rows"])
        assert kind in PHASE_NAMES
