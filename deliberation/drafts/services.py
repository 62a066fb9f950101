"""Commands on drafts: a table writes its own, the other tables test them, the lead closes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select

from deliberation.drafts import rules
from deliberation.drafts.models import (
    DraftCheck,
    DraftObjection,
    DraftVersion,
    OptionDraft,
    Theme,
    ThemeNote,
)
from deliberation.lines.rules import carried
from deliberation.lines.services import Said, checked
from deliberation.notes.models import Note
from deliberation.panels.models import Jury
from deliberation.panels.services import process_of_jury
from deliberation.plain.queries import open_words_in
from deliberation.sessions.models import JurySession
from deliberation.sessions.services import the_session, topic
from pb.access.permissions import Permission
from pb.access.policy import can, require
from pb.core import live
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from pb.core.work import Work, command
from pb.processes.models import Council, Process

MOST_DRAFTS, MOST_OBJECTIONS, MOST_THEMES = 60, 12, 20


def the_draft(work: Work, draft_id: int) -> tuple[Process, Jury, OptionDraft]:
    """A draft with its jury and the process that permissions are asked about."""
    found = work.session.get(OptionDraft, draft_id)
    if found is None:
        raise NotFound("draft.unknown")
    process, jury = process_of_jury(work, found.jury_id)
    return process, jury, found


def _leads(work: Work, process: Process) -> bool:
    return can(work.actor, Permission.RUN_SESSION, process, work.now)


def _open(draft: OptionDraft) -> None:
    if draft.state not in rules.OPEN:
        raise Conflict("draft.closed")


def _own(work: Work, process: Process, draft: OptionDraft, table: int | None) -> None:
    """Only the table whose draft it is, or who leads. Errors: NotAllowed."""
    if draft.table_number != table and not _leads(work, process):
        raise NotAllowed("access.not_you")


def _touch(work: Work, jury: Jury) -> None:
    """The screens of the session that runs hear of it."""
    running = work.session.scalar(
        select(JurySession.id).where(JurySession.jury_id == jury.id,
                                     JurySession.state == "running")
    )
    if running is not None:
        live.touch(work, topic(running))


@command()
def write(
    work: Work, jury_id: int, number: int | None, version: int, table: int,
    sections: Mapping[str, Any],
) -> int:
    """Save a draft as a new version, made from ``version``; its number. None begins a new one.

    A line that says the same keeps its colour; what changed is read anew. Errors: Conflict
    (closed, somebody saved meanwhile, enough drafts), Invalid, NotAllowed.
    """
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.LEAD_TABLE, process)
    _within_limits(sections)
    if number is None:
        draft = _begin(work, jury, table)
    else:
        draft = _by_number(work, jury, number)
        _own(work, process, draft, table)
    _open(draft)
    if draft.version != version:
        raise Conflict("draft.moved", version=draft.version)
    kept = carried(rules.lines_of(draft.sections), rules.lines_of(sections), draft.checks, version)
    draft.sections, draft.version = dict(sections), version + 1
    draft.checks += [one.carried_to(draft.version) for one in kept]
    draft.versions.append(DraftVersion(version=draft.version, sections=dict(sections),
                                       saved_by=work.actor.name, saved_at=work.now))
    _touch(work, jury)
    work.about("draft", draft.id, scope=process.id, number=draft.number, version=draft.version)
    return draft.number


def _within_limits(sections: Mapping[str, Any]) -> None:
    if not any(sections.get("title", {}).values()):
        raise Invalid("draft.title", field="title_en")
    for language, text in sections.get("text", {}).items():
        if rules.words(text) > rules.WORDS:
            raise Invalid("draft.words", field=f"text_{language}", number=rules.words(text),
                          most=rules.WORDS)
    if len(sections.get("costs", ())) > rules.COST_LINES:
        raise Invalid("draft.costs", most=rules.COST_LINES)


def _begin(work: Work, jury: Jury, table: int) -> OptionDraft:
    known = list(
        work.session.execute(
            select(OptionDraft.table_number, OptionDraft.state)
            .where(OptionDraft.jury_id == jury.id)
        )
    )
    most_tables = work.session.scalar(
        select(func.max(JurySession.tables)).where(JurySession.jury_id == jury.id)
    ) or 0
    if not 1 <= table <= most_tables:
        raise Invalid("draft.table", field="table", most=most_tables)
    mine = sum(1 for one in known if one.table_number == table and one.state in rules.STANDING)
    if mine >= rules.MOST_OF_A_TABLE or len(known) >= MOST_DRAFTS:
        raise Conflict("draft.enough", most=rules.MOST_OF_A_TABLE)
    draft = OptionDraft(jury_id=jury.id, number=len(known) + 1, table_number=table, version=0,
                        state="draft", sections={})
    work.session.add(draft)
    work.session.flush()
    return draft


def _by_number(work: Work, jury: Jury, number: int) -> OptionDraft:
    draft = work.session.scalar(
        select(OptionDraft).where(OptionDraft.jury_id == jury.id, OptionDraft.number == number)
    )
    if draft is None:
        raise NotFound("draft.unknown")
    return draft


@command()
def check_line(work: Work, draft_id: int, said: Said) -> None:
    """Another table marks a line red, amber or green. Errors: Conflict, Invalid."""
    process, jury, draft = the_draft(work, draft_id)
    require(work, Permission.LEAD_TABLE, process)
    _open(draft)
    draft.checks.append(checked(DraftCheck, draft, rules.lines_of(draft.sections), said, work.now))
    _touch(work, jury)
    work.about("draft", draft.id, scope=process.id, line=said.line, colour=said.colour,
               table=said.table)


@command()
def object_to(
    work: Work, draft_id: int, version: int, table: int, text: str, language: str
) -> int:
    """Another table says what would go wrong with an option; the objection's id."""
    process, jury, draft = the_draft(work, draft_id)
    require(work, Permission.LEAD_TABLE, process)
    _open(draft)
    if table == draft.table_number or table < 1:
        raise Invalid("draft.own_table")
    if not text:
        raise Invalid("draft.objection")
    if len(draft.objections) >= MOST_OBJECTIONS:
        raise Conflict("draft.objections", most=MOST_OBJECTIONS)
    made = DraftObjection(version=min(version, draft.version), table_number=table, text=text,
                          language=language, at=work.now)
    draft.objections.append(made)
    work.session.flush()
    _touch(work, jury)
    work.about("draft", draft.id, scope=process.id, objection=made.id, table=table)
    return made.id


@command()
def answer(
    work: Work, draft_id: int, objection_id: int, table: int | None, text: str, language: str
) -> None:
    """The table whose draft it is answers an objection. The last answer stands."""
    process, jury, draft = the_draft(work, draft_id)
    require(work, Permission.LEAD_TABLE, process)
    _own(work, process, draft, table)
    _open(draft)
    found = next((one for one in draft.objections if one.id == objection_id), None)
    if found is None:
        raise NotFound("draft.unknown")
    if not text:
        raise Invalid("draft.answer")
    found.answer, found.answer_language, found.answered_at = text, language, work.now
    _touch(work, jury)
    work.about("draft", draft.id, scope=process.id, objection=found.id)


@command()
def finish(work: Work, draft_id: int) -> None:
    """The option is ready for the vote: costed, in both languages, every line read by another
    table, every objection answered and every word plain. Errors: Conflict, Invalid with what is
    missing."""
    process, jury, draft = the_draft(work, draft_id)
    require(work, Permission.RUN_SESSION, process)
    _open(draft)
    council = work.session.scalar(select(Council))
    missing = rules.lacks(draft.sections, draft.version, draft.checks, draft.objections,
                          council.languages if council else ["en"])
    if missing:
        raise Invalid(missing[0])
    open_words = open_words_in(work.session, jury.id, rules.all_texts(draft.sections))
    if open_words:
        raise Invalid("word.not_plain", listed=", ".join(open_words))
    draft.state = "ready"
    _touch(work, jury)
    work.about("draft", draft.id, scope=process.id, version=draft.version)


@command()
def set_aside(work: Work, draft_id: int, reason: str) -> None:
    """The jury goes on without this draft, and says why."""
    process, jury, draft = the_draft(work, draft_id)
    require(work, Permission.RUN_SESSION, process)
    _put(work, process, jury, draft, ("draft", "ready"), "aside", reason)


@command()
def reopen(work: Work, draft_id: int, reason: str) -> None:
    """Open a draft again that was ready or set aside, with a reason, before the vote on it."""
    process, jury, draft = the_draft(work, draft_id)
    require(work, Permission.RUN_SESSION, process)
    _put(work, process, jury, draft, ("ready", "aside"), "draft", reason)


def _put(
    work: Work, process: Process, jury: Jury, draft: OptionDraft, whence: tuple[str, ...],
    state: str, reason: str,
) -> None:
    """Out of one of these states into another, with the jury's reason."""
    if draft.state not in whence:
        raise Conflict("draft.closed")
    if not reason:
        raise Invalid("draft.reason")
    draft.state, draft.why = state, reason
    _touch(work, jury)
    work.about("draft", draft.id, scope=process.id, reason=reason)


# -- themes ----------------------------------------------------------------------------------


@command()
def add_theme(work: Work, session_id: int, name: dict[str, str]) -> int:
    """Name a theme under which notes are put; its id. Errors: Invalid, Conflict."""
    process, _jury, _session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    if not any(name.values()):
        raise Invalid("theme.name", field="name_en")
    known = work.session.scalar(
        select(func.count()).select_from(Theme).where(Theme.session_id == session_id)
    ) or 0
    if known >= MOST_THEMES:
        raise Conflict("theme.enough", most=MOST_THEMES)
    made = Theme(session_id=session_id, name=name)
    work.session.add(made)
    work.session.flush()
    live.touch(work, topic(session_id))
    work.about("theme", made.id, scope=process.id)
    return made.id


@command()
def remove_theme(work: Work, session_id: int, theme_id: int) -> None:
    """Take a theme away; its notes stay, without one."""
    process, _jury, _session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    theme = _theme(work, session_id, theme_id)
    work.session.execute(delete(ThemeNote).where(ThemeNote.theme_id == theme.id))
    work.session.delete(theme)
    live.touch(work, topic(session_id))
    work.about("theme", theme_id, scope=process.id)


def _theme(work: Work, session_id: int, theme_id: int) -> Theme:
    theme = work.session.get(Theme, theme_id)
    if theme is None or theme.session_id != session_id:
        raise NotFound("theme.unknown")
    return theme


@command()
def put_under(work: Work, session_id: int, note_id: int, theme_id: int | None) -> None:
    """Put a table's note under a theme, or under none. Nobody's private note is put anywhere."""
    process, _jury, _session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    note = work.session.get(Note, note_id)
    if note is None or note.session_id != session_id or note.visibility == "private":
        raise NotFound("note.unknown")
    known = work.session.get(ThemeNote, note_id)
    if theme_id is None:
        if known is not None:
            work.session.delete(known)
    else:
        theme = _theme(work, session_id, theme_id)
        if known is None:
            work.session.add(ThemeNote(note_id=note_id, theme_id=theme.id))
        else:
            known.theme_id = theme.id
    live.touch(work, topic(session_id))
    work.about("note", note_id, scope=process.id, theme=theme_id)
