"""Pages of recommendations: in public, in the office, and for jurors who rate the reply."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response
from wtforms.fields.choices import SelectChoice

from deliberation.minority.forms import NoteForm
from deliberation.minority.rules import words
from deliberation.panels.models import Jury
from deliberation.panels.office import the_office_jury
from deliberation.panels.queries import jury_of
from deliberation.recommendations import queries, rules, services
from deliberation.recommendations.forms import RateForm, RecommendationForm, ReplyForm
from deliberation.recommendations.queries import View
from deliberation.sessions.doors import the_juror
from deliberation.sessions.office import number_of
from pb.access.permissions import Permission
from pb.core.errors import AppError, NotFound
from pb.core.forms import by_language, choices, spread
from pb.core.i18n import N_
from pb.core.web import Request, Routes
from pb.processes.office import attempt
from pb.processes.queries import the_process

routes = Routes()
BOTH = ("GET", "POST")


def _views(request: Request, jury: Jury, *, published: bool = True) -> list[View]:
    return queries.recommendations_of(request.session, jury, request.now, request.reader.zone,
                                      published=published)


@routes("/processes/{slug}/jury/recommendations", "recommendations")
def public(request: Request) -> Response:
    """What the jury recommends, what the authority replied, and what jurors say of the reply.

    Not kept: a reply is late from midnight on, and nothing is saved at midnight.
    """
    process = the_process(request)
    jury = jury_of(request.session, process.id)
    if jury is None:
        raise NotFound("jury.unknown")
    views = _views(request, jury)
    return request.page(
        "recommendations/public.html", process=process, jury=jury, views=views,
        in_time=rules.share_in_time(one.timing for one in views),
    )


@routes("/office/processes/{slug}/jury/recommendations", "office_recommendations", methods=BOTH)
def office(request: Request) -> Response:
    """Every recommendation: facilitators put the jury's words in, officials reply."""
    process, jury = the_office_jury(request)
    form = request.form(RecommendationForm) if request.value("act") == "add" else (
        RecommendationForm(None, reader=request.reader))
    _offer_votes(request, jury, form)
    which, act = number_of(request.value("which")), request.value("act")
    typed: dict[int, Any] = {}
    problem = ""
    try:
        if _act(request, jury, act, which, form, typed):
            request.notify("recommendation.saved")
            return request.redirect("office_recommendations", slug=process.slug)
    except AppError as error:
        if error.status in (403, 404):
            raise
        problem = request.reader.sentence(error.code, **error.parameters)
    may_write = request.can(Permission.RUN_SESSION, process)
    may_reply = request.can(Permission.REPLY_RECOMMENDATION, process)
    faulty = any(one.errors for one in (form, *typed.values()))
    return request.page(
        "recommendations/office.html", status=422 if problem or faulty else None,
        process=process, jury=jury, views=_views(request, jury, published=False), form=form,
        forms=typed, change_form=lambda view: _change_form(request, jury, typed, view),
        note_form=lambda key: _form_of(request, NoteForm, typed, key, "note"),
        reply_form=lambda key: _form_of(request, ReplyForm, typed, key, "reply"),
        problem=problem, may_write=may_write, may_reply=may_reply, statuses=rules.STATUSES,
        keeps_form=may_write, words=words,
    )


def _offer_votes(request: Request, jury: Jury, form: RecommendationForm) -> None:
    """The votes of this jury that are over, to choose from."""
    form.poll.choices = [
        *choices([("", request.reader.say(N_("No vote")))]),
        *(SelectChoice(
            str(one.id), one.title if one.round == 1
            else request.reader.say(N_("%(title)s (second round)"), title=one.title),
            {"lang": one.language} if one.language else {})
          for one in queries.closed_polls(request.session, jury.id)),
    ]


def _change_form(request: Request, jury: Jury, typed: dict[int, Any], view: View) -> Any:
    """A recommendation as it stands, to be written anew; or what was typed."""
    known = typed.get(view.item.id)
    if isinstance(known, RecommendationForm):
        return known
    form = RecommendationForm(
        None, reader=request.reader, prefix=f"change{view.item.id}-",
        data=spread("text", view.item.text) | {"poll": str(view.item.poll_id or "")})
    _offer_votes(request, jury, form)
    return form


def _form_of(request: Request, kind: Any, typed: dict[int, Any], key: int, act: str) -> Any:
    """The form of one recommendation: what was typed in it, or an empty one."""
    known = typed.get(key)
    return known if isinstance(known, kind) else kind(
        None, reader=request.reader, prefix=f"{act}{key}-"
    )


def _act(
    request: Request, jury: Jury, act: str, which: int, form: RecommendationForm,
    typed: dict[int, Any],
) -> bool:
    """What the pressed button asks for; whether it was done. Errors: AppError."""
    if not request.posted:
        return False
    if act == "add":
        return attempt(request, form, lambda: request.run(
            services.add, jury.id, by_language(form, "text"),
            int(form.poll.data) if form.poll.data else None))
    if act == "change":
        change = typed[which] = request.form(RecommendationForm, prefix=f"change{which}-")
        _offer_votes(request, jury, change)
        return attempt(request, change, lambda: request.run(
            services.change, which, by_language(change, "text"),
            int(change.poll.data) if change.poll.data else None))
    if act == "publish":
        request.run(services.publish, jury.id)
        return True
    if act == "status":
        request.run(services.set_status, which, request.value("status"))
        return True
    if act == "note":
        note = typed[which] = request.form(NoteForm, prefix=f"note{which}-")
        return attempt(request, note, lambda: request.run(
            services.add_note, which, by_language(note, "text"), note.jurors.data))
    if act == "reply":
        reply = typed[which] = request.form(ReplyForm, prefix=f"reply{which}-")
        return attempt(request, reply, lambda: request.run(
            services.reply, which, reply.verdict.data or "", by_language(reply, "reason"),
            reply.owner.data))
    raise NotFound("recommendation.unknown")


@routes("/room/recommendations", "room_recommendations", methods=BOTH)
def rate(request: Request) -> Response:
    """A juror rates the replies, on the device that their code opened."""
    found = the_juror(request)
    if found is None:
        return request.redirect("room")
    guest, juror = found
    process, jury, juror_id = guest.process, guest.jury, juror.id
    which = number_of(request.value("which"))
    views = [one for one in _views(request, jury) if one.reply is not None]
    forms = {}
    for one in views:
        mine = next((each for each in one.item.ratings if each.juror_id == juror_id), None)
        sent = request.posted and one.item.id == which
        forms[one.item.id] = RateForm(
            request.form_data if sent else None, reader=request.reader,
            prefix=f"rate{one.item.id}-",
            data={"score": str(mine.score), "status": mine.status} if mine else {},
        )
    form = forms.get(which)
    if form is not None and attempt(request, form, lambda: request.site.work.run(
        services.rate, guest.actor, which, juror_id, int(form.score.data), form.status.data,
    )):
        request.notify("recommendation.rated")
        return request.redirect("room_recommendations")
    return request.page(
        "recommendations/rate.html", process=process, jury=jury, views=views, forms=forms,
        faulty=form, status=422 if form is not None and form.errors else None,
    )
