"""The main menu, by what is open and by who looks."""

from __future__ import annotations

from pb.access.permissions import Permission
from pb.core.web import Request
from pb.pages.views import doing
from pb.processes.queries import processes_of_the_menu


def navigation(request: Request) -> list[tuple[str, str, bool]]:
    """(words, address, whether it is the page that is open)."""
    _ = request.reader._
    here = request.inner.url.path
    entries = [(_("Home"), request.link("home"))]
    processes = processes_of_the_menu(request.session)
    stages = {one.id: doing(one, request.now) for one in processes}
    current = next((one for one in processes if stages[one.id] in ("vote", "wait_vote")), None)
    collecting = next((one for one in processes if stages[one.id] == "propose"), None)
    decided = next((one for one in processes if stages[one.id] == "result"
                    and one.state == "published"), None)
    if collecting is not None:
        entries.append((_("Ideas"), request.link("ideas", slug=collecting.slug)))
    if current is not None:
        if stages[current.id] == "vote":
            entries.append((request.reader.translations.pgettext("verb", "Vote"),
                            request.link("vote", slug=current.slug)))
        entries.append((_("Projects"), request.link("projects", slug=current.slug)))
    if decided is not None:
        entries.append((_("Result"), request.link("result", slug=decided.slug)))
    if request.can(Permission.SEE_OFFICE):
        entries.append((_("Office"), request.link("office")))
    entries.append((_("Help"), request.link("help")))
    return [
        (words, url, here == url or (url != "/" and here.startswith(url + "/")))
        for words, url in entries
    ]
