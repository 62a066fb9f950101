"""A town on both databases (``town``), and on SQLite alone (``here``)."""

from __future__ import annotations

import pytest

from pb.core.site import Site
from tests.pb.moderation.a_town import Town


@pytest.fixture
def town(either: Site) -> Town:
    return Town(either)


@pytest.fixture
def here(site: Site) -> Town:
    """The same on SQLite alone."""
    return Town(site)
