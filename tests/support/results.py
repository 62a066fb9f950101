"""Ballots in the box and counts of them, for tests of results."""

from __future__ import annotations

from sqlalchemy import insert

from pb.ballots.models import Ballot
from pb.core.site import Site
from pb.core.work import Work
from pb.results.models import Count
from tests.support.build import do


def cast(site: Site, process_id: int, *contents: dict[str, object]) -> None:
    """Put ballots into the box as they are stored."""

    def put(work: Work) -> None:
        work.connection.execute(
            insert(Ballot),
            [
                {"id": f"{process_id:08x}{number:024x}", "process_id": process_id,
                 "content": content}
                for number, content in enumerate(contents)
            ],
        )

    put.__module__ = __name__
    do(site, put)


def approvals(*choices: str) -> list[dict[str, object]]:
    """Approval ballots of option ids with blanks between them; "" is a blank vote."""
    return [{"approval": choice.split()} for choice in choices]


def rankings(*choices: str) -> list[dict[str, object]]:
    return [{"ranking": choice.split()} for choice in choices]


def the_count(site: Site, count_id: int) -> Count:
    with site.database.reading() as session:
        row = session.get_one(Count, count_id)
        session.expunge(row)
        return row
