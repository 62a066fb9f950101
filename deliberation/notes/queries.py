"""Reading notes: a table its own, a juror theirs, the wall what was put there. Nobody but its
juror reads a private one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.notes.models import Note, NoteEdit
from pb.core.pictures import users_of_pictures
from pb.core.security import Secrets


@dataclass(frozen=True)
class NoteView:
    """A note with its words, and edits that wait for a choice."""

    note: Note
    text: str
    waiting: Sequence[NoteEdit]


def table_notes(session: Session, session_id: int, table: int | None = None) -> list[NoteView]:
    """Notes that tables can read, the newest first: of one table, or of all."""
    query = select(Note).where(
        Note.session_id == session_id, Note.visibility != "private", Note.hidden_at.is_(None)
    )
    if table is not None:
        query = query.where(Note.table_number == table)
    notes = list(session.scalars(query.order_by(Note.written_at.desc(), Note.id.desc())))
    waiting: dict[int, list[NoteEdit]] = {}
    for edit in session.scalars(
        select(NoteEdit)
        .join(Note, Note.id == NoteEdit.note_id)
        .where(Note.session_id == session_id, NoteEdit.waiting.is_(True))
        .order_by(NoteEdit.written_at, NoteEdit.id)
    ):
        waiting.setdefault(edit.note_id, []).append(edit)
    return [NoteView(note, note.text, waiting.get(note.id, ())) for note in notes]


@users_of_pictures
def photos_of_key(session: Session, key: str) -> list[bool]:
    """Whether people see it, for each note whose photo is this file."""
    return [one is None for one in session.scalars(
        select(Note.hidden_at).where(Note.photo == key))]


def own_notes(
    session: Session, keys: Secrets, session_id: int, juror_id: int
) -> list[NoteView]:
    """A juror's own notes, private ones opened for them alone."""
    return [
        NoteView(
            note,
            keys.reveal("private-note", note.sealed).decode() if note.sealed else note.text,
            (),
        )
        for note in session.scalars(
            select(Note)
            .where(Note.session_id == session_id, Note.juror_id == juror_id,
                   Note.hidden_at.is_(None))
            .order_by(Note.written_at.desc(), Note.id.desc())
        )
    ]


def wall_notes(session: Session, session_id: int) -> list[Note]:
    """What stands on the wall, in the order of writing."""
    return list(
        session.scalars(
            select(Note)
            .where(Note.session_id == session_id, Note.visibility == "wall",
                   Note.hidden_at.is_(None))
            .order_by(Note.written_at, Note.id)
        )
    )


def numbers_by_table(session: Session, session_id: int) -> dict[int, tuple[int, datetime]]:
    """How many notes each table has, and when the last was written; private ones are nobody's
    number."""
    rows = session.execute(
        select(Note.table_number, func.count(), func.max(Note.written_at))
        .where(Note.session_id == session_id, Note.visibility != "private",
               Note.hidden_at.is_(None), Note.table_number.is_not(None))
        .group_by(Note.table_number)
    )
    return {int(table): (number, last) for table, number, last in rows if table is not None}


@dataclass(frozen=True)
class Sources:
    """How many notes came by which way; those from paper by whether somebody confirmed them."""

    screen: int
    paper: int
    confirmed: int
    refused: int


def sources_of(session: Session, session_id: int) -> Sources:
    """Paper and screen apart. Private notes are nobody's number; what was hidden is in none."""
    known = session.execute(
        select(Note.source, Note.confirmed_at, Note.refused_at, Note.hidden_at)
        .where(Note.session_id == session_id, Note.visibility != "private")
    ).all()
    shown = [one for one in known if one.hidden_at is None]
    paper = [one for one in shown if one.source == "paper"]
    return Sources(
        len(shown) - len(paper), len(paper), sum(one.confirmed_at is not None for one in paper),
        sum(one.refused_at is not None for one in known),
    )


def paper_notes(session: Session, session_id: int) -> list[Note]:
    """What was typed in from paper, what waits for a confirmation first."""
    notes = session.scalars(
        select(Note).where(Note.session_id == session_id, Note.source == "paper")
        .order_by(Note.id.desc())
    ).all()
    return sorted(notes, key=lambda one: (one.confirmed_at is not None, one.refused_at is not None))
