"""A translator who leaves takes their name along; what they translated stays."""

from __future__ import annotations

from sqlalchemy import update

from pb.accounts.checks import eraser
from pb.core.work import Work
from pb.translations.models import Translation


@eraser
def forget(work: Work, person_id: int, keep_posts: bool) -> None:
    """The texts are the council's: only who wrote and who checked them is forgotten."""
    work.session.execute(
        update(Translation).where(Translation.translated_by == person_id)
        .values(translated_by=None, translator="")
    )
    work.session.execute(
        update(Translation).where(Translation.checked_by == person_id).values(checked_by=None)
    )
