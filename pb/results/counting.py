"""One whole count: ours, the second one, other rules for comparison, turnout. It only reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from pb.ballots.contests import contest_of, lot_order_of
from pb.ballots.queries import contents_of, turnout_by_area, turnout_by_day
from pb.processes.models import Process
from pb.projects.queries import project_rows
from pb.results.comparison import compare_rules
from pb.results.rules import input_digest
from voting import Content, Contest, Tally, count

STEPS = ("reading", "counting", "second", "comparing", "storing")
"""What a count does, in order; ``Count.progress`` holds one of these while it runs."""


@dataclass(frozen=True)
class Input:
    """Everything that a count depends on."""

    contest: Contest
    lot_order: tuple[str, ...]
    groups: Mapping[Content, int]
    refused: int

    @property
    def digest(self) -> str:
        return input_digest(self.contest, self.lot_order, self.groups, self.refused)


@dataclass(frozen=True)
class Counted:
    """What is stored of a count, as JSON values."""

    tally: dict[str, Any]
    second_count: dict[str, Any]
    comparison: dict[str, Any]
    turnout: dict[str, Any]
    digest: str


def input_of(session: Session, process: Process) -> Input:
    """The contest, the order of lots and the grouped ballots of a process."""
    contest = contest_of(process, project_rows(session, process.id))
    return Input(
        contest,
        lot_order_of(process, [option.id for option in contest.options]),
        contents_of(session, process.id),
        int(process.source.get("refused", 0)),
    )


def tally_of(given: Input) -> Tally:
    return count(given.contest, given.groups, given.lot_order, refused=given.refused)


def count_process(session: Session, process: Process, say: Callable[[str], None]) -> Counted:
    """Count a process whole; ``say`` gets each of ``STEPS`` as it begins. Errors: ContestError."""
    say("reading")
    given = input_of(session, process)
    say("counting")
    tally = tally_of(given)
    say("second")
    second = second_count(given, tally)
    say("comparing")
    comparison = compare_rules(given.contest, given.groups, given.lot_order, tally)
    say("storing")
    return Counted(
        tally=tally.to_dict(),
        second_count=second,
        comparison=comparison,
        turnout=turnout(session, process),
        digest=given.digest,
    )


def second_count(given: Input, tally: Tally) -> dict[str, Any]:
    """Whether an independent program comes to the same. It never decides."""
    from voting import crosscheck as ranked  # only here: numpy takes its time to be imported
    from voting import crosscheck_budgets as budgets

    if tally.allocation is None:
        return dict(ranked.second_count(given.contest, given.groups, tally).to_dict())
    return dict(
        budgets.second_count(
            given.contest, given.groups, tally, lot_order=given.lot_order
        ).to_dict()
    )


def turnout(session: Session, process: Process) -> dict[str, Any]:
    """Who could vote and who did, by area and by day, frozen with the count."""
    keys = {area.id: area.key for area in process.areas}
    return {
        "areas": [
            {
                "area": None if row.area_id is None else keys[row.area_id],
                "entitled": row.entitled,
                "voted": row.voted,
            }
            for row in turnout_by_area(session, process.id)
        ],
        "days": [[day.isoformat(), number] for day, number in turnout_by_day(session, process.id)],
    }
