"""Finding the page of an address among hundreds without trying each of them.

Starlette asks one route after the other whether its pattern fits. Here routes are looked up by the
first and last part of their path and the number of its parts, which leaves very few to be tried in
their order.
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
        self._shelves: dict[tuple[str, int], dict[str | None, list[Route]]] = {}
        """On each shelf by the last part; under None those that leave it open, which are also
        among the others, in their order."""
        together: dict[tuple[str, int], list[tuple[str | None, Route]]] = defaultdict(list)
        for route in self.routes:
            if ":path}" in route.path or route.path.startswith("/{"):
                raise ValueError(f"{route.path} cannot be looked up by its first part")
            last = route.path.rpartition("/")[2]
            together[shelf(route.path)].append((None if "{" in last else last, route))
        for place, held in together.items():
            self._shelves[place] = {
                wanted: [route for last, route in held if last in (None, wanted)]
                for wanted in {None, *(last for last, _ in held)}
            }

    def _tried(self, path: str) -> Iterable[Route]:
        held = self._shelves.get(shelf(path), {})
        found = held.get(path.rpartition("/")[2])
        return held.get(None, ()) if found is None else found

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        partly: tuple[Match, Scope] = Match.NONE, {}
        if scope["type"] != "http":
            return partly
        for route in self._tried(scope["path"].removeprefix(scope.get("root_path", ""))):
            match, child = route.matches(scope)
            if match is Match.FULL:
                return match, {**child, FOUND: route}
            if match is Match.PARTIAL and partly[0] is Match.NONE:
                partly = match, {**child, FOUND: route}
        return partly

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope[FOUND].handle(scope, receive, send)
