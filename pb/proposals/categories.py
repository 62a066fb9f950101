"""Commands on categories."""

from __future__ import annotations

from sqlalchemy import func, select

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core.errors import Conflict
from pb.core.work import Work, command
from pb.processes.models import Process
from pb.processes.services import slug_of
from pb.proposals import queries
from pb.proposals.models import Category, Proposal


@command()
def add_category(work: Work, process_id: int, name: dict[str, str]) -> int:
    """Add a category; its id. One of the same name is that one."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.EDIT_PROCESS, process)
    known = queries.categories(work.session, process.id)
    key = slug_of(name.get("en") or next(iter(name.values()), ""))
    same = next((one for one in known if one.key == key), None)
    if same is not None:
        same.name = name
        return same.id
    category = Category(
        process_id=process.id, key=key, name=name,
        position=max((one.position for one in known), default=0) + 1,
    )
    work.session.add(category)
    work.session.flush()
    work.about("category", category.id, scope=process.id, key=key)
    return category.id


def copy_categories(work: Work, source_id: int, made_id: int) -> None:
    """Give a process the categories of another, inside another command."""
    for one in queries.categories(work.session, source_id):
        work.session.add(Category(
            process_id=made_id, key=one.key, name=dict(one.name), position=one.position
        ))
    work.session.flush()


@command()
def remove_category(work: Work, process_id: int, category_id: int) -> None:
    """Take a category away. Errors: Conflict when ideas are in it."""
    process = work.session.get_one(Process, process_id)
    require(work, Permission.EDIT_PROCESS, process)
    category = work.session.get(Category, category_id)
    if category is None or category.process_id != process.id:
        return
    used = work.session.scalar(
        select(func.count()).select_from(Proposal).where(Proposal.category_id == category.id)
    )
    if used:
        raise Conflict("category.used")
    work.session.delete(category)
    work.about("category", category_id, scope=process.id, key=category.key)
