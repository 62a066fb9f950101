"""Commands on the minority notes of statements. A table's screen writes them, or who leads."""

from __future__ import annotations

from deliberation.minority.services import must_stand
from deliberation.statements.models import Statement, StatementNote
from deliberation.statements.queries import jurors_now
from deliberation.statements.services import must_be_open, the_statement
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core.errors import Conflict, NotFound
from pb.core.work import Work, command

MOST_NOTES = 6


def _own(statement: Statement, note_id: int, table: int | None) -> StatementNote:
    """A note of this statement; of this table, where a table asks. Errors: NotFound."""
    found = next((one for one in statement.notes if one.id == note_id), None)
    if found is None or (table is not None and found.table_number != table):
        raise NotFound("minority.unknown")
    return found


@command()
def write_note(
    work: Work, statement_id: int, note_id: int | None, table: int | None, text: dict[str, str],
    jurors: int,
) -> int:
    """What at least two jurors say who see it otherwise; a new note, or one written anew. Its id.

    ``table``: whose screen writes, which changes its own notes and no others; None: who leads.
    Errors: Conflict (locked, enough), Invalid, NotFound.
    """
    process, jury, statement = the_statement(work, statement_id)
    require(work, Permission.LEAD_TABLE, process)
    must_be_open(statement)
    must_stand(text, jurors, jurors_now(work.session, jury, statement.project_number))
    if note_id is not None:
        note = _own(statement, note_id, table)
        note.text, note.jurors = text, jurors
    else:
        if len(statement.notes) >= MOST_NOTES:
            raise Conflict("minority.enough", most=MOST_NOTES)
        note = StatementNote(table_number=table, text=text, jurors=jurors, written_at=work.now)
        statement.notes.append(note)
        work.session.flush()
    work.about("statement", statement.id, scope=process.id, note=note.id, table=table,
               jurors=jurors)
    return note.id


@command()
def drop_note(work: Work, statement_id: int, note_id: int, table: int | None) -> None:
    """Take a note away whose jurors do not want it any more, until the page is locked."""
    process, _jury, statement = the_statement(work, statement_id)
    require(work, Permission.LEAD_TABLE, process)
    must_be_open(statement)
    statement.notes.remove(_own(statement, note_id, table))
    work.about("statement", statement.id, scope=process.id, note=note_id, table=table)
