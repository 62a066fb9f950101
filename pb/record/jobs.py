"""Heads are signed every few seconds while something happens, and at once when asked for."""

from __future__ import annotations

from pb.core import jobs
from pb.core.site import Site
from pb.record import heads


@jobs.steady
def sign_heads(site: Site) -> None:
    """Receipts promise that a leaf stands under a signed head within ten seconds."""
    heads.sign_all(site)


@jobs.job
def sign_head(site: Site, process_id: int) -> None:
    heads.sign(site, process_id)
