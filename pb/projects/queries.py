"""Reading projects."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from pb.core.errors import NotFound
from pb.core.i18n import Reader
from pb.core.pictures import users_of_pictures
from pb.projects.models import Project


@dataclass(frozen=True)
class ProjectRow:
    """What a list shows of a project, read without the ORM: lists are long."""

    id: int
    area_id: int
    number: int
    option_id: str
    title: dict[str, str]
    summary: dict[str, str]
    place: dict[str, str]
    x: int | None
    y: int | None
    cost: int
    picture: str
    aside: dict[str, str]


_ROW: tuple[Any, ...] = (
    Project.id, Project.area_id, Project.number, Project.option_id, Project.title,
    Project.summary, Project.place, Project.x, Project.y, Project.cost, Project.picture,
    Project.aside,
)


@users_of_pictures
def pictures_of_key(session: Session, key: str) -> list[bool]:
    """A project's picture is always seen: reports never hide it."""
    return [True for _ in session.scalars(select(Project.id).where(Project.picture == key))]


def project_rows(session: Session, process_id: int) -> list[ProjectRow]:
    """Every project of a process as a list shows it, by number."""
    rows = session.execute(
        select(*_ROW).where(Project.process_id == process_id).order_by(Project.number)
    )
    return [ProjectRow(*row) for row in rows]


def ballot_rows(session: Session, process_id: int) -> list[ProjectRow]:
    """The projects that stand on the ballot: without those that a jury left off it."""
    return [row for row in project_rows(session, process_id) if not row.aside]


def projects_of(session: Session, process_id: int) -> list[Project]:
    """Every project with its cost lines and objections, by number."""
    whole = (
        select(Project)
        .where(Project.process_id == process_id)
        .options(selectinload(Project.costs), selectinload(Project.objections))
        .order_by(Project.number)
    )
    return list(session.scalars(whole))


def project_numbers(session: Session, process_id: int) -> list[int]:
    """The public numbers of a process's projects."""
    return list(
        session.scalars(
            select(Project.number).where(Project.process_id == process_id)
            .order_by(Project.number)
        )
    )


def project_by_number(session: Session, process_id: int, number: str) -> Project:
    """One project by its public number. Errors: NotFound."""
    if not number.isdecimal() or not number.isascii() or len(number) > 9:
        raise NotFound("project.not_found")
    project = session.scalar(
        select(Project)
        .where(Project.process_id == process_id, Project.number == int(number))
        .options(selectinload(Project.costs), selectinload(Project.objections))
    )
    if project is None:
        raise NotFound("project.not_found")
    return project


def count_by_area(session: Session, process_id: int) -> dict[int, int]:
    """How many projects each area has, by the area's id."""
    rows = session.execute(
        select(Project.area_id, func.count())
        .where(Project.process_id == process_id)
        .group_by(Project.area_id)
    )
    return dict(rows.all())


def folded(text: str) -> str:
    """Text for comparing: lower case, without accents, one kind of apostrophe."""
    bare = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(one for one in bare if not unicodedata.combining(one)).casefold()


def matching(rows: Sequence[ProjectRow], words: str, reader: Reader) -> list[ProjectRow]:
    """The rows whose number, title, summary or place hold every word, in either language."""
    wanted = folded(words).split()
    if not wanted:
        return list(rows)
    found = []
    for row in rows:
        text = folded(
            " ".join(
                [str(row.number), *row.title.values(), *row.summary.values(), *row.place.values()]
            )
        )
        if all(word in text for word in wanted):
            found.append(row)
    return found


def lacks_of(project: Project, languages: Sequence[str], budget: int | None) -> list[str]:
    """What a project lacks before it can be on a ballot: "cost", "language", "alt", "budget".

    ``budget``: its area's in minor units, None where the rule looks at no cost.
    """
    def bare(value: dict[str, str]) -> bool:
        return any(not value.get(language) for language in languages)

    found = []
    if budget is not None and not project.cost:
        found.append("cost")
    if bare(project.title) or bare(project.summary):
        found.append("language")
    if project.picture and bare(project.picture_alt):
        found.append("alt")
    if budget is not None and project.cost > budget:
        found.append("budget")
    return found
