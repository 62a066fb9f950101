"""What holds back the steps after a count."""

from __future__ import annotations

from sqlalchemy.orm import Session

from pb.core.i18n import N_
from pb.processes.checks import Lack, check
from pb.processes.models import Council, Process
from pb.processes.rules import phase_of_kind
from pb.results.queries import published_count


@check(before=("results", "delivery"))
def result(session: Session, process: Process, council: Council) -> list[Lack]:
    """The step of the result opens with the result, and nothing is built before there is one."""
    if phase_of_kind(process, "voting") is None or published_count(session, process.id):
        return []
    return [Lack(N_("The result is not published yet."), "office_count")]
