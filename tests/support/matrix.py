"""Role x phase x route: every page and form, asked for by everybody at every time.

A test gives a table of rows (``Row``: the route's name, the method, what stands in its address, and
the permission that the route hangs on). ``faults(site, rows)`` builds one process, turns the clock
through all of its phases, lets each kind of person ask for each row over HTTP, and compares what
they got with what ``pb.access.policy`` says of that permission, role and phase. It returns what
differs, in words, and how many requests were made::

    ROWS = (
        Row("office_dates", permission=P.CHANGE_DATES, params={"slug": SLUG}),
        Row("office_dates", "POST", P.CHANGE_DATES, {"slug": SLUG}),
        Row("project", params={"slug": SLUG, "number": "1"}, public=True),
    )

    def test_matrix(site: Site) -> None:
        wrong, asked = faults(site, ROWS, prepare=lambda site, process_id: ...)
        assert not wrong, "\\n".join(wrong)
        assert asked > 500

What a request may be answered with:

======== ==========================================================================
allowed  anything but a refusal: 200, 303 to elsewhere, 409, 410, 413, 422, 429
sign-in  303 to the sign-in: whoever is not signed in, at an office page
to the   303 to the page where voters come in: whoever has not, at a page of the ballot
door
hidden   404: there is nothing here for this person, not even a refusal
not now  403 with "This cannot be done at this time."
not you  403 with "This page is for other people."
door     303 to the page on which a code is typed: a device without a place in the room
======== ==========================================================================

The rows of the office (``public=False``) follow ``pb/processes/office.py``: strangers are asked to
sign in, people without a role in the process find nothing. Rows of the public follow the policy
straight: what is not public is hidden, the rest is refused with its reason. A route with a reason
of its own says so with ``expect``: a function of (who, phase, the policy's answer) that gives one
of the words above, or several as a set. A form is sent as ``form`` gives it, empty by default: that
is refused by its own fields (422) and changes nothing, so that all rows share one process. Each
refusal is also checked to have written no row of the log.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update
from starlette.responses import PlainTextResponse, Response

from pb.access.permissions import Permission
from pb.access.policy import STAFF, can, refusal
from pb.app import create_app
from pb.core import security, web
from pb.core.audit import AuditRow
from pb.core.errors import AppError
from pb.core.site import Site
from pb.core.work import NOBODY, Actor, Work
from pb.processes.models import Process
from tests.support import build
from tests.support.clock import START
from tests.support.direct import Browser, one_loop
from tests.support.urls import address_of

SLUG = "shared-budget"
WEEK = build.WEEK
FULL_TIMETABLE = (
    ("ideas", START - 8 * WEEK, START - 6 * WEEK),
    ("assessment", START - 6 * WEEK, START - 3 * WEEK),
    ("jury", START - 3 * WEEK, START - 2 * WEEK),
    ("voting", START - 1 * WEEK, START + 1 * WEEK),
    ("count", START + 1 * WEEK, START + 2 * WEEK),
    ("results", START + 2 * WEEK, START + 4 * WEEK),
    ("delivery", START + 4 * WEEK, None),
)
MOMENTS = {
    "draft": START - 9 * WEEK,
    "before": START - 9 * WEEK,
    "ideas": START - 7 * WEEK,
    "assessment": START - 4 * WEEK,
    "jury": START - 3 * WEEK + WEEK / 2,
    "between": START - 2 * WEEK + WEEK / 2,
    "voting": START,
    "count": START + WEEK + WEEK / 2,
    "results": START + 3 * WEEK,
    "delivery": START + 5 * WEEK,
}
"""The phases, in the order in which the clock goes through them, with a moment inside each."""
PHASES = tuple(MOMENTS)
EVERYBODY = ("stranger", "citizen", "voter", "elsewhere", *sorted(STAFF))
"""Who asks: nobody known, somebody signed in without a role, somebody with this vote's code, a
lead official of another process, and each role of the staff in this process."""

ALLOWED, SIGN_IN, HIDDEN = "allowed", "sign-in", "hidden"
TO_THE_DOOR = "to the door"
NOT_NOW, NOT_YOU = "not now", "not you"
DOOR = "door"
Answer = str | set[str] | frozenset[str] | None


@dataclass(frozen=True)
class Row:
    """One route that is asked for; see the module's words."""

    route: str
    method: str = "GET"
    permission: Permission = Permission.SEE_PROCESS
    params: Mapping[str, str] = field(default_factory=lambda: {"slug": SLUG})
    public: bool = False
    installation: bool = False
    """The permission is asked about the whole installation, not about the process."""
    room: bool = False
    """A page in a jury's room: for screens that came in by a code."""
    form: Mapping[str, str] = field(default_factory=dict)
    expect: Callable[[str, str, str], Answer] | None = None
    """(who, phase, the policy's answer) -> what is right here; None: the policy's answer."""


@dataclass(frozen=True)
class Someone:
    name: str
    actor: Actor
    browser: Browser


def by_policy(row: Row, someone: Actor, process: Process, now: Any) -> str:
    """What the table of permissions says of this row, this person and this time."""
    subject = None if row.installation else process
    if row.room:
        if not any(scope == process.scope_id for _role, scope in someone.grants) or (
            someone.person_id is not None
        ):
            return DOOR  # who is signed in has no screen by that
        return ALLOWED if can(someone, row.permission, subject, now) else NOT_YOU
    if row.public:
        if not can(someone, Permission.SEE_PROCESS, process, now):
            return HIDDEN
    else:
        if someone.person_id is None:
            return SIGN_IN
        if subject is not None and not can(someone, Permission.SEE_OFFICE, subject, now):
            return HIDDEN
    if can(someone, row.permission, subject, now):
        return ALLOWED
    code = refusal(someone, row.permission, subject).code
    return NOT_NOW if code == "access.not_now" else NOT_YOU


def answered(response: Any) -> str:
    """A response in the words of the table; an error of the server in its own number."""
    if response.status_code == 303 and "/sign-in" in response.headers.get("location", ""):
        return SIGN_IN
    if response.status_code == 303 and response.headers["location"].endswith("/vote"):
        return TO_THE_DOOR
    if response.status_code == 303 and response.headers.get("location", "").endswith("/room"):
        return DOOR
    if response.status_code == 404:
        return HIDDEN
    if response.status_code == 403:
        return NOT_NOW if "This cannot be done at this time." in response.text else NOT_YOU
    if response.status_code in (400, 405) or response.status_code >= 500:
        return str(response.status_code)
    return ALLOWED


def faults(
    site: Site, rows: Iterable[Row], *,
    who: Iterable[str] = EVERYBODY, phases: Iterable[str] = PHASES,
    prepare: Callable[[Site, int], object] | None = None, **process: Any,
) -> tuple[list[str], int]:
    """What is answered otherwise than the policy wants, and how many requests were made.

    ``prepare(site, process_id)`` adds what the rows need (a proposal, an act that waits); more
    keywords go to ``build.a_process``.
    """
    rows, who, phases = list(rows), list(who), list(phases)
    process_id = build.a_process(site, SLUG, timetable=FULL_TIMETABLE, **process)
    build.a_process(site, "elsewhere", timetable=FULL_TIMETABLE)
    people = {name: _a_person(site, name) for name in who}
    if prepare:
        prepare(site, process_id)
    wrong, asked = [], 0
    app = create_app(site)
    gc.freeze()  # what stands is not looked through again for each thousand requests
    with one_loop() as loop, refusals_drawn_once():
        for phase in phases:
            site.clock.now = MOMENTS[phase]  # type: ignore[attr-defined]
            _set_state(site, process_id, "draft" if phase == "draft" else "published")
            with site.database.reading() as session:
                process_now = session.get_one(Process, process_id)
                assert process_now.areas and process_now.phases  # loaded, to be asked without it
                session.expunge_all()
            for name in who:
                browser = Browser(app, loop, site.settings.base_url)
                someone = _signed_in(site, browser, name, people[name], process_id)
                for row in rows:
                    asked += 1
                    fault = _ask(site, row, someone, phase, process_now)
                    if fault:
                        wrong.append(fault)
    print(f"{asked} requests: {len(rows)} rows x {len(who)} people x {len(phases)} moments")
    return wrong, asked


def _ask(site: Site, row: Row, someone: Someone, phase: str, process: Process) -> str | None:
    right: Answer = by_policy(row, someone.actor, process, site.clock())
    before = _log_length(site) if row.method == "POST" else 0
    if row.expect is not None:
        right = row.expect(someone.name, phase, str(right)) or right
    response = someone.browser.request(
        row.method, address_of(row.route, **row.params), data=row.form
    )
    got = answered(response)
    where = f"{row.method} {row.route} by {someone.name} in {phase}"
    if got not in (right if isinstance(right, set | frozenset) else {right}):
        return f"{where}: {got} ({response.status_code}), the policy says {right}"
    if got != ALLOWED and row.method == "POST" and _log_length(site) != before:
        return f"{where}: refused, and yet something was done"
    return None


def _log_length(site: Site) -> int:
    """The newest entry of the log; that somebody was refused in a jury's room is kept there too."""
    newest = (f"SELECT max({AuditRow.id.key}) FROM {AuditRow.__tablename__} "
              f"WHERE {AuditRow.command.key} NOT LIKE '%.keep_refusal'")
    return site.database.glance(newest, ())[0] or 0


@contextmanager
def refusals_drawn_once() -> Iterator[None]:
    """A page of a refusal is drawn in full for each person at each time, and not again for each
    row: after that only its status and its words are answered. Half of all answers are refusals,
    and they took a third of the time."""
    drawn: set[tuple[Any, ...]] = set()
    whole = web.error_page

    def drawn_once(request: web.Request, error: AppError) -> Response:
        kind = (error.code, error.status, request.token, request.now)
        if kind not in drawn:
            drawn.add(kind)
            return whole(request, error)
        return PlainTextResponse(request.reader.sentence(error.code), error.status)

    web.error_page = drawn_once
    try:
        yield
    finally:
        web.error_page = whole


def _a_person(site: Site, name: str) -> int | None:
    if name in ("stranger", "voter"):
        return None
    called = f"Matrix {name.replace('_', ' ')}"
    if name == "citizen":
        return build.a_person(site, called)
    if name == "elsewhere":
        return build.a_person(site, called, "lead_official", "elsewhere")
    return build.a_person(site, called, name, None if name == "administrator" else SLUG)


def _signed_in(
    site: Site, browser: Browser, name: str, person_id: int | None, process_id: int
) -> Someone:
    """A browser with a fresh session: the clock has gone on by weeks."""
    if person_id is not None:
        build.signed_in(site, browser, person_id)
        return Someone(name, build.actor(site, person_id), browser)
    if name == "voter":

        def make(work: Work) -> str:
            return security.open_session(work, None, passes={process_id: 1})

        browser.cookies.set("session", build.do(site, make), domain="testserver.local")
        return Someone(name, Actor(passes={process_id: 1}), browser)
    return Someone(name, NOBODY, browser)


def _set_state(site: Site, process_id: int, state: str) -> None:
    def make(work: Work) -> None:
        work.session.execute(update(Process).where(Process.id == process_id).values(state=state))

    build.do(site, make)


# -- a jury's room ---------------------------------------------------------------------------

def jury_faults(
    site: Site, rows: Iterable[Row], *, who: Iterable[str], process_id: int,
    codes: Mapping[str, str], stages: Mapping[str, tuple[str, Callable[[], object]]],
) -> tuple[list[str], int]:
    """The same over the pages of a jury, for people and for screens in its room.

    ``stages``: name to the phase of the process and what is done at its beginning (a session is
    started, or ended). ``codes``: a screen's name, which begins with its role, to the code it comes
    in by. What a screen may do hangs on its role in this process alone; without one, the rows of
    the room lead to the door.
    """
    rows, who = list(rows), list(who)
    people = {name: _a_person(site, name) for name in who if name not in codes}
    wrong, asked = [], 0
    app = create_app(site)
    gc.freeze()
    with one_loop() as loop, refusals_drawn_once():
        screens = {name: Browser(app, loop, site.settings.base_url) for name in codes}
        for name, code in codes.items():
            came = screens[name].request("POST", "/room", {"code": code})
            assert came.status_code == 303 and "room" in screens[name].cookies, name
        for stage, (phase, begin) in stages.items():
            site.clock.now = MOMENTS[phase]  # type: ignore[attr-defined]
            begin()
            with site.database.reading() as session:
                process_now = session.get_one(Process, process_id)
                assert process_now.areas and process_now.phases
                session.expunge_all()
            for name in who:
                if name in codes:
                    role = name.partition(" ")[0]
                    grants = frozenset({(role, process_id)})
                    someone = Someone(name, Actor(name=role, grants=grants), screens[name])
                else:
                    browser = Browser(app, loop, site.settings.base_url)
                    someone = _signed_in(site, browser, name, people[name], process_id)
                for row in rows:
                    asked += 1
                    fault = _ask(site, row, someone, stage, process_now)
                    if fault:
                        wrong.append(fault)
    print(f"{asked} requests: {len(rows)} rows x {len(who)} roles x {len(stages)} stages")
    return wrong, asked
