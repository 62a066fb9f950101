"""A jury's votes on screen: the facilitator opens and closes them, jurors vote in private."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deliberation.panels.queries import jury_of
from deliberation.room.vote_forms import PollForm, slips, slips_text, vote_of
from deliberation.sessions.doors import the_juror
from deliberation.sessions.office import number_of, the_session
from deliberation.votes import queries, services
from deliberation.votes.models import Poll
from pb.access.permissions import Permission
from pb.core.errors import AppError, NotFound
from pb.core.web import Request, Routes
from pb.processes.models import Process
from pb.processes.office import attempt
from pb.processes.queries import the_process

routes = Routes()


@routes("/room/vote", "room_vote", methods=("POST",))
def vote(request: Request) -> Response:
    """A juror's vote from their own screen."""
    found = the_juror(request)
    if found is None:
        return request.redirect("room")
    guest, juror = found
    poll = request.session.get(Poll, number_of(request.value("poll")))
    if poll is None:
        raise NotFound("poll.unknown")
    request.site.work.run(
        services.vote, guest.actor, poll.id, juror.id,
        vote_of(poll, request.value),
    )
    request.notify("room.voted")
    return request.redirect("room_screen", anchor="vote")


@routes("/office/processes/{slug}/jury/sessions/{number}/votes", "office_votes",
        methods=("GET", "POST"))
def votes(request: Request) -> Response:
    """The votes of a session: open one, key its slips, close it, repair it once."""
    process, jury, session = the_session(request)
    form = request.form(PollForm, written_in=request.reader.language)
    may_run = request.can(Permission.RUN_SESSION, process)
    act, which = request.value("act"), number_of(request.value("which"))
    problem = ""
    if request.posted and act in ("close", "repair", "key"):
        try:
            if act == "close":
                request.run(services.close_poll, which)
            elif act == "key":
                _key(request, which)
            else:
                request.run(services.repair, which, request.value("text"))
        except AppError as error:
            if error.status == 403:
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
        else:
            return request.redirect("office_votes", slug=process.slug, number=session.number)
    elif attempt(request, form, lambda: request.run(services.open_poll, session.id, form.value())):
        return request.redirect("office_votes", slug=process.slug, number=session.number)
    polls = queries.polls_of(request.session, session.id)
    return request.page(
        "room/votes_office.html", status=422 if problem else None, process=process, jury=jury,
        session=session, form=form, problem=problem, may_run=may_run, keeps_form=may_run,
        polls=polls, **_keying(request, process, polls),
    )


def _keying(
    request: Request, process: Process, polls: list[queries.PollView]
) -> dict[str, Any]:
    """Who keyed the slips of the open poll, which differ, and this person's own reading."""
    open_poll = next((one.poll for one in polls if one.poll.closed_at is None), None)
    if open_poll is None:
        return {"keyings": [], "different": [], "typed": "", "may_key": False}
    keyings = queries.keyings_of(request.session, open_poll.id)
    mine = next((one for one in keyings if one.person_id == request.actor.person_id), None)
    typed = request.value("slips")
    if not typed and mine is not None:
        typed = slips_text(open_poll, queries.read_keying(request.site.secrets, mine))
    return {
        "keyings": keyings, "typed": typed,
        "different": queries.different_slips(request.site.secrets, keyings),
        "may_key": request.can(Permission.KEY_SLIPS, process),
    }


def _key(request: Request, poll_id: int) -> None:
    poll = request.session.get(Poll, poll_id)
    if poll is None:
        raise NotFound("poll.unknown")
    paper, wrong = slips(poll, request.value("slips")[:20_000])
    if wrong is not None:
        raise AppError("poll.slip", line=wrong[0], word=wrong[1])
    request.run(services.key_slips, poll_id, paper)


@routes("/processes/{slug}/jury/rules", "jury_rules")
def jury_rules(request: Request) -> Response:
    """The rules that a jury gave itself by consent: those to which nobody objects, and what was
    changed until then."""
    process = the_process(request)
    jury = jury_of(request.session, process.id)
    if jury is None:
        raise NotFound("jury.unknown")
    asked = queries.rules_of(request.session, jury.id)
    latest = {one.title: one for one in asked}
    return request.page(
        "room/rules.html", process=process, jury=jury, rules=list(latest.values()),
        earlier=[one for one in asked if latest[one.title] is not one],
    )
