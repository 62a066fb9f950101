"""Commands that run the app: serve, init, worker, migrate, test, messages."""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from pb.core.site import Site
from pb.settings import Settings, SettingsError, load

ROOT = Path(__file__).resolve().parent.parent


class JsonLines(logging.Formatter):
    """One JSON object a line, for machines that gather logs."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname, "logger": record.name, "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def set_up_logs(settings: Settings) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonLines() if settings.log_format == "json"
        else logging.Formatter("%(levelname)s %(name)s: %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def settings_or_exit(data: Path | None = None, **rest: object) -> Settings:
    try:
        return load(data=data, **rest)  # type: ignore[arg-type]
    except SettingsError as error:
        raise click.UsageError(str(error)) from None


def open_site(settings: Settings) -> Site:
    """A site whose database has today's tables."""
    from pb import migrations
    from pb.app import make_site

    site = make_site(settings)
    if not migrations.at_head(site.database):
        migrations.upgrade(site.database)
    return site


def serve(site: Site, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM, then end cleanly."""
    import uvicorn

    from pb.app import create_app

    config = uvicorn.Config(
        create_app(site), host=host, port=port, log_config=None, log_level="warning",
        access_log=False,
        proxy_headers=True, forwarded_allow_ips=site.settings.forwarded_allow_ips,
        server_header=False, timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    gc.freeze()  # what is here now stays: no search for garbage while serving looks at it again
    gc.set_threshold(50_000, 20, 20)
    # uvicorn raises the signal again after its shutdown; an ordered end is no failure.
    with contextlib.suppress(KeyboardInterrupt):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        server.run()
    site.close()
    if not server.started:
        raise click.ClickException(f"Nothing can be served on {host}:{port}: is it in use?")


def check_record(site: Site, reason: str | None = None) -> None:
    """Refuse to serve a public record that is not the one that was signed."""
    from pb.record import checks, keys

    try:
        found = checks.troubles(site)
    except keys.Unusable as error:
        site.close()
        raise click.ClickException(f"{error} Put a copy of the folder keys/ back.") from None
    if found and (reason or "").strip() and all(one.acceptable for one in found):
        checks.accept(site, found, (reason or "").strip())
        return
    if found:
        site.close()
        words = "\n".join(one.words for one in found)
        way = (
            "\nIf that cannot be had: pb serve --accept-rollback REASON, and "
            "the reason becomes a public entry of the record."
            if all(one.acceptable for one in found) else ""
        )
        raise click.ClickException(words + way)


def check_clock(site: Site, accepted: bool = False) -> None:
    """Refuse to serve by a clock that stands before what was done already: votes that are over
    would be open again."""
    from sqlalchemy import func, select

    from pb.core.audit import AuditRow
    from pb.core.clock import TOLERANCE

    now = site.clock()
    with site.database.reading() as session:
        last = session.scalar(select(func.max(AuditRow.at)))
    if last is None or last <= now + TOLERANCE or accepted:
        return
    site.close()
    raise click.ClickException(
        f"The clock says {now:%Y-%m-%d %H:%M} UTC, but the log has an entry of "
        f"{last:%Y-%m-%d %H:%M} UTC. Put the clock right and start again. "
        "If it was wrong then and is right now: --accept-clock."
    )


ACCEPT_CLOCK = click.option(
    "--accept-clock", is_flag=True,
    help="Start although the clock stands before the log's last entry.",
)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--data", type=click.Path(path_type=Path), help="The folder for data (var/).")
@click.option("--accept-rollback", metavar="REASON",
              help="Serve a record that lost entries, with a public entry that says why.")
@ACCEPT_CLOCK
def serve_command(
    host: str, port: int, data: Path | None, accept_rollback: str | None, accept_clock: bool
) -> None:
    """Serve the app. Settings come from the environment; README lists them."""
    settings = settings_or_exit(data)
    set_up_logs(settings)
    site = open_site(settings)
    check_clock(site, accept_clock)
    check_record(site, accept_rollback)
    click.echo(f"Serving {settings.base_url} on {host}:{port}. Ctrl-C ends it.", err=True)
    serve(site, host, port)


@click.command("worker")
@click.option("--data", type=click.Path(path_type=Path))
@ACCEPT_CLOCK
def worker_command(data: Path | None, accept_clock: bool) -> None:
    """Run the jobs (mails, counts, closing) until stopped. For PostgreSQL with many servers."""
    from pb.core.jobs import Worker

    settings = settings_or_exit(data)
    if settings.sqlite:
        raise click.ClickException(
            "On SQLite the server runs the jobs itself: SQLite takes one process that writes."
        )
    set_up_logs(settings)
    site = open_site(settings)
    check_clock(site, accept_clock)
    check_record(site)
    worker = Worker(site)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    worker.start()
    click.echo("Working. Ctrl-C ends it.", err=True)
    stopped.wait()
    worker.stop()
    site.close()


@click.command("migrate")
@click.option("--data", type=click.Path(path_type=Path))
def migrate_command(data: Path | None) -> None:
    """Bring the database to the state that this version needs."""
    from pb import migrations
    from pb.app import make_site

    site = make_site(settings_or_exit(data))
    if migrations.at_head(site.database):
        click.echo("The database is up to date.", err=True)
    else:
        migrations.upgrade(site.database)
        click.echo("The database has been brought up to date.", err=True)
    site.close()


def _zone(_context: click.Context, _option: click.Parameter, value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise click.BadParameter(f"{value!r} is no time zone; try Europe/London.") from None
    return value


@click.command("init")
@click.option("--name", prompt="The council's name in English", help="In English.")
@click.option("--name-cy", default="", help="In Welsh.")
@click.option("--languages", default="en,cy", show_default=True)
@click.option("--time-zone", default="Europe/London", show_default=True, callback=_zone)
@click.option("--official", prompt="The first official's name", help="The first official's name.")
@click.option("--email", prompt="and mail address", help="Their mail address.")
@click.option("--data", type=click.Path(path_type=Path))
def init_command(
    name: str, name_cy: str, languages: str, time_zone: str, official: str, email: str,
    data: Path | None,
) -> None:
    """Set up a council: its name, languages, time zone, and the first official.

    Prints a sign-in link for the official; it works once, for an hour.
    """
    from pb.core.errors import AppError
    from pb.core.work import SYSTEM
    from pb.processes import services

    chosen = [part.strip() for part in languages.split(",") if part.strip()]
    if not chosen or not set(chosen) <= {"en", "cy"}:
        raise click.BadParameter("give en, cy, or both: en,cy", param_hint="--languages")
    if "@" not in email:
        raise click.BadParameter(f"{email!r} is no mail address", param_hint="--email")
    settings = settings_or_exit(data)
    site = open_site(settings)
    try:
        token = site.work.run(
            services.install, SYSTEM,
            {"en": name, **({"cy": name_cy} if name_cy else {})}, chosen, time_zone, official,
            email,
        )
    except AppError as error:
        raise click.ClickException(
            site.reader("en").sentence(error.code, **error.parameters)
        ) from None
    finally:
        site.close()
    click.echo("The council is set up. Sign in once, within the hour:", err=True)
    click.echo(f"{settings.base_url}/sign-in/link/{token}")


@click.command(
    "test", context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test_command(arguments: tuple[str, ...]) -> None:
    """Run the whole suite; arguments go on to pytest. With ``--sabotage`` as the first one, break
    the app line by line instead and see that each line's test notices."""
    os.chdir(ROOT)
    if arguments[:1] == ("--sabotage",):
        os.execv(sys.executable, [sys.executable, "-m", "tests.sabotage", *arguments[1:]])
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])


@click.command("messages")
@click.option("--check", is_flag=True, help="Change nothing; fail where a catalogue is behind.")
def messages_command(check: bool) -> None:
    """Bring the catalogues in step with the sentences in code and templates."""
    from pb.core.messages import update_catalogues

    behind = update_catalogues(ROOT, write=not check)
    for line in behind:
        click.echo(line, err=True)
    if check and behind:
        raise SystemExit(1)
