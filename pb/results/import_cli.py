"""``python3 -m pb import FILE``: a real election, counted again and shown like our own.

Standard output carries only the address of the result; progress goes to standard error.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import click

from pb.commands import open_site, settings_or_exit
from pb.core.errors import AppError
from pb.core.site import Site
from pb.core.work import SYSTEM
from pb.results import importing, services
from pb.results.cli_faults import fault_sentence
from pb.results.models import Count
from voting.formats import Election, Fault, FormatError, read
from voting.tally import Tally

HEAD = 65_536
MOST_REMARKS = 20
"""How many single faults are told before they are only counted."""

REASONS = {
    "import.exists": "A process is already at {slug!r}. Choose another --process NAME.",
    "import.scale": "The file's amounts have more decimals than {currency} has.",
    "count.failed": "The votes cannot be counted: {reason}.",
}


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--process", "name", help="The name of the process to make (the file's own).")
@click.option("--data", type=click.Path(path_type=Path), help="The folder for data (var/).")
def import_command(file: Path, name: str | None, data: Path | None) -> None:
    """Make a finished process of FILE (.pb, Scottish CSV, .blt ...), count and publish it.

    Prints the address of its result.
    """
    election, source = _read(file)
    site = open_site(settings_or_exit(data))
    try:
        slug = run_import(site, name or _name(election, file), election, source)
    except AppError as error:
        reason = REASONS.get(error.code, error.code).format(**error.parameters)
        click.echo(f"{file}: {reason}", err=True)
        raise SystemExit(2) from None
    finally:
        site.close()
    click.echo(f"{site.settings.base_url}/processes/{slug}/result")


def _name(election: Election, file: Path) -> str:
    return (election.title or file.stem.replace("_", " ")).strip()[:150]


def _read(file: Path) -> tuple[Election, importing.Source]:
    """The file's election and what is known of the file; exit 2 with a line a fault."""
    try:
        content = file.read_bytes()
        election = read(file)
    except FormatError as error:
        for fault in error.faults:
            _say(file, fault)
        raise SystemExit(2) from None
    except OSError as error:
        click.echo(f"{file}: cannot be read: {error.strerror or error}", err=True)
        raise SystemExit(2) from None
    for fault in election.faults[:MOST_REMARKS]:
        _say(file, fault)
    if len(election.faults) > MOST_REMARKS:
        click.echo(f"{file}: {len(election.faults) - MOST_REMARKS} more like these", err=True)
    facts = importing.facts_of(content[:HEAD].decode("utf-8", "replace"))
    return election, importing.Source(file.name, hashlib.sha256(content).hexdigest(), facts)


def _say(file: Path, fault: Fault) -> None:
    place = f"{file}:{fault.line}" if fault.line else str(file)
    click.echo(f"{place}: {fault_sentence(fault)}", err=True)


def run_import(
    site: Site, name: str, election: Election, source: importing.Source
) -> str:
    """Make, fill, count and publish; the new process's slug. Errors: AppError."""
    process_id: int = site.work.run(importing.begin_import, SYSTEM, name, election, source)
    done = False
    try:
        ballots = sum(election.groups.values())
        click.echo(
            f"{name}: {len(election.contest.options)} options, {ballots:,} ballots", err=True
        )
        for chunk in importing.chunks(election.groups):
            site.work.run(importing.add_ballots, SYSTEM, process_id, chunk)
        click.echo("Counting, twice ...", err=True)
        count_id = services.count_and_publish_now(site, process_id, final=True)
        slug: str = site.work.run(importing.finish_import, SYSTEM, process_id)
        done = True
    finally:
        if not done:
            site.work.run(importing.discard_import, SYSTEM, process_id)
    _report(site, count_id, election.expected)
    return slug


def _report(site: Site, count_id: int, expected: Any) -> None:
    """Say how the result compares with the one that the file records, where it does."""
    with site.database.reading() as session:
        tally = Tally.from_dict(session.get_one(Count, count_id).tally)
    if tally.allocation is None:
        click.echo(f"Elected: {', '.join(tally.elected) or 'nobody'}", err=True)
        return
    funded = set(tally.allocation.selected)
    click.echo(f"Funded: {len(funded)} of {len(tally.why)}", err=True)
    if "selected" in expected:
        recorded = set(expected["selected"])
        differ = len(funded ^ recorded)
        click.echo(
            "The file records the same result." if not differ
            else f"The file records another result: {differ} options differ.",
            err=True,
        )
