"""Role x stage x route over a jury: its pages in the office, in public and in its room."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select, update

from deliberation.evidence import services as evidence
from deliberation.evidence.services import EvidenceValue
from deliberation.panels import services as panels
from deliberation.panels.values import JurorValue, JuryValue
from deliberation.sessions import queries, running, services
from deliberation.sessions.models import JurySession, RoomPass
from deliberation.sessions.plan import runsheet
from pb.access.permissions import Permission as P
from pb.core.site import Site
from pb.core.work import Actor, Work
from tests.support import build
from tests.support.matrix import (
    ALLOWED,
    DOOR,
    FULL_TIMETABLE,
    HIDDEN,
    NOT_YOU,
    SLUG,
    Row,
    jury_faults,
)

PEOPLE = ("stranger", "citizen", "facilitator", "lead_official", "auditor", "evaluator",
          "moderator")
SCREENS = ("juror", "table", "observer", "evaluator screen")
READY = JuryValue(
    {"en": "Our jury"}, {"en": "What shall the money do?"}, {"en": "We answer."}, "The council",
    date(2027, 9, 1), "Nia", "ext. 4",
)


def looks(permission: P, *names: str, **more: str) -> list[Row]:
    return [Row(name, permission=permission, params={"slug": SLUG, **more}) for name in names]


def sends(
    permission: P, name: str, form: dict[str, str], there: bool = True, **more: str
) -> Row:
    """A form that would be sound, so that who may not is refused by the policy and not by a field.
    ``there``: what it is about exists; else whoever may do it finds nothing."""
    return Row(name, "POST", permission, {"slug": SLUG, **more}, form=form,
               expect=None if there else nothing_there)


def nothing_there(who: str, stage: str, policy: str) -> str:
    return HIDDEN if policy == ALLOWED else policy


def only(*screens: str) -> Callable[[str, str, str], str]:
    """These screens; every other is refused, and who has none is led to the door."""
    return lambda who, stage, policy: (
        policy if policy == DOOR else ALLOWED if who in screens else NOT_YOU)


def no_door(who: str, stage: str, policy: str) -> str:
    """What a script asks for in the background: an answer of its own, never a way to a page."""
    return NOT_YOU if policy == DOOR else policy


OFFICE = (
    *looks(P.SEE_JURY, "office_jury", "office_allocation", "office_claims", "office_choice",
           "office_drafts", "office_evidence", "office_questions", "office_words",
           "office_recommendations", "office_sessions", "office_plan", "office_speaking",
           "office_statements", "office_surveys"),
    *looks(P.SEE_JURY, "office_session", "office_seats", "office_pack", "office_paper",
           "office_votes", "office_themes", "office_evidence_item", "office_statement",
           number="1"),
    *looks(P.SEE_JURY, "office_survey_print", number="1", kind="exit"),
    *looks(P.EDIT_JURY, "office_jury_edit", "office_jury_charter", "office_jurors",
           "office_interests", "office_census", "office_checklist", "office_certificates",
           "office_room_codes", "office_survey_questions", "office_survey_slips"),
    *looks(P.EDIT_JURY, "office_agenda", number="1"),
    *looks(P.EDIT_JURY, "office_withdraw", juror="1"),
    *looks(P.RUN_SESSION, "office_note_reports", "office_session_plan", number="1"),
    *looks(P.RUN_SESSION, "office_survey_paper", number="1", kind="exit"),
    *looks(P.READ_COMPLAINTS, "office_complaints"),
    *looks(P.PAY_JURORS, "office_payments", "office_payments_file"),
    *looks(P.SEE_EVALUATION, "office_evaluation"),
)
SENT = (
    sends(P.EDIT_JURY, "office_jury_edit", {}),
    sends(P.EDIT_JURY, "office_jury_charter", {}),
    sends(P.EDIT_JURY, "office_jurors", {}),
    sends(P.EDIT_JURY, "office_interests", {}),
    sends(P.EDIT_JURY, "office_census", {}),
    sends(P.EDIT_JURY, "office_withdraw", {}, juror="1"),
    sends(P.EDIT_JURY, "office_agenda", {}, number="1"),
    sends(P.EDIT_JURY, "office_allocation", {}),
    sends(P.EDIT_JURY, "office_room_codes", {}),
    sends(P.EDIT_JURY, "office_speaking", {"seconds": "60"}),
    sends(P.EDIT_JURY, "office_sessions", {"plan": "bonfire", "first_day": "2027-09-01",
                                           "days_between": "7", "tables": "4"}),
    sends(P.EDIT_JURY, "office_evidence", {"title_en": "A map", "stance": "own", "minutes": "0"}),
    sends(P.RUN_SESSION, "office_evidence", {"act": "explain", "text_en": "One was ill."}),
    sends(P.RUN_SESSION, "office_session", {"act": "next", "version": "99"}, number="1"),
    sends(P.RUN_SESSION, "office_session_plan", {"item": "1", "version": "99"}, number="1"),
    sends(P.RUN_SESSION, "office_session_tables", {"act": "reserve", "juror": "1"}, number="1"),
    sends(P.RUN_SESSION, "office_session_speaking", {"act": "next"}, number="1"),
    sends(P.RUN_SESSION, "office_note_reports", {"which": "1"}, there=False, number="1"),
    sends(P.RUN_SESSION, "office_votes", {"kind": "consent", "title": "Is it fair?"}, number="1"),
    sends(P.RUN_SESSION, "office_themes", {"act": "add", "name_en": "Time"}, number="1"),
    sends(P.RUN_SESSION, "office_claims", {"act": "open"}),
    sends(P.RUN_SESSION, "office_questions", {"act": "open"}),
    sends(P.RUN_SESSION, "office_surveys", {"kind": "exit", "session": "1"}),
    sends(P.RUN_SESSION, "office_evidence_item", {"act": "hear", "given": "live", "heard": "5"},
          number="1"),
    sends(P.RUN_SESSION, "office_recommendations",
          {"act": "add", "text_en": "Build it.", "poll": ""}),
    sends(P.RUN_SESSION, "office_statements", {"text_en": "Eight people met."}),
    sends(P.EDIT_JURY, "office_elsewhere", {"session": "1", "table": "1"}),
    sends(P.EDIT_JURY, "office_checklist", {"time_en": "Four days."}),
    sends(P.EDIT_JURY, "office_survey_questions", {}),
    sends(P.RUN_SESSION, "office_survey_paper", {}, number="1", kind="exit"),
    sends(P.READ_COMPLAINTS, "office_complaints", {"which": "1"}, there=False),
    sends(P.PAY_JURORS, "office_payments", {"act": "pay", "which": "1", "sum": "1"}),
    sends(P.PUBLISH_EVALUATION, "office_evaluation", {}),
    sends(P.EXPORT_EVALUATION, "office_evaluation", {"act": "export"}),
)
PUBLIC = tuple(
    Row(name, public=True)
    for name in ("jury", "jury_checklist", "claims", "jury_complaints", "evaluation", "evidence",
                 "recommendations", "jury_rules", "jury_tables", "booklet")
)


def room(permission: P, name: str, method: str = "GET", form: dict[str, str] | None = None,
         **more: Any) -> Row:
    params: dict[str, str] = {key: more.pop(key) for key in ("kind", "id") if key in more}
    return Row(name, method, permission, params, room=True, form=form or {}, **more)


ROOM = (
    room(P.ENTER_ROOM, "room_screen"),
    room(P.ENTER_ROOM, "room_evidence"),
    *[room(P.ACT_AS_JUROR, name) for name in (
        "room_wrong", "room_payment", "room_withdraw", "room_words", "room_interests",
        "room_recommendations", "room_statements")],
    *[room(P.ACT_AS_JUROR, name, "POST") for name in (
        "room_wrong", "room_payment", "room_withdraw", "room_words")],
    room(P.ACT_AS_JUROR, "room_here", "POST", expect=no_door),
    room(P.SEE_EVALUATION, "room_evaluation"),
    room(P.ENTER_ROOM, "room_claims", expect=only("juror", "table")),
    room(P.ENTER_ROOM, "room_drafts", expect=only("juror", "table")),
    room(P.ENTER_ROOM, "room_questions", expect=only("juror")),
    room(P.ENTER_ROOM, "room_word", id="1", expect=only()),
)


def a_jury(site: Site, process_id: int) -> tuple[dict[str, str], list[int], Actor]:
    """A jury of eight at two tables with everybody's code; its sessions and who leads it."""
    lead = build.actor(site, build.a_person(site, "Gwen", "facilitator", SLUG))
    official = build.actor(site, build.a_person(site, "Ceri", "lead_official", SLUG))
    run = site.work.run
    jury_id = run(panels.make_jury, official, process_id, READY)
    run(panels.set_charter, official, jury_id, {"en": "We listen."})
    people = [JurorValue(f"Person {one}", f"p{one}", one > 8) for one in range(1, 10)]
    run(panels.set_jurors, official, jury_id, people, {})
    run(panels.accept_charter, lead, jury_id, 1)
    run(services.make_sessions, official, jury_id, runsheet("statements"), date(2027, 4, 17), 7, 2)
    run(services.make_passes, official, jury_id)
    run(evidence.add, official, jury_id, EvidenceValue({"en": "A map"}, "own", 5))
    with site.database.reading() as session:
        sessions = [one.id for one in queries.sessions_of(session, jury_id)]
        passes = {one.role: services.code_of(site.secrets, one) for one in session.scalars(
            select(RoomPass).where(RoomPass.jury_id == jury_id).order_by(RoomPass.id.desc()))}
    codes = {name: passes[name.partition(" ")[0]] for name in SCREENS}
    return codes, sessions, lead


def over(work: Work) -> None:
    work.session.execute(update(JurySession).values(state="ended"))


over.__module__ = __name__


def test_each_route_of_a_jury_answers_as_the_policy_says(site: Site) -> None:
    process_id = build.a_process(site, SLUG, timetable=FULL_TIMETABLE)
    build.a_process(site, "elsewhere", timetable=FULL_TIMETABLE)
    codes, sessions, lead = a_jury(site, process_id)
    stages = {
        "before the first session": ("assessment", lambda: None),
        "in session": ("jury", lambda: site.work.run(running.start, lead, sessions[0], 0)),
        "after the last": ("voting", lambda: build.do(site, over)),
    }
    wrong, asked = jury_faults(
        site, (*OFFICE, *SENT, *PUBLIC, *ROOM), who=(*PEOPLE, *SCREENS), process_id=process_id,
        codes=codes, stages=stages,
    )
    assert not wrong, "\n".join(wrong[:400])
    assert asked > 3300


def test_the_matrix_tells_right_from_wrong(site: Site) -> None:
    """Rows with another permission than their routes have are noticed, in the office and behind a
    screen."""
    process_id = build.a_process(site, SLUG, timetable=FULL_TIMETABLE)
    build.a_process(site, "elsewhere", timetable=FULL_TIMETABLE)
    codes, _sessions, _lead = a_jury(site, process_id)
    askew = (*looks(P.SEE_JURY, "office_census"), room(P.ENTER_ROOM, "room_payment"))
    wrong, asked = jury_faults(
        site, askew, who=("moderator", "table"), process_id=process_id,
        codes={"table": codes["table"]}, stages={"before": ("assessment", lambda: None)},
    )
    assert asked == 4
    assert sorted(wrong) == [
        "GET office_census by moderator in before: not you (403), the policy says allowed",
        "GET room_payment by table in before: not you (403), the policy says allowed",
    ]
