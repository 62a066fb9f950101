"""``python3 -m pb seat``: who sits at which table in each round, from plain files.

The plan goes to standard output, what it is worth to standard error (with ``--json`` both are in
the one object). Exit 2, with plain words, where the files or the wishes cannot be followed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from deliberation.panels.seat_files import FileFault, gathering_from_files
from deliberation.sortition.seating import Gathering, Seating, SeatingError, plan

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

SENTENCES = {
    "people.none": "There is nobody to seat.",
    "people.many": "{people} people are too many to seat together; {most} is the most.",
    "people.repeated": "“{person}” is there twice.",
    "tables.number": "There must be at least one table.",
    "rounds.number": "There must be at least one round.",
    "traits.length": "The column {column} has not a value for each person.",
    "person.unknown": "There is nobody with the id “{person}” (in {where}).",
    "group.small": "A group in {where} needs two people or more.",
    "pin.table": "“{person}” is pinned to table {table}, but there are {tables} tables.",
    "pin.round": "“{person}” is pinned in round {round}, which is not planned.",
    "absent.round": "“{person}” is absent in round {round}, which is not planned.",
    "round.few": "In round {round} there are {present} people for {tables} tables. "
    "Take fewer tables.",
    "apart.together": "{people} are to sit both together and apart.",
    "together.large": "{people} are to sit together, but in round {round} a table has {seats} "
    "seats. Take fewer tables, or part them.",
    "together.pinned": "{people} are to sit together, but are pinned to different tables in "
    "round {round}.",
    "apart.pinned": "{people} are to sit apart, but are pinned to one table in round {round}.",
    "pin.full": "In round {round}, {pinned} people are pinned to table {table}, which has {seats} "
    "seats. Tables are of one size, give or take one seat.",
    "together.fit": "In round {round} those who are to sit together do not fit into the tables.",
    "apart.impossible": "No plan was found that keeps {people} apart in round {round}. Take more "
    "tables, or keep fewer people apart.",
}


def sentence(error: SeatingError, rounds_past: int) -> str:
    """The error in plain words; rounds and tables are counted from 1."""
    shown = dict(error.parameters)
    for name, offset in (("round", rounds_past + 1), ("table", 1)):
        number = shown.get(name)
        if isinstance(number, int):
            shown[name] = number + offset
    names = shown.get("people")
    if isinstance(names, tuple):
        shown["people"] = " and ".join(f"“{name}”" for name in names)
    return SENTENCES[error.code].format(**shown)


class Refusal(click.ClickException):
    """Input that cannot be followed: exit 2."""

    exit_code = 2


def as_json(gathering: Gathering, seating: Seating) -> str:
    past = len(gathering.history)
    return json.dumps(
        {
            "rounds": seating.rounds,
            "distinct_pairs": seating.distinct_pairs,
            "possible_pairs": seating.possible_pairs,
            "violations": len(seating.imbalances),
            "most_meetings": seating.most_meetings,
            "imbalances": [
                {
                    "round": found.round + past + 1,
                    "table": found.table + 1,
                    "column": found.column,
                    "value": found.value,
                    "seated": found.seated,
                    "least": found.least,
                    "most": found.most,
                }
                for found in seating.imbalances
            ],
            "history": gathering.history,
        },
        ensure_ascii=False,
    )


def as_text(gathering: Gathering, seating: Seating) -> str:
    lines = []
    for number, tables in enumerate(seating.rounds, start=len(gathering.history) + 1):
        lines.append(f"Round {number}")
        lines += [f"  Table {at}: {', '.join(table)}" for at, table in enumerate(tables, start=1)]
    return "\n".join(lines)


def summary(gathering: Gathering, seating: Seating) -> str:
    most = {1: "once", 2: "twice"}.get(seating.most_meetings, f"{seating.most_meetings} times")
    lines = [
        f"{seating.distinct_pairs} of {seating.possible_pairs} pairs meet; "
        f"nobody sits with the same person more than {most}"
        + (", but for those who are to sit together." if gathering.together else ".")
    ]
    for found in seating.imbalances:
        share = str(found.least) if found.least == found.most else f"{found.least} or {found.most}"
        lines.append(
            f"Round {found.round + len(gathering.history) + 1}, table {found.table + 1}: "
            f"{found.seated} of {found.column} {found.value}, where {share} would be the share."
        )
    return "\n".join(lines)


@click.command("seat")
@click.argument("people", type=FILE)
@click.option("--tables", type=click.IntRange(min=1), required=True, help="How many tables.")
@click.option("--rounds", type=click.IntRange(min=1), required=True, help="Rounds to plan now.")
@click.option(
    "--balance", metavar="COLS", help="Columns whose values each table shares fairly: a,b,c."
)
@click.option("--apart", type=FILE, help="CSV: in each row the ids of people to keep apart.")
@click.option("--together", type=FILE, help="CSV: in each row the ids of people to keep together.")
@click.option("--pin", type=FILE, help="CSV: id, table and perhaps round; held in any case.")
@click.option("--absent", type=FILE, help="CSV: id and perhaps round.")
@click.option(
    "--history",
    type=FILE,
    help="Rounds that have happened: what --json printed, or CSV of round, table, id.",
)
@click.option(
    "--happened",
    type=click.IntRange(min=0),
    metavar="N",
    help="Of the history only the first N rounds have happened.",
)
@click.option("--id", "id_column", metavar="COLUMN", help="The column of ids.")
@click.option("--seed", default="1", show_default=True, help="Another seed, another plan.")
@click.option(
    "--steps",
    type=click.IntRange(min=0, max=100_000_000),
    help="Steps of the search; by default by the number of people and rounds.",
)
@click.option("--json", "print_json", is_flag=True, help="Print one JSON object.")
def seat_command(
    people: Path,
    tables: int,
    rounds: int,
    balance: str | None,
    apart: Path | None,
    together: Path | None,
    pin: Path | None,
    absent: Path | None,
    history: Path | None,
    happened: int | None,
    id_column: str | None,
    seed: str,
    steps: int | None,
    print_json: bool,
) -> None:
    """Seat the people of a CSV file at tables, round by round, so that they meet many others.

    The same files and seed give the same plan. Rounds of a history are kept and count as met;
    round numbers in --pin and --absent count on from it.
    """
    if happened is not None and history is None:
        raise Refusal("--happened needs --history.")
    past = 0
    try:
        gathering = gathering_from_files(
            people,
            tables=tables,
            rounds=rounds,
            balance=[column.strip() for column in (balance or "").split(",") if column.strip()],
            id_column=id_column,
            apart=apart,
            together=together,
            pin=pin,
            absent=absent,
            history=history,
            happened=happened,
        )
        past = len(gathering.history)
        seating = plan(gathering, seed, steps)
    except FileFault as fault:
        raise Refusal(str(fault)) from fault
    except SeatingError as error:
        raise Refusal(sentence(error, past)) from error
    if print_json:
        print(as_json(gathering, seating))
    else:
        print(as_text(gathering, seating))
        print(summary(gathering, seating), file=sys.stderr)
