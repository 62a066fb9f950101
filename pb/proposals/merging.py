"""Commands by which officers bring ideas together: one idea of several, with every author's
consent; and packages of neighbouring pins, of which every author is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.accounts.models import Person
from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.work import Work, command
from pb.notifications.services import tell
from pb.processes.models import Process
from pb.proposals import queries, services
from pb.proposals.models import Follow, Merge, MergePart, Package, Proposal, Support

# -- merging ---------------------------------------------------------------------------------


@command()
def ask_to_merge(
    work: Work, process_id: int, into_id: int, proposal_ids: Sequence[int], reason: str
) -> int:
    """Ask the authors whether their ideas may become one, whoever writes with them included; the
    merge's id.

    An idea without an author who could be asked counts as agreed. Errors: Invalid, Conflict.
    """
    process = work.session.get_one(Process, process_id)
    require(work, Permission.MERGE_PROPOSALS, process)
    chosen = _chosen(work, process, proposal_ids)
    if len(chosen) < 2:
        raise Invalid("merge.too_few", field="chosen")
    if into_id not in {one.id for one in chosen}:
        raise Invalid("merge.into", field="into")
    if any(one.state != "published" or one.hidden_at is not None for one in chosen):
        raise Invalid("merge.closed", field="chosen")
    ids = [one.id for one in chosen]
    busy = work.session.scalar(
        select(Merge.id).join(MergePart, MergePart.merge_id == Merge.id)
        .where(Merge.state == "waiting", MergePart.proposal_id.in_(ids)).limit(1)
    )
    if busy is not None:
        raise Conflict("merge.waiting")
    merge = Merge(
        process_id=process.id, into_id=into_id, reason=reason, asked_at=work.now,
        asked_by=work.actor.person_id,
    )
    work.session.add(merge)
    work.session.flush()
    for proposal in chosen:
        authors = queries.authors_of(work.session, proposal)
        if not authors:
            work.session.add(MergePart(
                merge_id=merge.id, proposal_id=proposal.id, person_id=None, answer="yes",
                answered_at=work.now,
            ))
        for person_id in authors:
            work.session.add(MergePart(
                merge_id=merge.id, proposal_id=proposal.id, person_id=person_id, answer="",
            ))
            _tell(work, "merge_asked", person_id, merge_id=merge.id, proposal_id=proposal.id)
    work.session.flush()
    work.about("merge", merge.id, scope=process.id, into=into_id, proposals=sorted(ids))
    _merge_if_agreed(work, process, merge)
    return merge.id


def _chosen(work: Work, process: Process, proposal_ids: Sequence[int]) -> list[Proposal]:
    return list(
        work.session.scalars(
            select(Proposal).where(
                Proposal.process_id == process.id, Proposal.id.in_(list(proposal_ids)),
                Proposal.state != "draft",
            ).order_by(Proposal.number)
        )
    )


def _tell(work: Work, kind: str, person_id: int | None, **arguments: object) -> None:
    person = work.session.get(Person, person_id) if person_id is not None else None
    if person is not None and person.email:
        tell(work, kind, email=person.email, language=person.language, person_id=person.id,
             name=person.name, **arguments)


@command()
def answer_merge(work: Work, merge_id: int, agrees: bool) -> str:
    """An author agrees or declines, for all of their ideas in it; the merge's state then."""
    merge = work.session.get_one(Merge, merge_id)
    process = work.session.get_one(Process, merge.process_id)
    require(work, Permission.ANSWER_MERGE, process)
    mine = work.session.scalars(
        select(MergePart).where(
            MergePart.merge_id == merge.id, MergePart.person_id == work.actor.person_id
        )
    ).all()
    if not mine or work.actor.person_id is None:
        raise NotAllowed("merge.not_asked")
    if merge.state != "waiting":
        raise Conflict("merge.over")
    for part in mine:
        part.answer, part.answered_at = "yes" if agrees else "no", work.now
    work.session.flush()
    work.about("merge", merge.id, scope=process.id, agrees=agrees)
    if not agrees:
        _end(work, merge, "declined")
    else:
        _merge_if_agreed(work, process, merge)
    return merge.state


def _end(work: Work, merge: Merge, state: str) -> None:
    """Settle a merge and tell whoever was asked what came of it."""
    merge.state, merge.ended_at = state, work.now
    work.session.flush()
    people = {part.person_id for part, _ in queries.parts_of(work.session, merge.id)}
    for person_id in sorted(one for one in people if one is not None):
        _tell(work, "merge_ended", person_id, merge_id=merge.id)


def answer_of(parts: Sequence[MergePart]) -> str:
    """What all who write one idea say together: no if one of them does, yes once all do."""
    answers = {part.answer for part in parts}
    return "no" if "no" in answers else "" if "" in answers else "yes"


def _merge_if_agreed(work: Work, process: Process, merge: Merge) -> None:
    """Make one idea of them once all agreed: whoever supported or followed any of them supports
    or follows the one, once."""
    parts = queries.parts_of(work.session, merge.id)
    if any(part.answer != "yes" for part, _ in parts):
        return
    chosen = queries.ideas_of(parts)
    if any(one.state != "published" for one in chosen):
        _end(work, merge, "withdrawn")  # somebody withdrew theirs meanwhile
        return
    into = work.session.get_one(Proposal, merge.into_id)
    others = [one for one in chosen if one.id != into.id]
    for other in others:
        _move_people(work, other.id, into.id)
        other.merged_into = into.id
        services.take_out(work, other, "merged")
        services.add_news(work, other.id, "news.merged")
    services.recount(work, into.id)
    services.add_news(work, into.id, "news.joined")
    _end(work, merge, "merged")
    work.about("merge", merge.id, scope=process.id, merged=[one.id for one in others])


def _move_people(work: Work, source: int, target: int) -> None:
    """Supporters and followers of one proposal become those of another, without its authors."""
    writers = {
        work.session.get_one(Proposal, target).author_id,
        *(one.person_id for one in queries.co_authors(work.session, target)),
    }
    _move(work, Support, source, target, writers)
    _move(work, Follow, source, target, set())


def _move(work: Work, table: Any, source: int, target: int, barred: set[int | None]) -> None:
    """The rows of one proposal as rows of another, a person once."""
    held = set(work.session.scalars(select(table.person_id).where(table.proposal_id == target)))
    for row in work.session.scalars(select(table).where(table.proposal_id == source)):
        if row.person_id not in held and row.person_id not in barred:
            work.session.add(
                table(proposal_id=target, person_id=row.person_id, made_at=row.made_at)
            )
    work.session.flush()


@command()
def take_back_merge(work: Work, process_id: int, merge_id: int) -> None:
    """Officers no longer ask. Errors: Conflict when it is settled."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.MERGE_PROPOSALS, process)
    merge = work.session.get_one(Merge, merge_id)
    if merge.process_id != process.id:
        raise NotAllowed("merge.not_asked")
    if merge.state != "waiting":
        raise Conflict("merge.over")
    _end(work, merge, "withdrawn")
    work.about("merge", merge.id, scope=process.id)


# -- packages --------------------------------------------------------------------------------

Rectangle = tuple[int, int, int, int]


@command()
def make_package(
    work: Work, process_id: int, name: dict[str, str], area_id: int | None,
    proposal_ids: Sequence[int], rectangle: Rectangle | None,
) -> int:
    """Look at several ideas as one: those that were ticked, and every pin within a rectangle
    (left, top, right, bottom). Each author is told. Its id. Errors: Invalid, Conflict."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.MERGE_PROPOSALS, process)
    ids = set(proposal_ids)
    if rectangle is not None:
        ids |= set(pins_within(work, process, rectangle))
    chosen = [
        one for one in _chosen(work, process, sorted(ids))
        if one.state == "published" and one.hidden_at is None
    ]
    if len(chosen) < 2:
        raise Invalid("package.too_few", field="chosen")
    if any(one.package_id is not None for one in chosen):
        raise Invalid("package.taken", field="chosen")
    if area_id is not None and all(one.id != area_id for one in process.areas):
        raise Invalid("area.unknown", field="area")
    left, top, right, bottom = rectangle or (None, None, None, None)
    package = Package(
        process_id=process.id, name=name, area_id=area_id, left=left, top=top, right=right,
        bottom=bottom, made_at=work.now, made_by=work.actor.person_id,
    )
    work.session.add(package)
    work.session.flush()
    for proposal in chosen:
        proposal.package_id = package.id
        services.add_news(work, proposal.id, "news.packaged")
        for person_id in queries.authors_of(work.session, proposal):
            _tell(work, "packaged", person_id, package_id=package.id, proposal_id=proposal.id)
    work.about("package", package.id, scope=process.id,
               proposals=[one.number for one in chosen])
    return package.id


def pins_within(work: Work, process: Process, rectangle: Rectangle) -> Sequence[int]:
    """The published pins of a rectangle that belong to no package yet."""
    left, top, right, bottom = rectangle
    return work.session.scalars(
        select(Proposal.id).where(
            Proposal.process_id == process.id, Proposal.state == "published",
            Proposal.package_id.is_(None), Proposal.x.between(left, right),
            Proposal.y.between(top, bottom),
        )
    ).all()


@command()
def undo_package(work: Work, process_id: int, package_id: int) -> None:
    """Take a package apart again; the ideas stay."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.MERGE_PROPOSALS, process)
    package = work.session.get_one(Package, package_id)
    if package.process_id != process.id:
        raise NotAllowed("merge.not_asked")
    work.session.execute(
        update(Proposal).where(Proposal.package_id == package.id).values(package_id=None)
        .execution_options(synchronize_session="fetch")
    )
    work.session.delete(package)
    work.about("package", package_id, scope=process.id)
