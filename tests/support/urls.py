"""The addresses of routes by their names, as the app itself makes them."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from pb.app import load_features


@cache
def paths() -> dict[str, str]:
    return {page.name: page.path for routes in load_features() for page in routes.pages}


def address_of(name: str, **params: str) -> str:
    """The path of a named route. Errors: KeyError for a name that no route has."""
    path = paths()[name]
    for key, value in params.items():
        path = path.replace(f"{{{key}}}", quote(value)).replace(f"{{{key}:int}}", quote(value))
    return path
