"""When a session ends, what was measured of its talk becomes sums."""

from __future__ import annotations

from deliberation.sessions.events import SessionEnded
from deliberation.speaking import services
from pb.core.events import on
from pb.core.site import Site
from pb.core.work import SYSTEM


@on(SessionEnded)
def settle_talk(site: Site, session_id: int) -> None:
    """Keep the sums of each table, and delete the turns."""
    site.work.run(services.settle, SYSTEM, session_id)
