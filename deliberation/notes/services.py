"""Commands on notes. Each is known by the id that the writing device gave it, so that what is sent
again after a lost answer changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from deliberation.notes import rules
from deliberation.notes.models import Note, NoteEdit
from deliberation.sessions.services import the_session, topic
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core import live
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.pictures import settle_picture
from pb.core.work import Work, command


@dataclass(frozen=True)
class Place:
    """Where a screen stands: at a table, or in a juror's hand."""

    table: int | None = None
    juror_id: int | None = None

    @property
    def permission(self) -> Permission:
        """A juror writes for themselves, a table's screen for the table."""
        return Permission.ACT_AS_JUROR if self.juror_id is not None else Permission.LEAD_TABLE


@dataclass(frozen=True)
class NoteValue:
    """A note as a device tells it."""

    client_id: str
    text: str
    language: str
    visibility: str
    written_at: datetime | None = None
    source: str = "screen"
    photo: str = ""
    """A key of the storage, with what it shows in words beside it."""
    photo_alt: str = ""


def _photo(value: NoteValue) -> dict[str, str]:
    """The note's photo. Errors: Invalid where nobody says what it shows."""
    if value.photo and not value.photo_alt:
        raise Invalid("note.alt", field="photo_alt")
    return {"photo": value.photo, "photo_alt": value.photo_alt if value.photo else ""}


def _check(client_id: str, text: str) -> str:
    words = text.strip()
    if not rules.CLIENT_ID.fullmatch(client_id):
        raise Invalid("note.client")
    if not words:
        raise Invalid("note.empty", field="text")
    if len(words) > rules.LONGEST:
        raise Invalid("note.long", field="text", most=rules.LONGEST)
    return words


@command()
def write_note(work: Work, session_id: int, place: Place, value: NoteValue) -> int:
    """Keep a note; its id. Sent again it is the same note. Private ones are kept encrypted.

    Errors: Invalid.
    """
    process, _jury, session = the_session(work, session_id)
    require(work, place.permission, process)
    words = _check(value.client_id, value.text)
    if value.visibility not in rules.VISIBLE[:2]:
        raise Invalid("note.visibility")
    # A private note is sealed, and a picture in the storage is not.
    if value.visibility == "private" and (place.juror_id is None or value.photo):
        raise Invalid("note.visibility")
    known = _known(work, session_id, value.client_id)
    if known is not None:
        return known.id
    moment = rules.written_at(value.written_at, work.now)
    private = value.visibility == "private"
    note = Note(
        session_id=session_id, item_id=rules.item_at(session.items, moment),
        table_number=place.table, juror_id=place.juror_id, client_id=value.client_id,
        text="" if private else words, language=value.language, visibility=value.visibility,
        sealed=work.site.secrets.hide("private-note", words.encode()) if private else None,
        source=value.source, written_at=moment, received_at=work.now, **_photo(value),
    )
    work.session.add(note)
    work.session.flush()
    if not private:
        live.touch(work, topic(session_id))
    work.about("note", note.id, scope=process.id)
    return note.id


def _known(work: Work, session_id: int, client_id: str) -> Note | None:
    return work.session.scalar(
        select(Note).where(Note.session_id == session_id, Note.client_id == client_id)
    )


def _own_note(work: Work, session_id: int, place: Place, note_id: int) -> Note:
    """A note of this juror, or of this table. Errors: NotFound, also for what is not theirs."""
    note = work.session.get(Note, note_id)
    if note is None or note.session_id != session_id or note.hidden_at is not None:
        raise NotFound("note.unknown")
    if place.juror_id is not None:
        mine = note.juror_id == place.juror_id
    else:
        mine = note.visibility != "private" and note.table_number == place.table
    if not mine:
        raise NotFound("note.unknown")
    return note


@command()
def edit_note(
    work: Work, session_id: int, place: Place, note_id: int, base: int, value: NoteValue
) -> bool:
    """Change a note that was read at version ``base``; False where another edit was faster.

    Then both stand, and the table chooses: nothing is overwritten in silence. Errors: Invalid.
    """
    process, _jury, _session = the_session(work, session_id)
    require(work, place.permission, process)
    words = _check(value.client_id, value.text)
    note = _own_note(work, session_id, place, note_id)
    if note.visibility == "private":
        raise Invalid("note.private")
    seen = work.session.scalar(select(NoteEdit).where(NoteEdit.client_id == value.client_id))
    if seen is not None:
        return not seen.waiting
    moment = rules.written_at(value.written_at, work.now)
    changed = work.connection.execute(
        update(Note)
        .where(Note.id == note_id, Note.version == base)
        .values(text=words, version=base + 1)
    )
    fits = bool(changed.rowcount)
    work.session.add(NoteEdit(note_id=note_id, client_id=value.client_id, text=words,
                              written_at=moment, waiting=not fits))
    live.touch(work, topic(session_id))
    work.about("note", note_id, scope=process.id, met=not fits)
    return fits


@command()
def choose_edit(work: Work, session_id: int, place: Place, edit_id: int, take: bool) -> None:
    """The table takes an edit that met another, or keeps what stands. Errors: Conflict."""
    process, _jury, _session = the_session(work, session_id)
    require(work, place.permission, process)
    edit = work.session.get(NoteEdit, edit_id)
    if edit is None:
        raise NotFound("note.unknown")
    note = _own_note(work, session_id, place, edit.note_id)
    if not edit.waiting:
        raise Conflict("note.chosen")
    edit.waiting = False
    if take:
        note.text, note.version = edit.text, note.version + 1
    live.touch(work, topic(session_id))
    work.about("note", note.id, scope=process.id, taken=take)


@command()
def share_note(work: Work, session_id: int, juror_id: int, table: int | None, note_id: int) -> None:
    """A juror shows a private note to the table: from now on it can be read there."""
    process, _jury, _session = the_session(work, session_id)
    place = Place(table=table, juror_id=juror_id)
    require(work, place.permission, process)
    note = _own_note(work, session_id, place, note_id)
    if note.visibility != "private" or note.sealed is None:
        raise Conflict("note.shared")
    note.text = work.site.secrets.reveal("private-note", note.sealed).decode()
    note.sealed, note.visibility, note.table_number = None, "table", table
    live.touch(work, topic(session_id))
    work.about("note", note_id, scope=process.id)


@command()
def put_on_wall(work: Work, session_id: int, note_id: int, shown: bool) -> None:
    """The facilitator shows a table's note on the wall, or takes it off. Errors: NotFound."""
    process, _jury, _session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    note = work.session.get(Note, note_id)
    if note is None or note.session_id != session_id or note.visibility == "private":
        raise NotFound("note.unknown")
    note.visibility = "wall" if shown else "table"
    live.touch(work, topic(session_id))
    work.about("note", note_id, scope=process.id, shown=shown)


@command()
def enter_paper(
    work: Work, session_id: int, item_id: int | None, table: int, juror_id: int | None,
    value: NoteValue,
) -> int:
    """Type in what stands on paper, for a table or for a juror; the note's id. Its juror confirms
    it on their own screen, or a second person who holds the paper. Errors: Invalid, NotFound."""
    process, jury, session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    words = _check(value.client_id, value.text)
    if juror_id is not None and all(one.id != juror_id for one in jury.jurors):
        raise NotFound("juror.unknown")
    if not 1 <= table <= session.tables:
        raise Invalid("note.table", field="table", most=session.tables)
    if item_id is not None and all(one.id != item_id for one in session.items):
        raise Invalid("note.item", field="item")
    known = _known(work, session_id, value.client_id)
    if known is not None:
        return known.id
    note = Note(
        session_id=session_id,
        item_id=item_id if item_id is not None else rules.item_at(session.items, work.now),
        table_number=table, juror_id=juror_id, client_id=value.client_id, text=words,
        language=value.language, visibility="table", source="paper",
        entered_by=work.actor.name, entered_person=work.actor.person_id, written_at=work.now,
        received_at=work.now, **_photo(value),
    )
    work.session.add(note)
    work.session.flush()
    live.touch(work, topic(session_id))
    work.about("note", note.id, scope=process.id, table=table)
    return note.id


@command()
def confirm_paper(
    work: Work, session_id: int, juror_id: int, note_id: int, right: bool = True
) -> None:
    """A juror says whether what was typed in for them is what they wrote; if not, it is out of
    sight at once and has to be typed in anew."""
    process, _jury, _session = the_session(work, session_id)
    require(work, Permission.ACT_AS_JUROR, process)
    note = _own_note(work, session_id, Place(juror_id=juror_id), note_id)
    if note.source != "paper" or note.confirmed_at is not None:
        raise Conflict("note.confirmed")
    if right:
        note.confirmed_at = work.now
    else:
        note.refused_at = work.now
        put_out_of_sight(work, note, True)
    live.touch(work, topic(session_id))
    work.about("note", note_id, scope=process.id, right=right)


@command()
def second_paper(work: Work, session_id: int, note_id: int) -> None:
    """A second person holds the paper and says that it was typed in as it stands there.

    Errors: Conflict where it was they who typed it in, or it is confirmed already.
    """
    process, _jury, _session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    note = work.session.get(Note, note_id)
    if note is None or note.session_id != session_id or note.hidden_at is not None:
        raise NotFound("note.unknown")
    if note.source != "paper" or note.confirmed_at is not None:
        raise Conflict("note.confirmed")
    if note.entered_person == work.actor.person_id:
        raise Conflict("note.same_person")
    note.confirmed_at, note.confirmed_by = work.now, work.actor.name
    live.touch(work, topic(session_id))
    work.about("note", note_id, scope=process.id)


@command()
def hide_note(work: Work, session_id: int, note_id: int) -> None:
    """The facilitator takes an abusive note out of sight at once."""
    process, _jury, _session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    note = work.session.get(Note, note_id)
    if note is None or note.session_id != session_id or note.visibility == "private":
        raise NotFound("note.unknown")
    put_out_of_sight(work, note, True)
    live.touch(work, topic(session_id))
    work.about("note", note_id, scope=process.id)


def put_out_of_sight(work: Work, note: Note, hidden: bool) -> None:
    """Hide a note with its photo, or show both again, inside a command."""
    note.hidden_at = work.now if hidden else None
    if note.photo:
        work.later(settle_picture, key=note.photo)
