"""What is published of the ballots, at each level, and how many ballots one could tell apart.

A   every ballot with its tracking code and word
B   contents that ten or more ballots share, each with its number; how many are withheld
C   totals alone

A long ranking can be like a fingerprint: whoever asks a neighbour to vote in an agreed odd order
finds it again at level A. So officials see how many ballots would be unlike all others, before the
vote as an estimate and after it counted.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pb.ballots.content import canonical as text_of
from pb.ballots.content import from_json, to_json
from pb.ballots.models import OpenedBallot
from pb.ballots.sealing import Opened
from pb.record.rules import canonical
from voting.ballots import Content, Points
from voting.contest import Contest

FEW = 10
"""At level B a content is published that so many ballots or more share."""
MOST_SIMULATED = 20_000


def rows_of(process_id: int, ballots: Iterable[Opened]) -> list[dict[str, Any]]:
    """The rows of the table, sorted by tracking code."""
    return [
        {"process_id": process_id, "tracking": one.tracking, "content": to_json(one.content),
         "word": one.word}
        for one in sorted(ballots, key=lambda ballot: ballot.tracking)
    ]


def lines(session: Session, process_id: int, level: str) -> Iterator[bytes]:
    """The ballots file of a level, line by line, each canonical JSON with its line feed."""
    rows = session.execute(
        select(OpenedBallot.content, OpenedBallot.tracking, OpenedBallot.word)
        .where(OpenedBallot.process_id == process_id)
        .order_by(OpenedBallot.tracking)
    )
    if level == "A":
        for content, tracking, word in rows:
            yield canonical({"ballot": content, "tracking": tracking, "word": word}) + b"\n"
        return
    groups = Counter(text_of(from_json(row.content)) for row in rows)
    contents = {text: _value(text) for text in groups}
    if level == "B":
        for text in sorted(groups):
            if groups[text] >= FEW:
                yield canonical({"ballot": contents[text], "number": groups[text]}) + b"\n"
        withheld = sum(number for number in groups.values() if number < FEW)
        yield canonical({"withheld": withheld}) + b"\n"
        return
    yield canonical({"totals": totals(
        {from_json(contents[text]): number for text, number in groups.items()}
    )}) + b"\n"


def _value(text: str) -> dict[str, Any]:
    import json

    value: dict[str, Any] = json.loads(text)
    return value


def totals(groups: dict[Content, int]) -> dict[str, Any]:
    """Ballots, blank ones, and by option the ballots that name it (or the points it got)."""
    options: Counter[str] = Counter()
    for content, number in groups.items():
        if isinstance(content, Points):
            for option, points in content.points:
                options[option] += points * number
        else:
            for option in content.options:
                options[option] += number
    return {
        "ballots": sum(groups.values()),
        "blank": sum(number for content, number in groups.items() if not content.options),
        "options": dict(options),
    }


def digest(content: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for line in content:
        found.update(line)
    return found.hexdigest()


# -- fingerprints ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Patterns:
    """Of ``ballots``: unlike every other; and in groups of fewer than ten, which B withholds."""

    ballots: int
    unique: int
    withheld: int


def patterns(groups: Iterable[int]) -> Patterns:
    """From how many ballots share each content."""
    numbers = list(groups)
    return Patterns(
        sum(numbers), sum(1 for one in numbers if one == 1),
        sum(one for one in numbers if one < FEW),
    )


def counted(session: Session, process_id: int) -> Patterns:
    """The same of the opened ballots, without showing any."""
    rows = session.execute(
        select(OpenedBallot.content).where(OpenedBallot.process_id == process_id)
    )
    return patterns(Counter(text_of(from_json(content)) for (content,) in rows).values())


def estimate(contest: Contest, voters: int) -> Patterns:
    """What a vote like this one may bring: a simulation, the same at each look.

    Each voter draws options one after the other, an option's chance falling with its place in a
    made-up popularity (1, 1/2, 1/3 ...), and fills a random number of places, full ones most often.
    People are less alike than that in some votes and more in others: it is an estimate.
    """
    chance = random.Random(f"{contest.kind}/{len(contest.by_id)}/{contest.max_choices}/{voters}")
    number = min(voters, MOST_SIMULATED)
    options = list(range(len(contest.by_id)))
    weights = [1 / (place + 1) for place in options]
    places = min(contest.max_choices or 8, len(options))
    found: Counter[tuple[int, ...]] = Counter()
    for _ in range(number):
        wanted = min(places, 1 + sum(chance.random() < 0.8 for _ in range(places - 1)))
        drawn = _draw(chance, options, weights, wanted) if options else ()
        if contest.kind == "points":
            drawn = tuple(one for pair in sorted((option, chance.randint(1, 5))
                                                 for option in drawn) for one in pair)
        elif contest.kind != "ranked":
            drawn = tuple(sorted(drawn))
        found[drawn] += 1
    seen = patterns(found.values())
    if number == voters:
        return seen
    # More voters are more alike: what the sample leaves unique is the most there can be.
    share = voters / number
    return Patterns(voters, round(seen.unique * share), round(seen.withheld * share))


def _draw(
    chance: random.Random, options: list[int], weights: list[float], wanted: int
) -> tuple[int, ...]:
    """So many different options, each draw by weight (exponential clocks)."""
    clocks = sorted((chance.expovariate(weights[one]), one) for one in options)
    return tuple(one for _time, one in clocks[:wanted])
