"""Finding the page of an address among hundreds without trying each of them.

Starlette asks one route after the other whether its pattern fits. Here routes are looked up by the
first part of their path and the number of its parts, which leaves a few to be tried in their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

FOUND = "purse.route"


def shelf(path: str) -> tuple[str, int]:
    """Where a path is looked up: its first part, and how many parts there are."""
    parts = path.split("/")
    return parts[1] if len(parts) > 1 else "", len(parts)


class Shelves(BaseRoute):
    """Many routes as one. Their patterns begin with a fixed part and hold no slash inside."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = list(routes)
        self._shelves: dict[tuple[str, int], list[Route]] = defaultdict(list)
        for route in self.routes:
            if ":path}" in route.path or route.path.startswith("/{"):
                raise ValueError(f"{route.path} cannot be looked up by its first part")
            self._shelves[shelf(route.path)].append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        partly: tuple[Match, Scope] = Match.NONE, {}
        if scope["type"] != "http":
            return partly
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        for route in self._shelves.get(shelf(path), ()):
            match, child = route.matches(scope)
            if match is Match.FULL:
                return match, {**child, FOUND: route}
            if match is Match.PARTIAL and partly[0] is Match.NONE:
                partly = match, {**child, FOUND: route}
        return partly

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope[FOUND].handle(scope, receive, send)
