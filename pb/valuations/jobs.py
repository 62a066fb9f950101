"""What happens by itself: a refusal becomes public when the author's time is up."""

from __future__ import annotations

from pb.core.jobs import job
from pb.core.site import Site
from pb.core.work import SYSTEM


@job
def publish_when_time_is_up(site: Site, valuation_id: int) -> None:
    """Runs at the end of the author's time; a valuation that moved on meanwhile is left alone."""
    from pb.valuations.services import publish_refusal

    site.work.run(publish_refusal, SYSTEM, valuation_id)
