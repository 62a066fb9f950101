"""``python3 -m pb backup FILE`` and ``pb restore FILE --data DIR``."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, inspect, select

from pb.commands import settings_or_exit
from pb.core import backup
from pb.core.database import Database, Model
from pb.core.site import Site

LEFT_OUT = backup.LeftOut(
    # While voting is open the roll knows each voter's envelope: that never leaves the server.
    columns={"roll": ("leaf", "ballot_id")},
    rows={
        # The kept answers of casts name envelopes as well, and open visits are nobody else's.
        "once": "command = 'ballots.cast'",
        "sessions": "1",
    },
)


def say(words: str) -> None:
    click.echo(words, err=True)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--data", type=click.Path(path_type=Path), help="The folder of the data (var/).")
def backup_command(file: Path, data: Path | None) -> None:
    """Copy database and pictures to one file, also while the server runs.

    The copy holds no key: keep the folder keys/ and the secret key in another place.
    """
    from pb import migrations
    from pb.app import make_site

    settings = settings_or_exit(data)
    site = make_site(settings)
    try:
        if not migrations.at_head(site.database):
            raise click.ClickException(
                "There is no database here, or an older one: run pb migrate first."
            )
        if not file.absolute().parent.is_dir():
            raise click.ClickException(f"There is no folder {file.absolute().parent}.")
        facts = make_backup(site, file)
    finally:
        site.close()
    say(f"Written: {file} ({file.stat().st_size:,} bytes).")
    for origin, head in facts["heads"].items():
        say(f"  {origin}: {head['size']} signed entries")
    say(f"It holds no key. Keep {settings.data / 'keys'} and the secret key in another place, "
        "and this file where nobody else can read it: it holds people's addresses.")


def make_backup(site: Site, file: Path) -> dict[str, Any]:
    """Write the archive; what it says of itself."""
    from pb import migrations

    with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.absolute().parent) as folder:
        copy = Path(folder) / backup.DATABASE
        if not site.database.sqlite:
            empty = Database(f"sqlite:///{copy}")
            migrations.upgrade(empty)
            empty.close()
        backup.copy_database(site.database, copy, LEFT_OUT)
        facts = {
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "base_url": site.settings.base_url,
            "secret": fingerprint(site),
            "heads": heads_in(copy),
        }
        backup.pack(file, copy, site.storage.folder, facts)
    return facts


def fingerprint(site: Site) -> str:
    """By which the secret key is known again without being told."""
    return site.secrets.tag("backup", "secret key")[:16]


def heads_in(path: Path) -> dict[str, dict[str, Any]]:
    """The newest signed head of each record in a copy."""
    from pb.record import queries

    file = Database(f"sqlite:///{path}")
    try:
        with file.engine.connect() as connection:
            found = {}
            for log in queries.all_logs(connection):
                head = queries.last_head(connection, log.process_id)
                if head is not None:
                    found[log.origin] = {"size": head.size, "root": head.root.hex()}
            return found
    finally:
        file.close()


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--data", required=True, type=click.Path(path_type=Path, file_okay=False),
              help="The folder for the data, without a database in it.")
def restore_command(file: Path, data: Path) -> None:
    """Lay a backup out in a folder, or in the empty database of PB_DATABASE_URL.

    Every record in it is checked against its signed heads before anything is kept.
    """
    from pb.app import make_site

    settings = settings_or_exit(data)
    site = make_site(settings)
    try:
        facts = restore(site, file)
        troubles = words_of_troubles(site)
        same_secret = fingerprint(site) == facts["secret"]
    except backup.BackupError as error:
        raise click.ClickException(str(error)) from None
    finally:
        site.close()
    say(f"Restored to {data}, as it was at {facts['made_at']}.")
    for origin, head in facts["heads"].items():
        say(f"  {origin}: {head['size']} signed entries, checked")
    if not same_secret:
        say("The secret key here is another one: codes on letters and links in mails do not work "
            "with it. Put the old secret.key into the folder, or set PB_SECRET_KEY.")
    for words in troubles:
        say(words)
    say("People have to sign in again. In an open vote, who had voted keeps their ballot and "
        "cannot change it: which envelope is whose is in no backup.")


def words_of_troubles(site: Site) -> list[str]:
    from pb.record import checks

    return [one.words for one in checks.troubles(site)]


def restore(site: Site, file: Path) -> dict[str, Any]:
    """Check an archive and take it into an empty place; what it says of itself.

    Errors: BackupError, with nothing changed.
    """
    from pb import migrations

    refuse_full(site)
    site.settings.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=site.settings.data) as folder:
        facts = backup.unpack(file, Path(folder))
        path = Path(folder) / backup.DATABASE
        copy = Database(f"sqlite:///{path}")
        try:
            migrations.upgrade(copy)
            check_records(copy)
            if not site.database.sqlite:
                migrations.upgrade(site.database)
                with copy.engine.connect() as reading, site.database.engine.connect() as writing:
                    backup.copy_tables(reading, writing)
            else:
                with copy.engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            copy.close()
        if site.database.sqlite:
            target = Path(site.database.url.removeprefix("sqlite:///"))
            site.database.close()
            path.replace(target)
        files = Path(folder) / backup.FILES
        if files.is_dir():
            shutil.copytree(files, site.storage.folder, dirs_exist_ok=True)
    return facts


def refuse_full(site: Site) -> None:
    """Errors: BackupError where a database with anything in it is there already."""
    if site.database.sqlite:
        path = Path(site.database.url.removeprefix("sqlite:///"))
        for name in (path.name, path.name + "-wal", path.name + "-shm"):
            if path.with_name(name).exists():
                raise backup.BackupError(
                    f"{path.with_name(name)} is there already. Restore to another folder."
                )
        return
    with site.database.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        for table in Model.metadata.sorted_tables:
            if table.name in there and connection.execute(
                select(func.count()).select_from(table)
            ).scalar_one():
                raise backup.BackupError(
                    f"The database has rows already (in {table.name}). Restore to an empty one."
                )


def check_records(database: Database) -> None:
    """Whether each record is what its heads say. Errors: BackupError."""
    from pb.record import checks, queries, tree

    with database.engine.connect() as connection:
        for log in queries.all_logs(connection):
            wrong = checks.whole(connection, log.process_id)
            if wrong is not None:
                raise backup.BackupError(
                    f"Entry {wrong} of the record {log.origin} is not what its hash says."
                )
            head = queries.last_head(connection, log.process_id)
            hashes = queries.hashes_of(connection, log.process_id, kept=False)
            try:
                same = head is None or tree.root(hashes, 0, head.size) == head.root
            except queries.Incomplete:
                same = False
            if not same:
                raise backup.BackupError(
                    f"The record {log.origin} in this backup is not the one that was signed."
                )
