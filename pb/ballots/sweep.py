"""The mail "a vote was cast in your name", to voters whose address is known.

It catches whoever votes with somebody else's code. It must not tell who voted when: mails go in
shuffled batches, of twenty or whatever is there after an hour, and hold no time of the cast.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import SystemRandom
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.accounts.models import Person
from pb.ballots.models import Box, RollEntry
from pb.ballots.seams import ADDRESSES, Address, addresses
from pb.ballots.services import person_tag, process_of
from pb.core.site import Site
from pb.core.work import SYSTEM, Work, command
from pb.notifications.services import tell

BATCH = 20
AGE = timedelta(hours=1)
MOST = 500
"""Rows of the roll looked at in one go."""


@addresses
def by_account(
    site: Site, session: Session, process_id: int, rolls: Sequence[int]
) -> dict[int, Address]:
    """Voters who vote by their account."""
    tags = {
        entry.tag: entry.id
        for entry in session.execute(
            select(RollEntry.tag, RollEntry.id).where(RollEntry.id.in_(rolls))
        )
    }
    found = {}
    people = session.execute(
        select(Person.id, Person.email, Person.language).where(Person.email.is_not(None))
    )
    for person_id, email, language in people:
        roll_id = tags.get(person_tag(site.secrets, process_id, person_id))
        if roll_id is not None:
            found[roll_id] = Address(str(email), language)
    return found


def look(site: Site) -> None:
    """Hand on what is due for each vote."""
    with site.database.reading() as session:
        waiting = session.execute(
            select(Box.process_id, Box.swept_at)
            .where(Box.process_id.in_(
                select(RollEntry.process_id)
                .where(RollEntry.voted_on.is_not(None), RollEntry.told.is_(False)).distinct()
            ))
        ).all()
    for process_id, swept_at in waiting:
        full = _waiting(site, process_id) >= BATCH
        if full or swept_at is None or site.clock() - swept_at >= AGE:
            site.work.run(tell_voters, SYSTEM, process_id)


def _waiting(site: Site, process_id: int) -> int:
    with site.database.reading() as session:
        return len(_newly_marked(session, process_id, BATCH))


def _newly_marked(session: Session, process_id: int, most: int) -> list[int]:
    return list(session.scalars(
        select(RollEntry.id)
        .where(RollEntry.process_id == process_id, RollEntry.voted_on.is_not(None),
               RollEntry.told.is_(False), RollEntry.voided.is_(False))
        .order_by(RollEntry.tag).limit(most)
    ))


@command()
def tell_voters(work: Work, process_id: int) -> int:
    """Write to the newly marked voters with an address, in a random order; how many."""
    require(work, Permission.RUN_JOBS)
    process = process_of(work, process_id)
    box = work.session.get_one(Box, process_id)
    first = box.swept_at is None
    box.swept_at = work.now
    work.about("process", process_id, scope=process_id)
    rolls = _newly_marked(work.session, process_id, MOST)
    if first and len(rolls) < BATCH:
        return 0  # the hour begins now: the first voter of all must not be told apart
    known: dict[int, Address] = {}
    for one in ADDRESSES:
        known.update(one(work.site, work.session, process_id, rolls))
    work.connection.execute(update(RollEntry).where(RollEntry.id.in_(rolls)).values(told=True))
    written: list[Any] = sorted(known.values(), key=lambda address: address.email)
    SystemRandom().shuffle(written)
    for address in written:
        tell(work, "vote_cast", email=address.email, language=address.language,
             process=process.slug, title=process.name)
    work.details["told"] = len(written)
    return len(written)
