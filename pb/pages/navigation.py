"""The main menu, by who looks."""

from __future__ import annotations

from pb.access.permissions import Permission
from pb.core.web import Request


def navigation(request: Request) -> list[tuple[str, str, bool]]:
    """(words, address, whether it is the page that is open)."""
    _ = request.reader._
    here = request.inner.url.path
    entries = [(_("Home"), request.link("home"))]
    if request.can(Permission.SEE_OFFICE):
        entries.append((_("Office"), request.link("office")))
    entries.append((_("Help"), request.link("help")))
    return [
        (words, url, here == url or (url != "/" and here.startswith(url + "/")))
        for words, url in entries
    ]
