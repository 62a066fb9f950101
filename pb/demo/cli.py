"""``python3 -m pb demo``: an invented town, built and served, ready to be signed in to."""

from __future__ import annotations

import json
import os
import shutil
import socket
import threading
import webbrowser
from pathlib import Path

import click

from pb.commands import open_site, serve, set_up_logs, settings_or_exit

MARK = "demo.json"
"""Says that a folder holds a finished demo, so that --fresh never deletes anything else."""
BUILT = 7
"""Raised when the town changes: an older one is built anew."""


def say(words: str) -> None:
    click.echo(words, err=True)


@click.command("demo")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("var"),
              show_default=True, help="The folder for the town's data.")
@click.option("--fresh", is_flag=True, help="Build the town anew.")
@click.option("--no-browser", is_flag=True, help="Open no browser.")
@click.option("--links", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the sign-in links to this file, as JSON by role.")
def demo_command(
    port: int, data: Path, fresh: bool, no_browser: bool, links: Path | None
) -> None:
    """Build an invented town and serve it on this machine.

    Prints one-time sign-in links for a citizen, a facilitator, two officials and an auditor.
    """
    from pb.core.work import SYSTEM
    from pb.demo.build import build, make_links
    from pb.demo.jury import keep_today

    refuse_taken_port(port)
    clear(data, fresh)
    os.environ.pop("PB_DATABASE_URL", None)  # the demo is on SQLite, in its own folder
    settings = settings_or_exit(data, base_url=f"http://127.0.0.1:{port}", demo=True)
    set_up_logs(settings)
    site = open_site(settings)
    try:
        if not (data / MARK).exists():
            build(site, say)
            (data / MARK).write_text(json.dumps({"built": BUILT}) + "\n", encoding="utf-8")
        site.work.run(keep_today, SYSTEM)
        made = site.work.run(make_links, SYSTEM)
    except BaseException:
        site.close()
        raise
    if links:
        links.parent.mkdir(parents=True, exist_ok=True)
        links.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    say(f"\nAberwennol is at {settings.base_url}/ (Ctrl-C ends it).")
    say("Everybody in it is invented. To look around as one of them, use a link, once:\n")
    for role, link in made.items():
        click.echo(f"  {role + ':':14}{link}")
    say("")
    if not no_browser:
        threading.Timer(1.0, webbrowser.open, [settings.base_url]).start()
    serve(site, "127.0.0.1", port)


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(
                f"Port {port} is taken on this machine. Choose another: --port {port + 1}"
            ) from None


def clear(data: Path, fresh: bool) -> None:
    """Take away an unfinished, older or unwanted demo; never what is not a demo's."""
    mark, database = data / MARK, data / "pb.sqlite3"
    if not mark.exists():
        if database.exists() and not (data / "demo.part").exists():
            raise click.ClickException(
                f"{data} holds a database that is not a demo's. Choose another folder with --data."
            )
    elif not fresh and json.loads(mark.read_text(encoding="utf-8")).get("built") == BUILT:
        return
    data.mkdir(parents=True, exist_ok=True)
    (data / "demo.part").touch()
    mark.unlink(missing_ok=True)
    for path in data.glob("pb.sqlite3*"):
        path.unlink()
    for folder in ("files", "mail", "keys"):
        shutil.rmtree(data / folder, ignore_errors=True)
