"""Reading proposals: lists by Core, single ones by the ORM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from pb.accounts.models import Person
from pb.core.errors import NotFound
from pb.core.pictures import users_of_pictures
from pb.proposals import search
from pb.proposals.models import (
    SHOWN,
    Category,
    CoAuthor,
    Merge,
    MergePart,
    Package,
    Proposal,
    ProposalPhoto,
    ProposalVersion,
)
from pb.proposals.rules import CELL, MERSENNE, multiplier
from pb.proposals.whose import authors_of as authors_of
from pb.proposals.whose import co_authors as co_authors
from pb.proposals.whose import draft_of as draft_of
from pb.proposals.whose import drafts_of as drafts_of
from pb.proposals.whose import follows as follows
from pb.proposals.whose import key_hash as key_hash
from pb.proposals.whose import supports as supports
from pb.proposals.whose import writes as writes

PAGE_LENGTH = 20
ORDERS = ("random", "newest", "supported")


@dataclass(frozen=True)
class ListRow:
    """What a list shows of a proposal, read without the ORM: lists are long."""

    id: int
    number: int
    state: str
    language: str
    title: str
    wish: str
    area_id: int | None
    category_id: int | None
    x: int | None
    y: int | None
    place: str
    supporters: int
    comments: int
    helped_by: int | None
    published_at: datetime
    hidden_at: datetime | None


_ROW = (
    Proposal.id, Proposal.number, Proposal.state, Proposal.language, Proposal.title,
    func.substr(Proposal.wish, 1, 240), Proposal.area_id, Proposal.category_id, Proposal.x,
    Proposal.y, Proposal.place, Proposal.supporters, Proposal.comments, Proposal.helped_by,
    Proposal.published_at, Proposal.hidden_at,
)


@dataclass(frozen=True)
class Filter:
    """What a reader asked the list for. ``cell`` is a square of the map, ``mine`` a person."""

    words: str = ""
    area_id: int | None = None
    category_id: int | None = None
    state: str = ""
    mine: int | None = None
    cell: tuple[int, int] | None = None
    order: str = "random"
    seed: int = 1


def _conditions(session: Session, process_id: int, wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Proposal.process_id == process_id]
    if wanted.mine is not None:
        found += [_written_by(wanted.mine), Proposal.state != "draft"]
    else:
        found += [Proposal.state.in_(SHOWN), Proposal.hidden_at.is_(None)]
    if wanted.area_id is not None:
        found.append(Proposal.area_id == wanted.area_id)
    if wanted.category_id is not None:
        found.append(Proposal.category_id == wanted.category_id)
    if wanted.state:
        found.append(Proposal.state == wanted.state)
    if wanted.cell is not None:
        left, top = wanted.cell[0] * CELL, wanted.cell[1] * CELL
        found += [Proposal.x >= left, Proposal.x < left + CELL,
                  Proposal.y >= top, Proposal.y < top + CELL]
    if wanted.words:
        if wanted.words.isascii() and wanted.words.isdecimal() and len(wanted.words) < 9:
            found.append(Proposal.number == int(wanted.words))
        else:
            holding = search.having(session.connection(), wanted.words)
            if holding is not None:
                found.append(holding)  # type: ignore[arg-type]
    return found


def _written_by(person_id: int) -> ColumnElement[bool]:
    return or_(
        Proposal.author_id == person_id,
        exists().where(
            CoAuthor.proposal_id == Proposal.id, CoAuthor.person_id == person_id,
            CoAuthor.accepted_at.is_not(None), CoAuthor.removed_at.is_(None),
        ),
    )


def _ordered(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.order == "newest":
        return query.order_by(Proposal.published_at.desc(), Proposal.id.desc())
    if wanted.order == "supported":
        return query.order_by(Proposal.supporters.desc(), Proposal.id.desc())
    shuffled = (cast(Proposal.shuffle, BigInteger) * multiplier(wanted.seed)) % MERSENNE
    return query.order_by(shuffled, Proposal.id)


def count(session: Session, process_id: int, wanted: Filter) -> int:
    query = select(func.count()).select_from(Proposal)
    return session.execute(
        query.where(*_conditions(session, process_id, wanted))
    ).scalar_one()


def rows(session: Session, process_id: int, wanted: Filter, page: int) -> list[ListRow]:
    """One page of the list, counted from 1.

    Ids are put in order first, texts are read for one page only: sorting thousands of texts to
    show twenty took seven times as long.
    """
    query = _ordered(select(Proposal.id).where(*_conditions(session, process_id, wanted)), wanted)
    query = query.limit(PAGE_LENGTH).offset((page - 1) * PAGE_LENGTH)
    ids = session.execute(query).scalars().all()
    return _in_order(session, ids)


def _in_order(session: Session, ids: Sequence[int]) -> list[ListRow]:
    found = {
        row[0]: ListRow(*row)
        for row in session.execute(select(*_ROW).where(Proposal.id.in_(ids)))
    }
    return [found[one] for one in ids if one in found]


def rows_of(session: Session, ids: Sequence[int]) -> list[ListRow]:
    """These proposals as far as they are shown, in the order given."""
    found = {
        row[0]: ListRow(*row)
        for row in session.execute(
            select(*_ROW).where(
                Proposal.id.in_(ids), Proposal.state.in_(SHOWN), Proposal.hidden_at.is_(None)
            )
        )
    }
    return [found[one] for one in ids if one in found]


def similar(
    session: Session, process_id: int, value: str, *, but: int = 0, most: int = 4
) -> list[ListRow]:
    """Proposals that say something like this text, in either language."""
    ids = search.alike(session.connection(), process_id, value)
    return rows_of(session, [one for one in ids if one != but])[:most]


def pins(session: Session, process_id: int, wanted: Filter) -> list[tuple[int, int, int, str, str]]:
    """(number, x, y, title, language) of every proposal of a list that has a pin."""
    query = select(
        Proposal.number, Proposal.x, Proposal.y, Proposal.title, Proposal.language
    ).where(*_conditions(session, process_id, wanted), Proposal.x.is_not(None))
    return [
        (number, x, y, title, language)
        for number, x, y, title, language in session.execute(query.order_by(Proposal.number))
        if number is not None and x is not None and y is not None
    ]


def crowds(
    session: Session, process_id: int, wanted: Filter
) -> list[tuple[tuple[int, int], int]]:
    """How many proposals of a list have their pin in each square of the map, row by row.

    Counted by the database: thousands of pins are not read to draw seventy numbers.
    """
    cell = literal_column(str(CELL), Integer)
    across, down = ((one // cell).label(name)
                    for one, name in ((Proposal.x, "across"), (Proposal.y, "down")))
    query = (
        select(across, down, func.count())
        .where(*_conditions(session, process_id, wanted), Proposal.x.is_not(None))
        .group_by(across, down).order_by(down, across)
    )
    return [((left or 0, top or 0), number) for left, top, number in session.execute(query)]


def proposal_by_number(session: Session, process_id: int, number: int) -> Proposal:
    """A proposal that was published once, whatever became of it. Errors: NotFound."""
    found = session.scalar(
        select(Proposal).where(Proposal.process_id == process_id, Proposal.number == number)
    )
    if found is None or found.state == "draft":
        raise NotFound("idea.not_found")
    return found


def categories(session: Session, process_id: int) -> list[Category]:
    return list(
        session.scalars(
            select(Category).where(Category.process_id == process_id)
            .order_by(Category.position, Category.id)
        )
    )


@users_of_pictures
def photos_of_key(session: Session, key: str) -> list[bool]:
    """Whether people see it, for each photo of an idea that is this file."""
    return [
        hidden is None and idea_hidden is None for hidden, idea_hidden in session.execute(
            select(ProposalPhoto.hidden_at, Proposal.hidden_at)
            .join(Proposal, Proposal.id == ProposalPhoto.proposal_id)
            .where(ProposalPhoto.key == key)
        )
    ]


def photos(session: Session, proposal_id: int, *, hidden: bool = False) -> list[ProposalPhoto]:
    """A proposal's photos in order; with ``hidden`` also those a moderator looks at."""
    query = select(ProposalPhoto).where(ProposalPhoto.proposal_id == proposal_id)
    if not hidden:
        query = query.where(ProposalPhoto.hidden_at.is_(None))
    return list(session.scalars(query.order_by(ProposalPhoto.position, ProposalPhoto.id)))


def versions(session: Session, proposal_id: int) -> list[ProposalVersion]:
    """The versions of a published proposal, the newest first."""
    return list(
        session.scalars(
            select(ProposalVersion).where(ProposalVersion.proposal_id == proposal_id)
            .order_by(ProposalVersion.number.desc())
        )
    )


# -- merges and packages ---------------------------------------------------------------------


Parts = list[tuple[MergePart, Proposal]]


def merges(session: Session, process_id: int) -> list[tuple[Merge, Parts]]:
    """Every merge that was asked for, the newest first, with its proposals and their answers."""
    asked = session.scalars(
        select(Merge).where(Merge.process_id == process_id).order_by(Merge.id.desc())
    ).all()
    return [(one, parts_of(session, one.id)) for one in asked]


def parts_of(session: Session, merge_id: int) -> Parts:
    found = session.execute(
        select(MergePart, Proposal)
        .join(Proposal, Proposal.id == MergePart.proposal_id)
        .where(MergePart.merge_id == merge_id)
        .order_by(Proposal.number, MergePart.id)
    ).all()
    return [(part, proposal) for part, proposal in found]


def ideas_of(parts: Parts) -> list[Proposal]:
    """The proposals of a merge, each once, however many write it."""
    return list({one.id: one for _, one in parts}.values())


def names_of(
    session: Session, asked: Sequence[tuple[Merge, Parts]]
) -> dict[int | None, str]:
    """The names of everybody who is asked."""
    ids = {part.person_id for _, parts in asked for part, _ in parts}
    found = session.scalars(select(Person).where(
        Person.id.in_([one for one in ids if one is not None])))
    return {person.id: person.name for person in found}


def merges_asked(
    session: Session, person_id: int | None
) -> list[tuple[Merge, MergePart, Proposal]]:
    """What this person is asked about and has not answered."""
    if person_id is None:
        return []
    found = session.execute(
        select(Merge, MergePart, Proposal)
        .join(MergePart, MergePart.merge_id == Merge.id)
        .join(Proposal, Proposal.id == MergePart.proposal_id)
        .where(Merge.state == "waiting", MergePart.person_id == person_id, MergePart.answer == "")
        .order_by(Merge.id)
    ).all()
    return [(merge, part, proposal) for merge, part, proposal in found]


def merged_from(session: Session, proposal_id: int) -> list[Proposal]:
    return list(
        session.scalars(
            select(Proposal).where(Proposal.merged_into == proposal_id).order_by(Proposal.number)
        )
    )


def packages(session: Session, process_id: int) -> list[tuple[Package, int]]:
    """The packages of a process, each with the number of its proposals."""
    found = session.execute(
        select(Package, func.count(Proposal.id))
        .outerjoin(Proposal, Proposal.package_id == Package.id)
        .where(Package.process_id == process_id)
        .group_by(Package.id)
        .order_by(Package.id)
    ).all()
    return [(package, number) for package, number in found]


def package_pins(
    session: Session, process_id: int
) -> dict[int, list[tuple[int, int | None, int | None, str, str]]]:
    """What everybody sees of each package's ideas: (number, x, y, title, language), by number."""
    rows = session.execute(
        select(Proposal.package_id, Proposal.number, Proposal.x, Proposal.y, Proposal.title,
               Proposal.language)
        .where(Proposal.process_id == process_id, Proposal.package_id.is_not(None),
               Proposal.state.in_(SHOWN), Proposal.hidden_at.is_(None))
        .order_by(Proposal.number)
    )
    found: dict[int, list[tuple[int, int | None, int | None, str, str]]] = {}
    for package_id, number, x, y, title, language in rows:
        if package_id is not None and number is not None:
            found.setdefault(package_id, []).append((number, x, y, title, language))
    return found


def in_package(session: Session, package_id: int) -> list[ListRow]:
    found = session.execute(
        select(*_ROW).where(
            and_(Proposal.package_id == package_id, Proposal.state.in_(SHOWN),
                 Proposal.hidden_at.is_(None))
        ).order_by(Proposal.number)
    )
    return [ListRow(*row) for row in found]


def counts_by_state(session: Session, process_id: int) -> Mapping[str, int]:
    found = session.execute(
        select(Proposal.state, func.count())
        .where(Proposal.process_id == process_id, Proposal.state != "draft",
               Proposal.hidden_at.is_(None))
        .group_by(Proposal.state)
    ).all()
    return dict(found)
