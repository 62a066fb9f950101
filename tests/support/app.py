"""The app over HTTP, as a test sees it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from pb.app import create_app
from pb.core import jobs
from pb.core.site import Site
from pb.settings import Settings, load


def make_settings(folder: Path, **environment: str) -> Settings:
    return load(
        {
            "PB_BASE_URL": "http://testserver",
            "PB_RUN_WORKER": "false",
            "PB_SECRET_KEY": "only-for-tests-and-nothing-but-tests",
            **environment,
        },
        data=folder,
    )


def client(site: Site, language: str = "en") -> TestClient:
    """A browser of its own. It follows redirects, as browsers do."""
    made = TestClient(create_app(site), base_url=site.settings.base_url)
    made.headers["accept-language"] = language
    return made


def run_jobs(site: Site) -> int:
    return jobs.run_due(site)


def mails(site: Site) -> list[Any]:
    """The mails written so far, parsed, the oldest first."""
    from email import message_from_bytes, policy

    folder = site.settings.data / "mail"
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of a page's form, to send back with a post."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return dict(found)
