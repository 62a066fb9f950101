"""The routes of this feature; several modules fill them."""

from __future__ import annotations

from pb.core.web import Request, Routes
from pb.processes.models import Process
from pb.proposals.models import Proposal
from pb.proposals.queries import proposal_by_number

routes = Routes()
BOTH = ("GET", "POST")


def the_idea(request: Request, process: Process) -> Proposal:
    """The published proposal of the address. Errors: NotFound."""
    number = int(request.params["number"])
    return proposal_by_number(request.session, process.id, min(number, 10**9))


def whole(request: Request, name: str, most: int = 10**6) -> int | None:
    """A whole number of the query, if it is one."""
    typed = request.query.get(name, "")
    if typed.isascii() and typed.isdecimal() and len(typed) <= 9 and int(typed) <= most:
        return int(typed)
    return None
