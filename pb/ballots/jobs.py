"""What happens by itself: the box opens and closes with the vote, ballots are laid open, mails."""

from __future__ import annotations

import base64
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pb.ballots import box as boxes
from pb.ballots import sealing, sweep
from pb.ballots.contests import contest_of
from pb.ballots.holders import HOLDERS
from pb.ballots.models import Box
from pb.ballots.queries import counting_leaves
from pb.ballots.services import is_over
from pb.ballots.snapshots import box_of
from pb.core.i18n import Reader
from pb.core.jobs import job, periodic
from pb.core.site import Site
from pb.core.work import SYSTEM
from pb.notifications.jobs import mail_kind
from pb.processes.models import Phase, Process
from pb.processes.queries import the_council
from pb.projects.queries import project_rows

A_STEP = 1000
"""Envelopes opened between two words on how far it is."""


@periodic
def open_boxes(site: Site) -> None:
    """Open the box of each vote that has begun. Cheap where nothing is to do."""
    now = site.clock()
    with site.database.reading() as session:
        waiting = session.scalars(
            select(Process)
            .join(Phase, Phase.process_id == Process.id)
            .outerjoin(Box, Box.process_id == Process.id)
            .where(Process.state.in_(("published", "rehearsal")), Phase.kind == "voting",
                   Phase.opened_at <= now, Phase.closes_at > now,
                   (Box.state == "prepared") | Box.state.is_(None))
        )
        begun = [one.id for one in waiting if one.phase_kind(now) == "voting"]
    for process_id in begun:
        site.work.run(boxes.open_box, SYSTEM, process_id)


@periodic
def close_boxes(site: Site) -> None:
    """Close the box of each vote that is over, write the roll anew, and have the envelopes
    opened. Each step is found again if the server stops in between."""
    with site.database.reading() as session:
        rows = session.execute(
            select(Process, Box)
            .join(Box, Box.process_id == Process.id)
            .where(Box.state.in_(("open", "closed")))
        ).all()
        over = [(process.id, box.state, box.rewritten) for process, box in rows
                if is_over(process, site.clock())]
    for process_id, state, rewritten in over:
        if state == "open":
            site.work.run(boxes.close_box, SYSTEM, process_id)
        if not rewritten:
            site.database.write_anew(*boxes.IN_ORDER_OF_TAGS)
            site.work.run(boxes.note_rewritten, SYSTEM, process_id)
            site.work.run(boxes.leave_opening, SYSTEM, process_id)


@job
def open_envelopes(site: Site, process_id: int) -> None:
    """Open every envelope that counts. Nothing is kept before all are open, so it may be stopped
    at any time and begun again."""
    with site.database.reading() as session:
        process = session.get_one(Process, process_id)
        box = box_of(session, process_id)
        if box is None or box.state != "closed":
            return
        contest = contest_of(process, project_rows(session, process_id))
        leaves = counting_leaves(session.connection(), process_id)
    key = HOLDERS[box.key_holder].private(site, process_id)
    ballots, unopenable = [], 0
    for done, leaf in enumerate(leaves, 1):
        try:
            envelope = base64.b64decode(leaf.envelope or "", validate=True)
            ballots.append(
                sealing.unseal(envelope, key, box.bound_to, box.plain_bytes, contest)
            )
        except ValueError:
            unopenable += 1
        if done % A_STEP == 0:
            site.work.run(boxes._progress, SYSTEM, process_id, done)
    site.work.run(boxes.put_opened, SYSTEM, process_id, ballots, unopenable)


@job
def destroy_key(site: Site, process_id: int) -> None:
    """Remove the key of a destroyed box, and what the tables still hold of its envelopes."""
    with site.database.reading() as session:
        box = session.get_one(Box, process_id)
        if box.state != "destroyed" or box.key_gone:
            return
        holder = box.key_holder
    HOLDERS[holder].destroy(site, process_id)
    site.database.write_anew("leaves", "pk_leaves")
    site.work.run(boxes.note_key_gone, SYSTEM, process_id)


@periodic
def sweep_mails(site: Site) -> None:
    """Tell newly marked voters that a vote was cast in their name."""
    sweep.look(site)


@mail_kind("vote_cast")
def vote_cast_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    return {
        "process": reader.plain(arguments["title"]),
        "phone": the_council(session).phone,
        "url": f"{site.settings.base_url}/processes/{arguments['process']}/vote",
    }
