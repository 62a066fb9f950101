"""``python3 -m pb count FILE``: a file of an election in, its result out.

Standard output carries only the result. What was refused, and why, goes to standard error,
one line a fault with file and line; so do errors, which end with exit code 2.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, cast

import click

from pb.results.cli_faults import fault_sentence
from pb.results.cli_text import Report, money
from voting.contest import WHOLE, Contest, ContestError
from voting.count import count
from voting.formats import Election, Fault, FormatError, read
from voting.methods import METHODS
from voting.tally import Tally


@click.command("count")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--method", type=click.Choice(sorted(METHODS)), help="the rule to count by")
@click.option("--seats", type=click.IntRange(min=0), help="how many are to be elected")
@click.option("--budget", help="the money to be spent, in the file's own unit")
@click.option(
    "--lot-order",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="a file with all option ids, one a line: ties go to the earlier one",
)
@click.option("--setting", "settings", multiple=True, help="NAME=VALUE, a setting of the rule")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
@click.option("--crosscheck", is_flag=True, help="count again by an independent library")
def count_command(
    file: Path,
    method: str | None,
    seats: int | None,
    budget: str | None,
    lot_order: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
    crosscheck: bool,
) -> None:
    """Count the ballots in FILE and print the result."""
    try:
        election = read(file)
    except FormatError as error:
        _give_up(file, error.faults)
    except OSError as error:
        _give_up(file, [Fault(0, "file.unreadable", {"detail": error.strerror or str(error)})])
    for fault in election.faults:
        _say(file, fault)
    method_from = "command" if method else "file" if election.method_recorded else "usual"
    try:
        contest = _contest(election, method, seats, budget, _settings(settings))
        order = _lot_order(lot_order, contest) if lot_order else ()
        tally = count(contest, election.groups, order, refused=election.refused)
    except ContestError as error:
        _give_up(file, [Fault(0, error.code, error.parameters)])
    for note in tally.notes:
        if note.code == "refused":
            told = dict(note.parameters)
            _say(file, Fault(0, str(told.pop("fault")), told, cast(int, told["ballots"])))
    second = _second_count(contest, election, tally, order) if crosscheck else None
    if as_json:
        click.echo(
            json.dumps(_as_json(tally, election, contest, method_from, second), ensure_ascii=False)
        )
    else:
        for line in Report(election, contest, tally, method_from, second).lines():
            click.echo(line)


def _say(file: Path, fault: Fault) -> None:
    place = f"{file}:{fault.line}" if fault.line else str(file)
    click.echo(f"{place}: {fault_sentence(fault)}", err=True)


def _give_up(file: Path, faults: Any) -> Any:
    for fault in faults:
        _say(file, fault)
    raise SystemExit(2)


def _settings(texts: tuple[str, ...]) -> dict[str, object]:
    """NAME=VALUE pairs; a value that is JSON (a number, true, null, a list) is taken as such."""
    settings: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise ContestError("contest.setting", setting=text, value="")
        try:
            settings[name] = json.loads(value)
        except json.JSONDecodeError:
            settings[name] = value
    return settings


def _contest(
    election: Election,
    method: str | None,
    seats: int | None,
    budget: str | None,
    settings: Mapping[str, object],
) -> Contest:
    """The file's contest with what the command line changes."""
    contest = election.contest
    if method is not None and method != contest.method:
        # The settings in a file are those of its own rule.
        contest = replace(contest, method=method, settings={})
    if settings:
        contest = replace(contest, settings={**contest.settings, **settings})
    if seats is not None:
        contest = replace(contest, seats=seats)
        if method is None and not election.method_recorded and contest.method == "irv":
            # The usual rule for one seat fills no others.
            contest = replace(contest, method="irv" if seats < 2 else "scottish-stv")
    if budget is not None:
        if set(contest.budgets) - {WHOLE}:
            raise ContestError("contest.budget_of_areas")
        try:
            minor = Decimal(budget) * election.money_scale
        except InvalidOperation:
            raise ContestError("contest.budget", budget=budget) from None
        if not minor.is_finite() or minor != minor.to_integral_value():
            raise ContestError("contest.budget", budget=budget)
        contest = replace(contest, budgets={WHOLE: int(minor)})
    return contest


def _lot_order(file: Path, contest: Contest) -> tuple[str, ...]:
    """The option ids of a file, one a line, every option once; else faults and the end."""
    faults: list[Fault] = []
    order: dict[str, None] = {}
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        _give_up(file, [Fault(0, "file.unreadable", {"detail": str(error)})])
    for number, line in enumerate(lines, 1):
        option = line.strip()
        if not option:
            continue
        if option not in contest.by_id:
            faults.append(Fault(number, "lot.unknown", {"option": option}))
        elif option in order:
            faults.append(Fault(number, "lot.repeated", {"option": option}))
        order[option] = None
    faults += [
        Fault(0, "lot.missing", {"option": option.id})
        for option in contest.options
        if option.id not in order
    ]
    if faults:
        _give_up(file, faults)
    return tuple(order)


def _second_count(
    contest: Contest, election: Election, tally: Tally, order: tuple[str, ...]
) -> dict[str, Any]:
    """Whether an independent library comes to the same, as JSON values."""
    if tally.allocation is None:
        from voting.crosscheck import second_count

        return second_count(contest, election.groups, tally).to_dict()
    from voting.crosscheck_budgets import second_count as second_count_of_budgets

    return second_count_of_budgets(contest, election.groups, tally, lot_order=order).to_dict()


def _as_json(
    tally: Tally,
    election: Election,
    contest: Contest,
    method_from: str,
    second: Mapping[str, Any] | None,
) -> dict[str, object]:
    """The tally with what only the file knows; money in the file's own unit."""
    data = {**tally.to_dict(), "method_from": method_from, "format": election.format}
    if tally.allocation is not None:
        scale = election.money_scale
        total = sum(contest.budgets.values())
        data |= {
            "budget": money(total, scale),
            "cost": money(tally.allocation.cost, scale),
            "minor_units": scale,
        }
    if second is not None:
        data["second_count"] = dict(second)
    return data
