"""``python3 -m pb witness URL``: watch somebody else's record."""

from __future__ import annotations

import time
from pathlib import Path

import click

from pb.record import witness


def _public(_context: click.Context, _option: click.Parameter, value: str | None) -> bytes | None:
    if value is None:
        return None
    try:
        found = bytes.fromhex("".join(value.split()))
    except ValueError:
        found = b""
    if len(found) != 32:
        raise click.BadParameter("a key has 64 hexadecimal digits.")
    return found


@click.command("witness")
@click.argument("url")
@click.option("--keep", type=click.Path(path_type=Path, dir_okay=False),
              help="The file for what is kept; else one in this folder, named by the address.")
@click.option("--key", callback=_public, metavar="HEX",
              help="The record's key, as a letter or the minutes give it.")
@click.option("--every", type=click.FloatRange(min=1), metavar="SECONDS",
              help="Look again and again, until something is refused.")
def witness_command(
    url: str, keep: Path | None, key: bytes | None, every: float | None
) -> None:
    """Witness the record of a process: fetch its signed head, check that it continues what was
    kept, and keep it.

    Ends with 1 when the record shrank, was forked, or is signed by another key; with 2 when the
    site gives no answer.
    """
    try:
        file = keep or witness.default_file(url)
        while True:
            kept = witness.read_kept(file)
            try:
                _say(witness.look(url, kept, key), file)
            except witness.Unreachable as error:
                click.echo(f"No answer: {error}", err=True)
                if every is None:
                    raise SystemExit(2) from None
            if every is None:
                return
            time.sleep(every)
    except witness.Refused as error:
        click.echo(f"REFUSED: {error}.", err=True)
        raise SystemExit(1) from None


def _say(seen: witness.Seen, file: Path) -> None:
    head = seen.head
    if seen.before is None:
        words = "the first head that is kept"
    elif seen.before == head.size:
        words = "nothing new"
    else:
        words = f"continues the {seen.before} entries that were kept"
    click.echo(f"{head.origin}: {head.size} entries, {words}.")
    click.echo(f"  root {head.root.hex()}")
    if seen.before is None:
        click.echo(f"  key  {seen.public.hex()}")
        click.echo(f"Kept in {file}. Look again later: only what continues this is accepted.",
                   err=True)
