"""Reading drafts and themes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from deliberation.drafts import rules
from deliberation.drafts.models import DraftCheck, OptionDraft, Theme, ThemeNote
from deliberation.lines.rules import Lines, latest
from deliberation.notes.queries import NoteView, table_notes
from deliberation.plain.queries import Said, by_language, read_by_all
from pb.core.errors import NotFound


@dataclass(frozen=True)
class DraftView:
    """A draft with its lines, the last colour of each in this version, and what it lacks."""

    draft: OptionDraft
    lines: Lines
    colours: Mapping[str, DraftCheck]
    lacks: Sequence[str]

    @property
    def cost(self) -> int:
        return rules.cost(self.draft.sections)

    @property
    def unanswered(self) -> int:
        return sum(one.answered_at is None for one in self.draft.objections)


def drafts_of(session: Session, jury_id: int, languages: Sequence[str]) -> list[DraftView]:
    """Every draft of a jury, by number, those that were set aside last."""
    rows = session.scalars(
        select(OptionDraft).where(OptionDraft.jury_id == jury_id)
        .options(selectinload(OptionDraft.checks), selectinload(OptionDraft.objections),
                 selectinload(OptionDraft.versions))
        .order_by(OptionDraft.number)
    )
    return sorted((view_of(one, languages) for one in rows),
                  key=lambda view: view.draft.state == "aside")


@read_by_all
def _said_in_drafts(session: Session, jury_id: int) -> Iterator[Said]:
    for sections in session.scalars(
        select(OptionDraft.sections).where(OptionDraft.jury_id == jury_id)
        .order_by(OptionDraft.number)
    ):
        for line in rules.lines_of(sections).values():
            yield from by_language(line)


def view_of(draft: OptionDraft, languages: Sequence[str]) -> DraftView:
    lacks = rules.lacks(draft.sections, draft.version, draft.checks, draft.objections, languages)
    return DraftView(draft, rules.lines_of(draft.sections), latest(draft.version, draft.checks),
                     lacks if draft.state == "draft" else ())


def draft_by_number(
    session: Session, jury_id: int, number: str, languages: Sequence[str]
) -> DraftView:
    """One draft by its number in the jury. Errors: NotFound."""
    known = number.isascii() and number.isdecimal() and len(number) < 5
    found = next(
        (one for one in drafts_of(session, jury_id, languages)
         if known and one.draft.number == int(number)), None
    )
    if found is None:
        raise NotFound("draft.unknown")
    return found


@dataclass(frozen=True)
class ThemeView:
    """A theme with the notes under it."""

    theme: Theme
    notes: Sequence[NoteView]


def themes_of(session: Session, session_id: int) -> tuple[list[ThemeView], list[NoteView]]:
    """(each theme with its notes, the notes without one); private notes are in neither."""
    themes = session.scalars(
        select(Theme).where(Theme.session_id == session_id).order_by(Theme.id)
    ).all()
    where: dict[int, int] = dict(
        session.execute(
            select(ThemeNote.note_id, ThemeNote.theme_id)
            .join(Theme, Theme.id == ThemeNote.theme_id).where(Theme.session_id == session_id)
        ).all()
    )
    notes = table_notes(session, session_id)[::-1]
    return (
        [ThemeView(one, [note for note in notes if where.get(note.note.id) == one.id])
         for one in themes],
        [note for note in notes if note.note.id not in where],
    )
