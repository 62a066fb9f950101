"""Role x phase x route over the pages of a process, of the office and of the public."""

from __future__ import annotations

from pb.access.permissions import Permission as P
from pb.accounts import twofold
from pb.core.site import Site
from pb.core.work import Work
from pb.processes.models import Process
from tests.support import build
from tests.support.matrix import ALLOWED, HIDDEN, SLUG, Row, faults


def office(route: str, permission: P, **params: str) -> list[Row]:
    """A page with a form: it is asked for and sent empty."""
    where = {"slug": SLUG, **params}
    return [Row(route, method, permission, where) for method in ("GET", "POST")]


ROWS = (
    Row("process", public=True),
    Row("projects", public=True),
    Row("office_process", permission=P.SEE_OFFICE),
    Row("office_areas", permission=P.SEE_OFFICE),
    *office("office_texts", P.EDIT_PROCESS),
    *office("office_rule", P.EDIT_PROCESS),
    *office("office_area", P.EDIT_PROCESS, area="1"),
    Row("office_dates", permission=P.CHANGE_DATES),
    Row("office_dates", "POST", P.CHANGE_DATES, form={"voting_opens_at": "one day"}),
    Row("office_steps", permission=P.SEE_OFFICE),
    *office("office_step", P.CHANGE_DATES, phase="1"),
    Row("office_step", "POST", P.CHANGE_DATES, {"slug": SLUG, "phase": "1"},
        form={"early": "open", "early-reason": ""}),
    Row("office_life", permission=P.SEE_OFFICE),
    Row("office_life", "POST", P.ARCHIVE_PROCESS),
    *office("office_second_vote", P.BEGIN_SECOND_VOTE),
    *[
        Row("office_wizard", method, P.EDIT_PROCESS, {"slug": SLUG, "step": step})
        for step in ("name", "money", "who", "rule", "dates", "check")
        for method in ("GET", "POST") if (step, method) != ("check", "POST")
    ],
    Row("office_new", permission=P.CREATE_PROCESS, params={}, installation=True),
    Row("office_new", "POST", P.CREATE_PROCESS, params={}, installation=True),
    Row("office_process", "POST", P.PUBLISH_PROCESS),
    Row("office", permission=P.SEE_OFFICE, params={}, installation=True),
    Row("office_log", permission=P.SEE_AUDIT, params={}, installation=True),
    *[Row("office_council", method, P.EDIT_COUNCIL, {}, installation=True)
      for method in ("GET", "POST")],
    Row("office_people", permission=P.SEE_OFFICE),
    Row("office_people", "POST", P.INVITE),
    *[Row("act", method, P.CONFIRM_ACT, {"id": "1"}) for method in ("GET", "POST")],
    Row("project", params={"slug": SLUG, "number": "1"}, public=True),
    Row("office_projects", permission=P.SEE_OFFICE),
    *office("office_project", P.EDIT_PROJECTS, number="1"),
    Row("notices", public=True),
    Row("archive", params={}, public=True, expect=lambda who, phase, policy: ALLOWED),
    Row("rehearsal", public=True, expect=lambda who, phase, policy: HIDDEN),
    Row("rehearsal", "POST", P.TRY_REHEARSAL, public=True,
        expect=lambda who, phase, policy: HIDDEN),
)


def prepare(site: Site, process_id: int) -> None:
    """An act that waits for a second official."""

    def ask(work: Work) -> None:
        process = work.session.get_one(Process, process_id)
        twofold.ask(work, process, "processes.dates", reason="Later.", texts={}, phases=[])

    lead = build.a_person(site, "Gwenno", "lead_official", SLUG)
    build.do(site, ask, actor=build.actor(site, lead))


def test_each_route_answers_as_the_policy_says(site: Site) -> None:
    wrong, asked = faults(site, ROWS, prepare=prepare)
    assert not wrong, "\n".join(wrong[:20])
    assert asked > 4500
