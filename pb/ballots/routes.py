"""A voter's way: enter by code or link, the ballot, a look at everything, cast, in."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from starlette.responses import Response

from pb.ballots import (
    box_office,
    cast_pages,
    check_pages,
    doors,
    drafts,
    office,
    rules,
    services,
    views,
)
from pb.ballots.content import blank
from pb.ballots.forms import CodeForm, Filled, fill
from pb.ballots.models import RollEntry
from pb.ballots.paths import routes
from pb.ballots.states import not_in, over_page, stage
from pb.ballots.views import Voter, voter_of
from pb.core.errors import Gone, Invalid
from pb.core.web import Request
from pb.processes.models import Process
from pb.processes.queries import box_of, the_process

__all__ = ["box_office", "cast_pages", "check_pages", "office", "routes"]

TRIES = ("30/minute", "300/hour")
"""Codes tried from one address: a library's visitors share one, and a code has 80 bits."""


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
        who=box_of(request, process, "voting"),
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
    mark = drafts.read_voter_mark(request, process.id)
    if mark is None or mark.roll_id != voter.entry.id:
        request.notify("ballot.other_voter")
        return request.redirect("ballot", slug=process.slug)
    if filled.errors:
        request.status = 422
        return ballot_page(request, voter, filled)
    pressed = request.form_data
    if "blank" in pressed:
        filled = Filled(blank(voter.contest.kind))
    drafts.keep(request, process.id, voter.entry.id, filled.content)
    if "blank" in pressed or ("check" in pressed and not (filled.off or filled.tied)):
        return request.redirect("ballot_check", slug=process.slug)
    _way, _, option = request.value("move").partition("-")
    moved = option in voter.contest.by_id
    drafts.note_button(request, process.id, drafts.Button(
        option if moved else "", tuple(filled.off), tuple(filled.tied)))
    return request.redirect("ballot", anchor=f"option-{option}" if moved else "said",
                            slug=process.slug, did="move" if moved else "save")


def ballot_page(request: Request, voter: Voter, filled: Filled) -> Response:
    content = filled.content
    options = views.options_of(request, voter)
    state = voter.state_of(content if voter.cast is not None else voter.draft)
    return request.page(
        "ballots/ballot.html", one_size=True,
        process=voter.process, voter=voter, kind=voter.contest.kind, contest=voter.contest,
        options=options, chosen=content.options,
        points=dict(content.points) if hasattr(content, "points") else {},
        typed=filled.typed, errors=filled.errors,
        purses=views.purse_views(request, voter, content),
        problems=views.problems(request, voter, content),
        state=state, bar=views.bar_words(request, voter, content),
        said=views.said(request, voter, content), places=rules.places_of(voter.contest),
        mark=drafts.voter_mark(request, voter.process.id, voter.entry),
        closes_at=views.closes_at(voter.process), keeps_form=True, long=views.LONG,
    )
