"""A served site and Chromium: ``live`` (with its address), ``browser``, ``new_page``, ``axe``."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from pb.app import create_app
from pb.core.site import Site
from pb.demo.build import build as build_town
from tests.support.app import make_settings
from tests.support.clock import TurnableClock
from tests.support.needs import CHROMIUM, CHROMIUM_FLAGS


@dataclass
class Live:
    """A served site."""

    site: Site
    url: str


@contextlib.contextmanager
def served(site: Site) -> Iterator[Live]:
    """The site behind a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    object.__setattr__(site.settings, "base_url", f"http://127.0.0.1:{port}")
    object.__setattr__(site.settings, "trusted_hosts", ("127.0.0.1", "localhost"))
    config = uvicorn.Config(create_app(site), port=port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.02)
    yield Live(site, f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def live(site: Site) -> Iterator[Live]:
    with served(site) as found:
        yield found


@pytest.fixture(scope="module")
def town(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path
) -> Iterator[Live]:
    """The demo's town, for tests that only look."""
    folder = tmp_path_factory.mktemp("town")
    shutil.copy(empty_database, folder / "pb.sqlite3")
    site = Site(make_settings(folder), TurnableClock())
    build_town(site, lambda words: None)
    with served(site) as found:
        yield found
    site.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield made
        made.close()


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Make a page of its own: ``new_page(width=320, script=False, language="cy", theme="dark")``.

    A request to any other host than the served one fails the test, as does an error in the page.
    """
    contexts, strangers = [], []

    def make(
        live: Live, width: int = 390, height: int = 780, script: bool = True,
        language: str = "en", theme: str = "auto", touch: bool = False,
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=script,
            locale="cy-GB" if language == "cy" else "en-GB", has_touch=touch,
        )
        contexts.append(context)
        if theme != "auto":
            context.add_cookies([{"name": "theme", "value": theme, "url": live.url}])
        page = context.new_page()
        page.on("request", lambda request: strangers.append(request.url)
                if not request.url.startswith((live.url, "data:")) else None)
        page.on("pageerror", lambda error: strangers.append(f"error in the page: {error}"))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not strangers, strangers


@pytest.fixture
def axe() -> Callable[[Any], None]:
    """Check a page against WCAG 2.2 AA; fails with what is wrong and where."""
    from axe_playwright_python.sync_playwright import Axe

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def check(page: Any) -> None:
        page.wait_for_load_state()
        found = Axe().run(page, options={
            "runOnly": {"type": "tag", "values": tags},
            "resultTypes": ["violations"],  # of what is right, nothing is described: a third faster
        })
        wrong = [
            f"{one['id']}: {one['help']}: " + "; ".join(
                str(node["target"]) for node in one["nodes"][:4]
            )
            for one in found.response["violations"]
        ]
        assert not wrong, f"{page.url}\n" + "\n".join(wrong)

    return check
