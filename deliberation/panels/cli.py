"""`python3 -m pb draw`: a panel by lot, from two files, with its record and proof."""

import json
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from deliberation.panels import words
from deliberation.sortition import feasibility, frame, lottery
from deliberation.sortition.draw import draw
from deliberation.sortition.faults import Fault, InputError, LotteryError, TimeUp
from deliberation.sortition.pool import Pool, parse_people
from deliberation.sortition.replacements import vacancies
from deliberation.sortition.solver import Clock
from deliberation.sortition.targets import Targets, decode, parse_targets
from deliberation.sortition.types import group

BAD_INPUT = 2  # also: targets that cannot be met
NO_TIME = 3  # the time limit came before there was anything to show

Parsed = TypeVar("Parsed")

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Probability(click.ParamType[Fraction]):
    """A chance above 0 and up to 1: 0.25, 1/4 or 25%."""

    name = "chance"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Fraction:
        text = str(value).strip()
        try:
            chance = Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)
        except (ValueError, ZeroDivisionError):
            self.fail(f"“{text}” is not a chance, such as 0.25 or 25%", param, ctx)
        if not 0 < chance <= 1:
            self.fail(f"“{text}” is not above 0 and up to 1", param, ctx)
        return chance


@click.command("draw")
@click.option("--people", "people_file", type=FILE, help="The pool, as CSV.")
@click.option("--targets", "targets_file", type=FILE, help="The targets, as CSV.")
@click.option("--seats", type=click.IntRange(min=1), help="Seats on the panel.")
@click.option(
    "--panels",
    type=click.IntRange(min=1, max=1_000_000),
    help="Panels in the portfolio. [default: 1,000; 10,000 for a pool above 5,000]",
)
@click.option("--seed", help="The seed of ties, dealing and draw. [default: a fresh one, shown]")
@click.option(
    "--id",
    "id_column",
    help="The column of ids. [default: id, unique_id or nationbuilder_id, else the row's number]",
)
@click.option(
    "--household",
    "household_columns",
    multiple=True,
    help="The column that people of one household share: at most one of them gets a seat. "
    "Repeat it where two columns together tell (address, postcode).",
)
@click.option("--ceiling", type=Probability(), help="The highest chance anybody may have.")
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), help="Seconds.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write the record here."
)
@click.option(
    "--sitting",
    "sitting_file",
    type=FILE,
    help="Replacements: ids of who sits and stays, one a line; the rest of --seats is drawn.",
)
@click.option(
    "--withdrawn",
    "withdrawn_file",
    type=FILE,
    help="Ids of who is not available any more, one a line.",
)
@click.option(
    "--after",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The record that this draw continues; the new record is chained to it.",
)
@click.option(
    "--verify",
    "verify_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Check a record instead of drawing.",
)
def draw_command(
    people_file: Path | None,
    targets_file: Path | None,
    seats: int | None,
    panels: int | None,
    seed: str | None,
    id_column: str | None,
    household_columns: tuple[str, ...],
    ceiling: Fraction | None,
    time_limit: float | None,
    as_json: bool,
    out: Path | None,
    sitting_file: Path | None,
    withdrawn_file: Path | None,
    after: Path | None,
    verify_folder: Path | None,
) -> None:
    """Draws a panel by lot that meets the targets, as fairly as the pool allows.

    Standard output has the ids drawn, one a line, or with --json one object. Exit 2 where the
    files are wrong or no panel can meet the targets, with what would help.
    """
    if verify_folder is not None:
        _verify(verify_folder, after)
        return
    if people_file is None or targets_file is None or seats is None:
        raise click.UsageError("--people, --targets and --seats are needed, or --verify.")
    if out is not None and out.exists() and any(out.iterdir()):
        raise click.UsageError(f"The folder {out} is not empty; a record needs one of its own.")
    started = time.monotonic()
    if seed is None:
        seed = secrets.token_hex(16)
        _say(f"Seed: {seed}")
    targets = _read(targets_file, lambda text: parse_targets(text))
    pool = _read(
        people_file, lambda text: parse_people(text, targets, id_column, household_columns)
    )
    if sitting_file is not None or withdrawn_file is not None:
        pool, targets, seats = _vacancies(pool, targets, seats, sitting_file, withdrawn_file)
    if not as_json:
        _say(f"{len(pool.people)} people, {len(targets.rows)} targets, {seats} seats.")
    held = _hold(pool, targets, seats, panels, seed, ceiling, time_limit)
    drawn = held.panels[draw(held)]
    if out is not None:
        from deliberation.sortition import record

        previous = None if after is None else record.fingerprint(after)
        fingerprint, _ = record.write(held, pool, targets, out, previous=previous)
        _say(f"The record is in {out}; its fingerprint is {fingerprint}.")
    report = _report(held, pool, targets, drawn, time.monotonic() - started)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        for name in report.drawn:
            click.echo(name)
    _tell(held, report, targets, pool)


@dataclass(frozen=True)
class Report:
    """What --json prints, under the same names."""

    seats: int
    pool: int
    types: int
    bound: float
    zero_chance: list[str]
    panels: int
    probabilities: dict[str, float]
    min_probability: float
    max_shortfall: float
    gini: float
    certificate_ok: bool
    exact: bool
    gap: float
    drawn: list[str]
    seconds: float

    def as_json(self) -> dict[str, object]:
        return dict(self.__dict__)


def _report(
    held: lottery.Lottery,
    pool: Pool,
    targets: Targets,
    drawn: tuple[int, ...],
    seconds: float,
) -> Report:
    chances = held.probabilities
    return Report(
        held.seats,
        len(held.ids),
        len(set(held.type_of)),
        float(held.best_bound),
        [held.ids[person] for person in held.zero_chance],
        len(held.panels),
        {name: float(chance) for name, chance in zip(held.ids, chances, strict=True)},
        float(held.lowest),
        max(0.0, held.largest_shortfall),
        held.gini,
        lottery.certificate_holds(held, pool, targets),
        held.exact,
        held.best_gap,
        [held.ids[person] for person in drawn],
        round(seconds, 3),
    )


def _tell(held: lottery.Lottery, report: Report, targets: Targets, pool: Pool) -> None:
    """The outcome in words, to standard error."""
    _say(
        f"The lowest chance is {report.min_probability:.4f}; no lottery can give the worst off "
        f"more than {report.bound:.4f}"
        + (" (proved)." if report.certificate_ok else " (not proved in full).")
    )
    if held.zero_chance:
        _say(
            f"{len(held.zero_chance)} people have no chance: no panel with them meets the targets."
        )
        types = group(pool)
        drawn_from = frame.build(types, targets, held.seats)
        kinds = sorted({types.of_people()[person] for person in held.zero_chance})
        for kind in kinds[:10]:
            try:
                found = feasibility.smallest_relaxation(drawn_from, Clock(10.0), kind) or ()
            except TimeUp:
                _say("  Why was not found out in time.")
                break
            names = ", ".join(held.ids[person] for person in types.members[kind])
            _say(f"  {names}: would need {words.changes(found) or 'others in the household out'}")
        if len(kinds) > 10:
            _say(f"  and {len(kinds) - 10} more kinds of people.")
    if not held.exact:
        _say(
            "The time limit came before the method ended. The lowest chance could still rise by "
            f"at most {held.best_gap:.4f}."
        )
    if "ceiling.passed" in held.notes:
        _say(f"The ceiling could not be kept: the highest chance is {max(held.probabilities)}.")


def _hold(
    pool: Pool,
    targets: Targets,
    seats: int,
    panels: int | None,
    seed: str,
    ceiling: Fraction | None,
    time_limit: float | None,
) -> lottery.Lottery:
    shown = 0.0

    def progress(stage: str, done: int, of: int) -> None:
        nonlocal shown
        if sys.stderr.isatty() and time.monotonic() - shown > 0.2:
            shown = time.monotonic()
            click.echo(f"\r{stage} {done}" + (f" of {of} " if of else " "), err=True, nl=False)

    try:
        return lottery.hold(
            pool,
            targets,
            seats,
            seed=seed,
            panels=panels,
            ceiling=ceiling,
            time_limit=time_limit,
            progress=progress,
        )
    except LotteryError as error:
        _fail(error, pool, targets, seats)


def _fail(error: LotteryError, pool: Pool, targets: Targets, seats: int) -> NoReturn:
    """Says why no lottery was held and what would help; ends."""
    if error.code == "time.no_panel":
        _say("The time limit came before a first panel was found. Allow more time.")
        raise SystemExit(NO_TIME)
    if error.code == "ceiling.too_low":
        lowest = error.values["lowest"]
        assert isinstance(lowest, float)
        _say(f"No lottery keeps under this ceiling; the lowest possible is {lowest:.4f}.")
        raise SystemExit(BAD_INPUT)
    if error.code != "targets.infeasible":
        raise error
    _say("No panel can meet these targets.")
    drawn_from = frame.build(group(pool), targets, seats)
    for fault in feasibility.plain_reasons(drawn_from):
        _say(f"  {words.sentence(fault)}")
    try:
        help_ = feasibility.smallest_relaxation(drawn_from, Clock(60.0))
    except TimeUp:
        _say("What would help was not found out in time.")
        raise SystemExit(BAD_INPUT) from None
    if help_:
        _say(f"The smallest change that helps: {words.changes(help_)}.")
    elif len(pool.people) >= seats:
        _say(f"Households: too few of them for {seats} seats with one seat a household.")
    raise SystemExit(BAD_INPUT)


def _read(file: Path, parse: Callable[[str], Parsed]) -> Parsed:
    """Reads and parses a file; on faults says each with its row and column, and ends."""
    try:
        return parse(decode(file.read_bytes()))
    except InputError as error:
        _refuse(file, error.faults)


def _refuse(file: Path, faults: tuple[Fault, ...]) -> NoReturn:
    for fault in faults[:50]:
        _say(words.sentence(fault, file.name))
    if len(faults) > 50:
        _say(f"and {len(faults) - 50} more.")
    raise SystemExit(BAD_INPUT)


def _vacancies(
    pool: Pool,
    targets: Targets,
    seats: int,
    sitting_file: Path | None,
    withdrawn_file: Path | None,
) -> tuple[Pool, Targets, int]:
    """What is left to draw for a panel of which some sit already."""

    def names(file: Path | None) -> tuple[str, ...]:
        if file is None:
            return ()
        lines = _read(file, str.splitlines)
        return tuple(line.strip() for line in lines if line.strip())

    try:
        left = vacancies(pool, targets, seats, names(sitting_file), names(withdrawn_file))
    except InputError as error:
        for fault in error.faults:
            _say(words.sentence(fault))
        raise SystemExit(BAD_INPUT) from None
    return left.pool, left.targets, left.seats


def _verify(folder: Path, after: Path | None) -> None:
    """Checks a record; exit 1 with every finding where it does not hold."""
    from deliberation.sortition import record

    findings = record.check(folder, previous=after)
    for finding in findings:
        _say(str(finding))
    if findings:
        raise SystemExit(1)
    click.echo("The record holds.")


def _say(text: str) -> None:
    click.echo(text, err=True)
