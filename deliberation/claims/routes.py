"""Pages of claims, criteria and ratings: on screens in the room, and for who leads."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deliberation.claims import queries, services
from deliberation.claims.forms import ClaimForm, CriterionForm, IdeaForm, RatingForm
from deliberation.panels.office import the_office_jury
from deliberation.panels.queries import jury_of
from deliberation.plain.queries import taps_of
from deliberation.sessions.doors import Guest, guest
from deliberation.sessions.models import Seat
from deliberation.sessions.office import number_of
from deliberation.sessions.queries import todays_session
from deliberation.weighing import queries as weighing
from deliberation.weighing.models import Round
from deliberation.weighing.rules import SCALES, mean_tenths
from pb.access.permissions import Permission
from pb.core.errors import AppError, NotAllowed, NotFound
from pb.core.forms import Form, by_language
from pb.core.i18n import N_
from pb.core.web import Request, Routes
from pb.processes.office import attempt
from pb.processes.queries import the_process

routes = Routes()
BOTH = ("GET", "POST")
MOST_SLIPS = 20_000


@routes("/processes/{slug}/jury/claims", "claims", cached=True)
def public(request: Request) -> Response:
    """What the jury thinks of the claims it heard, what it judges by, and its ratings: sums."""
    process = the_process(request)
    jury = jury_of(request.session, process.id)
    if jury is None:
        raise NotFound("jury.unknown")
    return request.page(
        "claims/claims.html", process=process, jury=jury, mean=mean_tenths,
        claims=[one for one in queries.claims_of(request.session, jury.id) if one.sums],
        criteria=queries.criteria_of(request.session, jury.id),
        ratings=queries.ratings_of(request.session, jury.id),
    )


def _form(request: Request, kind: Any, act: str) -> Any:
    """A form with what was typed into it, when it was this one that was sent."""
    typed = request.value("act") == act or request.switched_to
    return kind(request.form_data if typed else None, reader=request.reader,
                prefix=f"{act}-")


@routes("/room/claims", "room_claims", methods=BOTH)
def room(request: Request) -> Response:
    """A table writes claims and what it would judge by, and rates a project; a juror weighs."""
    found = guest(request)
    if found is None:
        return request.redirect("room")
    if found.role not in ("juror", "table"):
        raise NotAllowed("access.not_you")
    session_id = todays_session(request.session, found.jury.id)
    if session_id is None:
        return request.redirect("room_screen")
    forms = {act: _form(request, kind, act) for act, kind in (
        ("claim", ClaimForm), ("idea", IdeaForm), ("rating", RatingForm))}
    seat = found.table if found.juror is None else _table_of(request, session_id, found)
    rating = _rating(request, session_id, seat)
    problem = ""
    if request.posted:
        try:
            if _room_act(request, found, session_id, forms, rating):
                if found.juror is not None:
                    request.notify("round.marked")
                return request.redirect("room_claims")
        except AppError as error:
            if error.status in (403, 404):
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
    one = weighing.open_round(request.session, session_id, "claims")
    juror, keys = found.juror, request.site.secrets
    own = {
        kind: weighing.own_marks(request.session, keys, it.id, juror.id)
        for kind, it in (("claims", one), ("project", rating)) if it is not None and juror
    }
    return request.page(
        "claims/room.html", status=422 if problem else None, process=found.process,
        jury=found.jury, guest=found, juror=juror, table=found.table, problem=problem, forms=forms,
        claims=queries.unweighed(request.session, session_id), open=one, rating=rating, own=own,
        criteria=queries.criteria_of(request.session, found.jury.id), scales=SCALES["project"],
        rated=weighing.marked(request.session, rating.id) if rating else 0,
        claim_form=forms["claim"], idea_form=forms["idea"], rating_form=forms["rating"],
        tap=juror and taps_of(request.session, found.jury.id, juror.id, may=found.screen.acts),
        acts=found.screen.acts and not (juror is not None and juror.reserve), keeps_form=True,
        nav=[],
    )


def _table_of(request: Request, session_id: int, found: Guest) -> int | None:
    seat = request.session.get(Seat, (session_id, found.juror.id)) if found.juror else None
    return seat.table_number if seat is not None else None


def _rating(request: Request, session_id: int, table: int | None) -> Round | None:
    return (weighing.open_round(request.session, session_id, "project", table)
            if table is not None else None)


def _room_act(
    request: Request, found: Guest, session_id: int, forms: dict[str, Form], rating: Round | None
) -> bool:
    """What the pressed button asks for, as this screen; whether it was done. Errors: AppError."""
    act, language = request.value("act"), request.reader.language
    juror, table = found.juror, found.table

    def run(command: Any, *arguments: Any) -> Any:
        return request.site.work.run(command, found.actor, *arguments,
                                     once=request.value("once") or None)

    if juror is not None and act == "weigh":
        marks = {
            str(one.number): {asked: request.value(f"{asked}-{one.number}")
                              for asked in SCALES["claims"]}
            for one in queries.unweighed(request.session, session_id)
        }
        request.site.work.run(services.weigh, found.actor, session_id, juror.id, marks)
        return True
    if juror is not None and act == "rate" and rating is not None:
        request.site.work.run(services.rate, found.actor, rating.id, juror.id,
                              {asked: request.value(asked) for asked in SCALES["project"]})
        return True
    if juror is not None:
        raise NotAllowed("access.not_you")
    if act == "close" and rating is not None:
        run(services.close_rating, rating.id, table)
        return True
    form: Any = forms.get(act)
    if form is None:
        raise NotAllowed("access.not_you")
    commands: dict[str, Any] = {
        "claim": lambda: run(services.add_claim, session_id, table, form.kind.data,
                             form.text.data, form.source.data, language),
        "idea": lambda: run(services.suggest_criterion, session_id, table, form.text.data,
                            language),
        "rating": lambda: run(services.open_rating, session_id, table,
                              form.project_number.data),
    }
    return attempt(request, form, commands[act])


@routes("/office/processes/{slug}/jury/claims", "office_claims", methods=BOTH)
def office(request: Request) -> Response:
    """Claims to weigh, criteria to name and to vote on, ratings: for who leads."""
    process, jury = the_office_jury(request)
    session_id = todays_session(request.session, jury.id)
    act = request.value("act") if request.posted else ""
    claim, idea = _form(request, ClaimForm, "claim"), _form(request, IdeaForm, "idea")
    name = _form(request, CriterionForm, "name")
    problem, done, language = "", False, request.reader.language
    try:
        if act == "name":
            done = attempt(request, name, lambda: request.run(
                services.name_criterion, jury.id, by_language(name, "name")))
        elif act and session_id is None:
            raise AppError("session.not_running")
        elif act == "claim":
            done = attempt(request, claim, lambda: request.run(
                services.add_claim, session_id or 0, None, claim.kind.data, claim.text.data,
                claim.source.data, language))
        elif act == "idea":
            done = attempt(request, idea, lambda: request.run(
                services.suggest_criterion, session_id or 0, None, idea.text.data, language))
        elif act and session_id is not None:
            _act(request, act, jury.id, session_id)
            done = True
    except AppError as error:
        if error.status in (403, 404):
            raise
        problem = request.reader.sentence(error.code, **error.parameters)
    if done:
        request.notify("room.saved")
        return request.redirect("office_claims", slug=process.slug)
    one = weighing.open_round(request.session, session_id, "claims") if session_id else None
    return request.page(
        "claims/office.html", status=422 if problem else None, process=process, jury=jury,
        claim=claim, idea=idea, name=name, problem=problem, open=one, mean=mean_tenths,
        marked=weighing.marked(request.session, one.id) if one else 0,
        claims=queries.claims_of(request.session, jury.id), typed=request.value("slips"),
        criteria=queries.criteria_of(request.session, jury.id), keeps_form=True,
        ratings=queries.ratings_of(request.session, jury.id),
        may_run=request.can(Permission.RUN_SESSION, process),
    )


def _act(request: Request, act: str, jury_id: int, session_id: int) -> None:
    """What the pressed button asks for. Errors: AppError."""
    which = number_of(request.value("which"))
    if act == "hide":
        request.run(services.hide_claim, which)
    elif act == "open":
        request.run(services.open_claims, session_id)
    elif act == "close":
        request.run(services.close_claims, session_id, _slips(request))
    elif act == "put":
        under = request.value("criterion")
        request.run(services.put_under, jury_id, which, number_of(under) if under else None)
    elif act == "drop":
        request.run(services.drop_criterion, jury_id, which)
    elif act == "dots":
        # Beside its criteria the question, too, stands in each language.
        title = " / ".join(request.site.reader(one).say(N_("What do we judge by?"))
                           for one in request.reader.languages)
        request.run(services.ask_dots, session_id, title)
    else:
        raise NotFound("claim.unknown")


SLIP = {"r": "reliable", "u": "unsure", "n": "not"}


def _slips(request: Request) -> list[dict[str, dict[str, str]]]:
    """Slips of paper, one a line: ``1r 2n! 3u``, an exclamation mark for what is important."""
    found = []
    for line, words in enumerate(request.value("slips")[:MOST_SLIPS].splitlines(), 1):
        slip: dict[str, dict[str, str]] = {}
        for part in words.replace(",", " ").casefold().split():
            bare = part.rstrip("!")
            number, letter = bare[:-1], bare[-1:]
            if not (number.isascii() and number.isdecimal() and letter in SLIP):
                raise AppError("claim.slip", line=line, word=words[:40])
            slip[str(int(number[:6]))] = {"trust": SLIP[letter]} | (
                {"important": "yes"} if part.endswith("!") else {})
        if slip:
            found.append(slip)
    return found
