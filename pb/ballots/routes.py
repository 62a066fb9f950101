"""A voter's way: enter by code or link, the ballot, a look at everything, cast, in."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from sqlalchemy import bindparam, select
from starlette.responses import RedirectResponse, Response

from pb.access.permissions import Permission
from pb.ballots import box, doors, drafts, office, rules, services, views
from pb.ballots.content import blank, canonical, to_json
from pb.ballots.forms import CodeForm, Filled, fill, shown_content
from pb.ballots.models import RollEntry
from pb.ballots.paths import routes
from pb.ballots.snapshots import snapshot_of
from pb.ballots.views import Voter, voter_of
from pb.core.errors import Conflict, Gone, Invalid, NotAllowed
from pb.core.web import Request
from pb.processes.models import Process
from pb.processes.queries import the_process
from voting.ballots import BallotError, Content, check

__all__ = ["office", "routes"]

TRIES = ("30/minute", "300/hour")
"""Codes tried from one address: a library's visitors share one, and a code has 80 bits."""


def stage(request: Request, process: Process) -> str:
    """open, before or over."""
    if process.phase_kind(request.now) == "voting":
        return "open"
    return "over" if services.is_over(process, request.now) else "before"


def on_roll(request: Request, process: Process) -> bool:
    """Whether the signed-in person is on the roll of this process."""
    person_id = request.actor.person_id
    if person_id is None:
        return False
    tag = services.person_tag(request.site.secrets, process.id, person_id)
    found = (
        request.session.query(RollEntry.id)
        .filter_by(process_id=process.id, tag=tag, voided=False)
        .first()
    )
    return found is not None


WAYS_IN = {"admit_by_code": "code", "admit_by_link": "link", "admit_person": "account"}


# -- letting in ------------------------------------------------------------------------------


@routes("/processes/{slug}/vote", "vote", methods=("GET", "POST"))
def vote(request: Request) -> Response:
    """The way in, and at any time the word on whether a ballot is in."""
    process = the_process(request)
    form = request.form(CodeForm)
    now = stage(request, process)
    if now == "open" and request.posted:
        if request.value("go") == "person":
            return let_in(request, process, services.admit_person)
        for rule in TRIES:
            request.limit("code", rule)
        if form.validate():
            try:
                return let_in(request, process, services.admit_by_code, form.code.data)
            except (Invalid, Gone) as error:
                form.refuse("code", error.code)
    return enter_page(request, process, form, now)


def enter_page(
    request: Request, process: Process, form: CodeForm, now: str, **context: Any
) -> Response:
    return request.page(
        "ballots/enter.html", process=process, form=form, stage=now,
        voter=voter_of(request, process), on_roll=on_roll(request, process),
        closes_at=views.closes_at(process), keeps_form=now == "open",
        **{"link_state": "", "used_on": None, **doors.beside_the_code(request, process), **context},
    )


def let_in(request: Request, process: Process, command: Any, *arguments: Any) -> Response:
    """Open the session and go on. No retry may find the answer kept: it is a secret."""
    token = request.site.work.run(command, request.actor, process.id, *arguments, request.token)
    request.sign_in(token)
    doors.note_entry(request, process.id, WAYS_IN.get(command.__name__, "other"))
    return request.redirect("ballot", slug=process.slug)


@routes("/processes/{slug}/vote/link/{token}", "vote_link", methods=("GET", "POST"))
def vote_link(request: Request) -> Response:
    """The page of a personal link. Only its button uses the link up: mail scanners open links."""
    process = the_process(request)
    token = request.params["token"]
    now = stage(request, process)
    form = request.form(CodeForm)
    visit = request.value("visit") or request.site.secrets.sign("visit", token_hex(8))
    if now != "open":
        return enter_page(request, process, form, now)
    used_on = None
    link_state = "ready"
    if request.posted:
        try:
            return let_in(request, process, services.admit_by_link, token, visit)
        except Gone as error:
            link_state = {"vote_link.used": "used", "code.voided": "voided"}.get(
                error.code, "unknown")
            used_on = error.parameters.get("on")
            request.status = 410
    form = request.form(CodeForm) if link_state == "ready" else CodeForm(reader=request.reader)
    return enter_page(request, process, form, now, link_state=link_state, used_on=used_on,
                      visit=visit, token=token)


# -- the ballot ------------------------------------------------------------------------------


@routes("/processes/{slug}/vote/ballot", "ballot", methods=("GET", "POST"))
def ballot(request: Request) -> Response:
    """Choosing. Each button sends the whole form; what it says is kept on the voter's device."""
    process = the_process(request)
    voter = voter_of(request, process)
    now = stage(request, process)
    if voter is None or now == "before":
        return not_in(request, process)
    if request.form_data is None:
        if now == "over":
            return over_page(request, voter, voter.draft)
        return ballot_page(request, voter, Filled(voter.content))
    filled = fill(request, voter.contest)
    if now == "over":
        return over_page(request, voter, filled.content, 409)
    if not request.posted:
        return ballot_page(request, voter, filled)
    if drafts.read_voter_mark(request, process.id) != voter.entry.id:
        request.notify("ballot.other_voter")
        return request.redirect("ballot", slug=process.slug)
    if filled.errors:
        request.status = 422
        return ballot_page(request, voter, filled)
    pressed = request.form_data
    if "blank" in pressed:
        filled = Filled(blank(voter.contest.kind))
    drafts.keep(request, process.id, voter.entry.id, filled.content)
    lost = {"off": ",".join(filled.off), "tied": ",".join(filled.tied)}
    if "blank" in pressed or ("check" in pressed and not any(lost.values())):
        return request.redirect("ballot_check", slug=process.slug)
    _way, _, option = request.value("move").partition("-")
    if option in voter.contest.by_id:
        return request.redirect("ballot", anchor=f"option-{option}", slug=process.slug,
                                did="move", option=option, **lost)
    return request.redirect("ballot", anchor="said", slug=process.slug, did="save", **lost)


def not_in(request: Request, process: Process) -> Response:
    """Nobody is let in here: to the entrance. What a form brings is kept for its own voter."""
    if request.posted:
        roll_id = drafts.read_voter_mark(request, process.id)
        content = posted_without_pass(request, process, roll_id)
        if roll_id is not None and content is not None:
            drafts.keep(request, process.id, roll_id, content)
            request.notify("ballot.kept")
    return request.redirect("vote", slug=process.slug)


def posted_without_pass(
    request: Request, process: Process, roll_id: int | None
) -> Content | None:
    """What the form of somebody says whose session has ended meanwhile."""
    from pb.ballots.contests import contest_of
    from pb.ballots.queries import roll_entry
    from pb.projects.queries import project_rows

    entry = roll_entry(request.session, process.id, roll_id) if roll_id is not None else None
    if entry is None:
        return None
    rows = project_rows(request.session, process.id)
    contest = contest_of(process, rows, entry.area_id)
    shown = shown_content(request, contest)
    return shown if request.value("content") else fill(request, contest).content


def ballot_page(request: Request, voter: Voter, filled: Filled) -> Response:
    content = filled.content
    options = views.options_of(request, voter)
    state = voter.state_of(content if voter.cast is not None else None)
    return request.page(
        "ballots/ballot.html",
        process=voter.process, voter=voter, kind=voter.contest.kind, contest=voter.contest,
        options=options, chosen=content.options,
        points=dict(content.points) if hasattr(content, "points") else {},
        typed=filled.typed, errors=filled.errors,
        purses=views.purse_views(request, voter, content),
        problems=views.problems(request, voter, content),
        state=state, bar=views.bar_words(request, voter, content),
        said=views.said(request, voter, content), places=rules.places_of(voter.contest),
        mark=drafts.voter_mark(request, voter.process.id, voter.entry.id),
        closes_at=views.closes_at(voter.process), keeps_form=True, long=views.LONG,
    )


def over_page(
    request: Request, voter: Voter, chosen: Content | None, status: int = 200
) -> Response:
    """The vote has closed. What was chosen and not cast is shown, and said not to count."""
    options = views.options_of(request, voter)
    uncast = None if chosen is None or chosen == voter.cast else chosen
    return request.page(
        "ballots/over.html", status=status, process=voter.process, voter=voter,
        kind=voter.contest.kind, options=options, uncast=uncast,
        closes_at=views.closes_at(voter.process), keeps_form=False,
    )


# -- a look at everything, and the cast ------------------------------------------------------


@routes("/processes/{slug}/vote/check", "ballot_check", methods=("GET", "POST"))
def ballot_check(request: Request) -> Response:
    """Everything once more, and the one button that casts."""
    answer = cast_at_once(request) if request.posted else None
    if answer is not None:
        return answer
    process = the_process(request)
    voter = voter_of(request, process)
    now = stage(request, process)
    if voter is None or now == "before":
        return not_in(request, process)
    shown = shown_content(request, voter.contest) if request.form_data is not None else None
    if now == "over":
        return over_page(request, voter, shown or voter.draft,
                         409 if request.form_data is not None else 200)
    if not request.posted:
        return check_page(request, voter, shown or voter.content)
    if drafts.read_voter_mark(request, process.id) != voter.entry.id:
        request.notify("ballot.other_voter")
        return request.redirect("ballot_check", slug=process.slug)
    if shown is None:
        raise Invalid("ballot.kind")
    return cast(request, voter, shown)


ROLL = RollEntry.metadata.tables[RollEntry.__tablename__]
AREA_OF_VOTER = select(ROLL.c.area_id).where(
    ROLL.c.id == bindparam("roll"), ROLL.c.process_id == bindparam("process"),
    ROLL.c.voided.is_(False),
)


def cast_at_once(request: Request) -> Response | None:
    """Cast where all is as it should be, with as few reads as possible; None where it is not:
    then the page is made, and says what is the matter."""
    vote = snapshot_of(request.site, lambda: request.session, request.params["slug"], request.now)
    if vote is None or not request.can(Permission.CAST, vote):
        return None
    process_id = vote.scope_id
    roll_id = request.actor.passes[process_id]
    area = request.connection.execute(
        AREA_OF_VOTER, {"roll": roll_id, "process": process_id}
    ).first()
    if area is None or drafts.read_voter_mark(request, process_id) != roll_id:
        return None
    shown = shown_content(request, vote.contests[area.area_id])
    if shown is None:
        return None
    try:
        check(shown, vote.contests[area.area_id])
        envelope = box.Envelope(process_id, area.area_id, to_json(shown))
        request.run(services.cast, process_id, roll_id, envelope)
    except (BallotError, NotAllowed, Conflict):
        return None
    return after_cast(request, process_id, vote.slug, roll_id, shown)


def after_cast(
    request: Request, process_id: int, slug: str, roll_id: int, shown: Content
) -> Response:
    """The draft goes; if the same form had cast before and another ballot is in, that is said."""
    drafts.forget(request, process_id)
    with request.site.database.engine.connect() as connection:
        now_in = box.look_in_of(connection, process_id, roll_id)
    if now_in is not None and now_in != shown:
        request.notify("ballot.older_page")
    return request.redirect("ballot_in", slug=slug)


def cast(request: Request, voter: Voter, shown: Content) -> Response:
    """Cast what the page showed, neither more nor less."""
    process = voter.process
    try:
        envelope = box.seal(process, voter.projects, voter.entry.area_id, shown)
        request.run(services.cast, process.id, voter.entry.id, envelope)
    except BallotError:
        request.status = 422
        return check_page(request, voter, shown)
    except NotAllowed:
        closed = services.is_over(process, request.site.clock())
        if not closed:
            raise
        return over_page(request, voter, shown, 409)
    except Conflict as error:
        if error.code != "ballot.again":
            raise
        request.notify("ballot.again")
        return request.redirect("ballot_in", slug=process.slug)
    return after_cast(request, process.id, process.slug, voter.entry.id, shown)


def check_page(request: Request, voter: Voter, content: Content) -> Response:
    options = views.options_of(request, voter)
    used, places = len(content.options), rules.places_of(voter.contest)
    return request.page(
        "ballots/check.html",
        process=voter.process, voter=voter, kind=voter.contest.kind, contest=voter.contest,
        options=options, chosen=content.options,
        points=dict(content.points) if hasattr(content, "points") else {},
        purses=views.purse_views(request, voter, content),
        problems=views.problems(request, voter, content),
        state=voter.state_of(content if voter.cast is not None else None),
        bar=views.bar_words(request, voter, content),
        places_left=places - used if voter.contest.max_choices is not None else 0,
        points_left=(voter.contest.max_points or 0) - sum(
            dict(content.points).values() if hasattr(content, "points") else ()),
        content=canonical(content),
        mark=drafts.voter_mark(request, voter.process.id, voter.entry.id),
        closes_at=views.closes_at(voter.process), keeps_form=True,
    )


@routes("/processes/{slug}/vote/in", "ballot_in")
def ballot_in(request: Request) -> Response:
    """The word that the ballot is in, and what it says."""
    process = the_process(request)
    voter = voter_of(request, process)
    if voter is None or (voter.cast is None and voter.entry.voted_on is None):
        return RedirectResponse(
            request.link("vote" if voter is None else "ballot", slug=process.slug), 303
        )
    if stage(request, process) == "over" or voter.cast is None:
        return over_page(request, voter, voter.draft)
    return request.page(
        "ballots/in.html", process=process, voter=voter, kind=voter.contest.kind,
        options=views.options_of(request, voter), chosen=voter.cast.options,
        points=dict(voter.cast.points) if hasattr(voter.cast, "points") else {},
        closes_at=views.closes_at(process), keeps_form=False,
    )
