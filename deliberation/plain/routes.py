"""Pages of plain words: a juror flags one, the whisperer and who leads explain it."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deliberation.notes.queries import own_notes, wall_notes
from deliberation.panels.models import Jury
from deliberation.panels.office import the_office_jury
from deliberation.plain import queries, services
from deliberation.plain.forms import FlagForm, PlainForm
from deliberation.plain.models import FlaggedWord
from deliberation.plain.rules import long_words
from deliberation.sessions import queries as sessions
from deliberation.sessions.doors import guest, the_juror
from deliberation.sessions.models import JurySession
from deliberation.sessions.office import number_of
from pb.access.permissions import Permission
from pb.core.errors import NotAllowed, NotFound
from pb.core.forms import by_language, spread
from pb.core.web import Request, Routes
from pb.processes.office import attempt

routes = Routes()
BOTH = ("GET", "POST")


@routes("/room/words", "room_words", methods=BOTH)
def flag(request: Request) -> Response:
    """A juror flags a word: one tap on what stands on the wall or in their notes, or a word that
    they type. The lines of claims, drafts and statements send their words here too."""
    found = the_juror(request)
    if found is None:
        return request.redirect("room")
    who, juror = found
    session_id = sessions.todays_session(request.session, who.jury.id)
    if session_id is None:
        return request.redirect("room_screen")
    form, said_in = request.form(FlagForm), request.value("said_in")
    if attempt(request, form, lambda: request.site.work.run(
        services.flag, who.actor, session_id, juror.id, form.word.data,
        said_in if said_in in request.reader.languages else request.reader.language,
    )):
        request.notify("word.flagged")
        return _back(request)
    one = request.session.get_one(JurySession, session_id)
    notes = own_notes(request.session, request.site.secrets, session_id, juror.id)
    texts = [(one.plain_language, one.plain_line),
             *((note.language, note.text) for note in wall_notes(request.session, session_id)),
             *((view.note.language, view.text) for view in notes)]
    words = queries.words_of(request.session, who.jury.id)
    known = {view.word.folded for view in words}
    mine = queries.flagged_by(request.session, juror.id)
    return request.page(
        "plain/flag.html", jury=who.jury, form=form, acts=who.screen.acts, nav=[],
        offered={
            language: [word for word in long_words(text for said, text in texts if said == language)
                       if word.casefold() not in known]
            for language in request.reader.languages
        },
        words=words, mine=mine, keeps_form=True,
    )


def _back(request: Request) -> Response:
    """Back to the text in which the word was tapped, else to the list of words."""
    kind, _dash, number = request.value("back").partition("-")
    if kind in ("draft", "statement") and number_of(number):
        return request.redirect(f"room_{kind}", number=number_of(number))
    return request.redirect("room_claims" if kind == "claims" else "room_words")


@routes("/room/words/{id}", "room_word", methods=BOTH)
def whisper(request: Request) -> Response:
    """The whisperer gives plain words."""
    found = guest(request)
    if found is None:
        return request.redirect("room")
    if found.role != "whisperer":
        raise NotAllowed("access.not_you")

    def run(*arguments: Any) -> Any:
        return request.site.work.run(services.explain, found.actor, *arguments)

    return _explain(request, found.jury, run, "room_screen", {}, nav=[], process=found.process,
                    may=found.screen.acts)


@routes("/office/processes/{slug}/jury/words", "office_words")
def office_list(request: Request) -> Response:
    """Every word that was flagged, with how many jurors did and what it means."""
    process, jury = the_office_jury(request)
    return request.page("plain/list.html", process=process, jury=jury,
                        words=queries.words_of(request.session, jury.id))


@routes("/office/processes/{slug}/jury/words/{id}", "office_word", methods=BOTH)
def office_word(request: Request) -> Response:
    """Who leads gives plain words, or puts the word aside."""
    process, jury = the_office_jury(request)
    params = {"slug": process.slug}
    if request.posted and request.value("act") == "aside":
        request.run(services.put_aside, jury.id, number_of(request.params["id"]))
        return request.redirect("office_words", **params)

    def run(*arguments: Any) -> Any:
        return request.run(services.explain, *arguments)

    return _explain(request, jury, run, "office_words", params, process=process,
                    may=request.can(Permission.RUN_SESSION, process))


def _explain(
    request: Request, jury: Jury, run: Any, back: str, params: dict[str, Any], **context: Any
) -> Response:
    word = request.session.get(FlaggedWord, number_of(request.params["id"]))
    if word is None or word.jury_id != jury.id:
        raise NotFound("word.unknown")
    names = word.names or {word.language: word.word}
    form = request.form(PlainForm, **spread("names", names), **spread("plain", word.plain))
    session_id = sessions.todays_session(request.session, jury.id)
    if attempt(request, form, lambda: run(
        jury.id, word.id, by_language(form, "names"), by_language(form, "plain"),
        session_id if form.wall.data else None,
    )):
        request.notify("word.saved")
        return request.redirect(back, **params)
    return request.page("plain/word.html", jury=jury, word=word, form=form, back=back,
                        params=params, keeps_form=True,
                        sentences=queries.sentences_of(request.session, word), **context)
