"""Commands about paper."""

from __future__ import annotations

from deliberation.paper.models import PackPrint
from deliberation.sessions.services import the_session, topic
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core import live
from pb.core.work import Work, command


@command()
def note_print(work: Work, session_id: int, covers: str, whole: bool) -> None:
    """Take down that a pack lies on the tables, and for which parts it holds."""
    process, _jury, _session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    known = work.session.get(PackPrint, session_id)
    if known is None:
        known = PackPrint(session_id=session_id)
        work.session.add(known)
    known.covers, known.whole = covers, whole
    known.at, known.by = work.now, work.actor.name
    live.touch(work, topic(session_id))
    work.about("session", session_id, scope=process.id, whole=whole)
