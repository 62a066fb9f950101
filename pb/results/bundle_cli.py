"""``python3 -m pb bundle PROCESS --out FILE``: a whole vote in one file, with its check."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import select

from pb.commands import open_site, settings_or_exit
from pb.core.errors import AppError
from pb.core.i18n import LANGUAGES
from pb.core.site import Site
from pb.core.work import SYSTEM
from pb.processes.models import Process


def say(words: str) -> None:
    click.echo(words, err=True)


@click.command("bundle")
@click.argument("process", required=False)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False),
              help="The file to write.")
@click.option("--data", type=click.Path(path_type=Path), help="The folder of the data (var/).")
@click.option("--demo", is_flag=True,
              help="Hold an invented vote from the first cast to the result, and bundle it.")
def bundle_command(process: str | None, out: Path, data: Path | None, demo: bool) -> None:
    """Write rules, record, ballots and result of a vote to one file, with verify.py to check it.

    PROCESS is the last part of the vote's address. The result must be published.
    """
    if demo == bool(process):
        raise click.UsageError("Name a process, or use --demo.")
    if not out.absolute().parent.is_dir():
        raise click.ClickException(f"There is no folder {out.absolute().parent}.")
    with ExitStack() as stack:
        if demo:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pb-bundle-")))
            site, process = demo_site(folder)
        else:
            site = open_site(settings_or_exit(data))
        stack.callback(site.close)
        try:
            pack(site, str(process), out)
        except AppError as error:
            words = site.reader(LANGUAGES[0]).sentence(error.code, **error.parameters)
            raise click.ClickException(words) from None


def pack(site: Site, slug: str, out: Path) -> None:
    """Sign the head, write the bundle and say how to check it. Errors: Conflict."""
    from pb.record import services as record
    from pb.results import bundle

    with site.database.reading() as session:
        process_id = session.scalar(select(Process.id).where(Process.slug == slug))
    if process_id is None:
        raise click.ClickException(f"There is no process {slug!r} here.")
    record.sign_now(site, process_id)
    source = bundle.write(site, process_id, out)
    say(f"Written: {out} ({out.stat().st_size:,} bytes, {source.head.size:,} entries).")
    say(f"Check it: python3 -I {bundle.VERIFY} {out} --key {record.public_key(site).hex()}")


def demo_site(folder: Path) -> tuple[Site, str]:
    """The demo's town on the day after its open vote has closed: cast, sealed, opened, counted."""
    from pb.app import make_site
    from pb.ballots import jobs as boxes
    from pb.core import jobs
    from pb.core.clock import utc_now
    from pb.demo.build import OPEN, add_council, add_process, add_votes
    from pb.demo.town import Town
    from pb.processes.rules import phase_of_kind
    from pb.record import heads
    from pb.results.services import count_and_publish_now

    os.environ.pop("PB_DATABASE_URL", None)
    ahead = timedelta()
    settings = settings_or_exit(folder, base_url="https://demo.example", demo=True)
    open_site(settings).close()  # makes the tables
    site = make_site(settings, lambda: utc_now() + ahead)
    town = Town()
    say("Building an invented town and its vote ...")
    site.work.run(add_council, SYSTEM, town)
    process_id: int = site.work.run(add_process, SYSTEM, town, OPEN)
    number = site.work.run(add_votes, SYSTEM, town, OPEN)
    say(f"  {number:,} ballots go into the box")
    boxes.open_boxes(site)
    heads.sign_all(site)
    say(f"  {vote_again(site, process_id):,} voters change their mind")
    heads.sign_all(site)
    with site.database.reading() as session:
        voting = phase_of_kind(session.get_one(Process, process_id), "voting")
        assert voting is not None and voting.closes_at is not None
        ahead = voting.closes_at + timedelta(hours=12) - utc_now()
    say("  The box is closed and opened, the ballots are counted")
    jobs.run_due(site)
    boxes.close_boxes(site)
    jobs.run_due(site)
    count_and_publish_now(site, process_id, final=False)
    return site, OPEN


def vote_again(site: Site, process_id: int, most: int = 40) -> int:
    """Some voters replace their ballot by a blank one; how many."""
    from pb.ballots import casting
    from pb.ballots.content import blank
    from pb.ballots.models import RollEntry
    from pb.ballots.snapshots import snapshot_of
    from pb.core.security import random_code

    with site.database.reading() as session:
        vote = snapshot_of(site, lambda: session, process_id, site.clock())
        rolls = session.execute(
            select(RollEntry.id, RollEntry.area_id)
            .where(RollEntry.process_id == process_id, RollEntry.leaf.is_not(None))
            .order_by(RollEntry.tag).limit(most)
        ).all()
    assert vote is not None and vote.box is not None
    for roll_id, area_id in rolls:
        contest = vote.contests[area_id]
        envelope = casting.seal(
            vote.box, process_id, contest, area_id, blank(contest.kind), random_code(12)
        )
        site.work.run(casting.cast, SYSTEM, process_id, roll_id, envelope)
    return len(rolls)
