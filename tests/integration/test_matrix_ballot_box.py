"""Role x phase x route over voters' lists, the ballot box, its record, the count and the office."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from pb.access.permissions import Permission as P
from pb.ballots import services as ballots
from pb.core.site import Site
from pb.electorate import services as electorate
from pb.electorate.values import WaysValue
from pb.office.services import confirm_act
from pb.results import services as results
from tests.pb.ballots.vote import a_batch, cast, open_box, roll_id_of
from tests.pb.electorate.test_lists import LIST as LINES
from tests.pb.electorate.test_lists import bring, official
from tests.support import build
from tests.support.app import run_jobs
from tests.support.matrix import (
    ALLOWED,
    HIDDEN,
    MOMENTS,
    NOT_NOW,
    SLUG,
    TO_THE_DOOR,
    Answer,
    Row,
    faults,
)
from voting.ballots import Approval

Expect = Callable[[str, str, str], Answer]


def before_its_fields(who: str, phase: str, policy: str) -> Answer:
    """An empty form of a draft's public page: its fields are as good an answer as the time."""
    return {policy, ALLOWED} if phase == "draft" and policy == NOT_NOW else policy


def to_the_door(who: str, phase: str, policy: str) -> Answer:
    """Whoever may not cast is led to the page where one comes in, and sees why there. Voters may
    read that it is over, and see their own receipt, at any time."""
    if who == "voter" and policy == NOT_NOW:
        return {ALLOWED, TO_THE_DOOR}
    return policy if policy in (ALLOWED, HIDDEN) else TO_THE_DOOR


def as_long_as_there_is_a_log(who: str, phase: str, policy: str) -> Answer:
    """A log is public from its first entry on, whatever becomes of its process."""
    return ALLOWED


def nothing_yet(who: str, phase: str, policy: str) -> Answer:
    """What whoever may see a result is shown before there is one."""
    return HIDDEN if policy == ALLOWED else policy


def not_there_yet(who: str, phase: str, policy: str) -> Answer:
    return HIDDEN if policy == NOT_NOW else nothing_yet(who, phase, policy)


def office(route: str, permission: P, expect: Expect | None = None, **params: str) -> list[Row]:
    """A page with a form: it is asked for and sent empty."""
    where = {"slug": SLUG, **params}
    return [Row(route, method, permission, where, expect=expect) for method in ("GET", "POST")]


LIST = {"slug": SLUG, "id": "1"}
VOTERS = (
    Row("office_voters", permission=P.SEE_OFFICE),
    Row("office_voters", "POST", P.EDIT_ROLL),
    Row("office_letters", "POST", P.EDIT_ROLL),
    Row("office_void_batch", "POST", P.EDIT_ROLL, form={"batch": "1", "reason": ""}),
    Row("office_electorate", permission=P.SEE_OFFICE),
    Row("office_electorate", "POST", P.EDIT_ROLL),
    *office("office_ways", P.EDIT_ROLL),
    *office("office_list_new", P.EDIT_ROLL),
    Row("office_list", permission=P.SEE_OFFICE, params=LIST),
    Row("office_list", "POST", P.EDIT_ROLL, LIST),
    Row("office_list_faults", permission=P.EDIT_ROLL, params=LIST),
    Row("office_list_letters", "POST", P.EDIT_ROLL, LIST),
    *office("office_review", P.EDIT_ROLL),
    Row("office_oddities", permission=P.SEE_ODDITIES),
    Row("who_may_vote", public=True),
    Row("vote_send", public=True),
    Row("vote_send", "POST", P.ENTER_BALLOT, public=True, expect=before_its_fields),
    Row("vote_sent", public=True),
    Row("declare", permission=P.DECLARE, public=True),
    Row("declare", "POST", P.DECLARE, public=True, expect=before_its_fields),
    Row("declare_sent", permission=P.DECLARE, public=True),
    Row("declare_sent", "POST", P.DECLARE, public=True),
    Row("declare_link", permission=P.DECLARE, params={"slug": SLUG, "token": "x"}, public=True),
    Row("declare_link", "POST", P.DECLARE, {"slug": SLUG, "token": "x"}, public=True),
)
BOX = (
    Row("office_box", permission=P.SEE_OFFICE),
    Row("office_box", "POST", P.DESTROY_BOX),
    Row("vote", public=True),
    Row("vote", "POST", P.ENTER_BALLOT, public=True, expect=before_its_fields),
    Row("vote_link", params={"slug": SLUG, "token": "x"}, public=True),
    Row("vote_link", "POST", P.ENTER_BALLOT, {"slug": SLUG, "token": "x"}, public=True,
        expect=before_its_fields),
    *[Row(route, method, P.CAST, public=True, expect=to_the_door)
      for route in ("ballot", "ballot_check") for method in ("GET", "POST")],
    Row("ballot_in", permission=P.CAST, public=True, expect=to_the_door),
    Row("check_ballot", public=True),
    Row("check_ballot", "POST", public=True),
    Row("secrecy", public=True),
)
RECORD = (
    Row("record", public=True),
    *[Row(f"record_{name}", public=True, expect=as_long_as_there_is_a_log)
      for name in ("checkpoint", "key", "heads", "leaves", "inclusion", "consistency")],
)
PUBLISHED = (
    Row("office_count_preview", permission=P.RUN_COUNT),
    Row("office_count_stages", permission=P.RUN_COUNT),
    *office("office_objection", P.ANSWER_OBJECTION, id="1"),
    *[Row(route, public=True) for route in
      ("result", "bundle", "result_stages", "result_projects")],
    Row("result_project", params={"slug": SLUG, "number": "1"}, public=True),
    Row("result_file", params={"slug": SLUG, "file": "result.json"}, public=True),
    Row("result_object", permission=P.OBJECT, public=True),
    Row("result_object", "POST", P.OBJECT, public=True),
)
COUNT = (
    Row("office_count", permission=P.SEE_OFFICE),
    Row("office_count", "POST", P.RUN_COUNT),
)
HOUSE = (
    Row("office", permission=P.SEE_OFFICE, params={}, installation=True),
    *office("act", P.CONFIRM_ACT, id="1"),
    Row("office_people", permission=P.SEE_OFFICE),
    Row("office_people", "POST", P.INVITE),
    Row("office_log", permission=P.SEE_AUDIT, params={}, installation=True),
    Row("office_council", permission=P.EDIT_COUNCIL, params={}, installation=True),
    Row("office_council", "POST", P.EDIT_COUNCIL, params={}, installation=True),
    Row("office_projects", permission=P.SEE_OFFICE),
    *office("office_project", P.EDIT_PROJECTS, number="1"),
)


def the_vote_begins(site: Site, process_id: int) -> None:
    """A list and a batch of voters, a ballot in the box, and an act that waits for a second."""
    site.clock.now = MOMENTS["assessment"]  # type: ignore[attr-defined]
    build.do(site, electorate.set_ways, process_id, WaysValue(("list", "declared"), words={}),
             "As the council decided.")
    bring(official(site), LINES)
    codes = a_batch(site, process_id, 2)
    site.clock.now = MOMENTS["voting"]  # type: ignore[attr-defined]
    open_box(site, process_id)
    cast(site, process_id, roll_id_of(site, process_id, codes[0]), Approval(("1",)))
    lead = build.actor(site, build.a_person(site, "Nia", "lead_official", SLUG))
    build.do(site, ballots.ask_void_batch, process_id, 1, "Lost in the post", actor=lead)
    run_jobs(site)


def the_result_is_out(site: Site, process_id: int) -> None:
    the_vote_begins(site, process_id)
    site.clock.now = MOMENTS["count"]  # type: ignore[attr-defined]
    run_jobs(site)
    lead, deputy = (
        build.actor(site, build.a_person(site, name, role, SLUG))
        for name, role in (("Huw", "lead_official"), ("Gethin", "deputy"))
    )
    count = build.do(site, results.ask_count, process_id, actor=lead)
    run_jobs(site)
    until = site.clock() + timedelta(weeks=8)
    act = build.do(site, results.ask_publish, process_id, count, until, actor=lead)
    build.do(site, confirm_act, process_id, act, actor=deputy)
    build.do(site, results.object_to, process_id, "Ifan", "ifan@example.com", "en", "I doubt it.")


def test_each_route_answers_as_the_policy_says(site: Site) -> None:
    wrong, asked = faults(site, (*VOTERS, *BOX, *RECORD, *COUNT, *HOUSE), prepare=the_vote_begins)
    assert not wrong, "\n".join(wrong[:20])
    assert asked > 8000


def test_a_result_is_there_for_everybody_once_it_is_published(site: Site) -> None:
    wrong, asked = faults(site, PUBLISHED, phases=("count", "results", "delivery"),
                          prepare=the_result_is_out)
    assert not wrong, "\n".join(wrong[:20])
    assert asked > 500


def test_no_result_is_there_before_it_is_published(site: Site) -> None:
    """For nobody, at no time: not even an official sees one before the count."""
    rows = [replace(row, expect=not_there_yet if row.public else nothing_yet)
            for row in PUBLISHED if row.route not in ("result", "bundle")]
    wrong, asked = faults(site, rows, prepare=the_vote_begins)
    assert not wrong, "\n".join(wrong[:20])
    assert asked > 1000
