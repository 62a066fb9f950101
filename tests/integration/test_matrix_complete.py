"""No page about ideas and processes is missing in the matrices of roles, times and routes."""

from __future__ import annotations

from pb.app import load_features
from tests.integration import test_matrix_moderation as moderation
from tests.integration import test_matrix_processes as processes
from tests.integration import test_matrix_valuations as valuations
from tests.pb.proposals import test_matrix as proposals

FEATURES = ("processes", "projects", "proposals", "comments", "valuations", "translations",
            "moderation", "office")
ASKED = (*moderation.ROWS, *processes.ROWS, *valuations.OFFICE, *valuations.PUBLIC,
         *proposals.ROWS)


def test_every_route_stands_in_a_matrix() -> None:
    asked = {(row.route, row.method) for row in ASKED}
    missing = [
        f"{method} {page.path} ({page.name})"
        for routes in load_features() for page in routes.pages
        if page.handler.__module__.split(".")[1] in FEATURES
        and page.handler.__module__.startswith("pb.")
        for method in page.methods if (page.name, method) not in asked
    ]
    assert not missing, "\n".join(missing)
