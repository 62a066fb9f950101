"""Ballots in the box and counts of them, for tests of results."""

from __future__ import annotations

from sqlalchemy import insert

from pb.ballots.models import OpenedBallot
from pb.core.site import Site
from pb.core.work import Work
from pb.results.models import Count
from tests.support.build import do


def cast(site: Site, process_id: int, *contents: dict[str, object]) -> None:
    """Lay ballots open as they are stored after the close."""

    def put(work: Work) -> None:
        work.connection.execute(
            insert(OpenedBallot),
            [
                {"process_id": process_id, "tracking": f"{number:012d}", "word": "",
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
