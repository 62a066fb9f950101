"""The life of a sealed box: opened with the vote, closed with it, emptied, destroyed by two.

prepared (its level of publication can be chosen) > open (casts go in) > closed (the roll no longer
says whose envelope is whose) > opened (ballots lie open, sorted by tracking code) > destroyed
(envelopes and key are gone). Each step is a leaf of the public record.
"""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from sqlalchemy import bindparam, delete, func, insert, select, update

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.accounts import twofold
from pb.accounts.models import Act
from pb.ballots import manifest, publication, sealing
from pb.ballots.casting import ROLL, leaf_payload
from pb.ballots.content import from_json
from pb.ballots.contests import contest_of
from pb.ballots.holders import HOLDERS
from pb.ballots.models import Ballot, Box, OpenedBallot, RollEntry
from pb.ballots.queries import cast_leaves, voided_leaves
from pb.ballots.seams import still_needed
from pb.ballots.services import is_over, process_of
from pb.core import security
from pb.core.errors import Conflict, Invalid
from pb.core.security import random_code
from pb.core.work import Once, Work, command
from pb.processes.models import Process
from pb.processes.rules import has_begun, phase_of_kind
from pb.projects.queries import project_rows
from pb.record import services as record
from pb.record.models import Log

LEVELS = ("A", "B", "C")
CHUNK = 1000
CAST = "ballots.cast"
IN_ORDER_OF_TAGS = ("roll", "uq_roll_process_id_tag")
"""How the roll is written anew after the close: its order tells nothing then."""


def box_row(work: Work, process_id: int) -> Box:
    """The process's box, made when it is first asked for; locked until the end."""
    box = work.session.get(Box, process_id, with_for_update=True)
    if box is None:
        box = Box(process_id=process_id, state="prepared", level="A", key_holder="server",
                  public_key="", manifest="", plain_bytes=0, casts=0, counted=0, done=0,
                  unopenable=0, rewritten=False, key_gone=False)
        work.session.add(box)
        work.session.flush()
    return box


@command()
def choose_level(work: Work, process_id: int, level: str) -> None:
    """What will be published of the ballots. Until the vote opens; then it is in the rules.

    Errors: Invalid, Conflict.
    """
    require(work, Permission.EDIT_PROCESS, process_of(work, process_id))
    if level not in LEVELS:
        raise Invalid("level.unknown", field="level")
    box = box_row(work, process_id)
    if box.state != "prepared":
        raise Conflict("level.fixed")
    box.level = level
    work.about("process", process_id, scope=process_id, level=level)


# -- opening the vote ------------------------------------------------------------------------


@command()
def open_box(work: Work, process_id: int) -> None:
    """Make the key, and begin the record with the rules and the roll. Run again it does nothing.

    Ballots of the time before they were sealed are sealed here. Errors: NotFound, Conflict.
    """
    require(work, Permission.RUN_JOBS)
    process = process_of(work, process_id)
    voting = phase_of_kind(process, "voting")
    if process.state == "draft" or voting is None or not has_begun(voting, work.now):
        raise Conflict("vote.not_begun")
    box = box_row(work, process_id)
    work.about("process", process_id, scope=process_id)
    if box.state != "prepared":
        return
    rows = project_rows(work.session, process_id)
    contests = [contest_of(process, rows, area_id)
                for area_id in (None, *(area.id for area in process.areas))]
    box.plain_bytes = sealing.size_for(contests)
    box.public_key = HOLDERS[box.key_holder].make(work.site, process_id).hex()
    leaf = record.start(
        work, process_id, process.slug, manifest.manifest_of(work.session, process, box)
    )
    box.manifest = leaf.hash.hex()
    box.state = "open"
    record.append(work, process_id, "roll", manifest.roll_of(work.session, process))
    work.session.flush()
    _seal_what_was_plain(work, process, box)


def _seal_what_was_plain(work: Work, process: Process, box: Box) -> None:
    """Ballots that voters of this open box cast before ballots were sealed, in the order of their
    random ids."""
    joined = (
        select(RollEntry.id, Ballot.id, Ballot.content)
        .join(Ballot, Ballot.id == RollEntry.ballot_id)
        .where(RollEntry.process_id == process.id, Ballot.process_id == process.id)
        .order_by(Ballot.id)
    )
    rows = work.connection.execute(joined).all()
    if not rows:
        return
    joined_to = select(RollEntry.ballot_id).where(
        RollEntry.process_id == process.id, RollEntry.ballot_id.is_not(None)
    )
    work.connection.execute(
        delete(Ballot).where(Ballot.process_id == process.id, Ballot.id.in_(joined_to))
    )
    origin = work.connection.execute(
        select(Log.origin).where(Log.process_id == process.id)
    ).scalar_one()
    key = X25519PublicKey.from_public_bytes(bytes.fromhex(box.public_key))
    bound_to = sealing.info(origin, bytes.fromhex(box.manifest))
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        first = record.append_many(work, process.id, [
            leaf_payload(
                sealing.seal(
                    sealing.Opened(from_json(content), random_code(sealing.TRACKING), ""),
                    key, bound_to, box.plain_bytes,
                ), None,
            )
            for _roll, _ballot, content in part
        ])
        work.connection.execute(
            update(ROLL).where(ROLL.c.id == bindparam("roll"))
            .values(leaf=bindparam("after"), ballot_id=None, told=True),
            [{"roll": row[0], "after": number} for number, row in enumerate(part, first)],
        )


# -- the close -------------------------------------------------------------------------------


@command()
def close_box(work: Work, process_id: int) -> int:
    """After the close: count the envelopes, and cut what joined voters to them.

    Goes: the leaf numbers on the roll, the passes in sessions, the kept answers of cast forms.
    Run again it does nothing. The number of ballots that count.
    """
    require(work, Permission.RUN_JOBS)
    process = process_of(work, process_id)
    if not is_over(process, work.now):
        raise Conflict("vote.open")
    # Whoever is casting holds the log; from here on nobody does.
    work.connection.execute(
        select(Log.size).where(Log.process_id == process_id).with_for_update()
    )
    box = box_row(work, process_id)
    if box.state != "open":
        return box.counted
    leaves = list(cast_leaves(work.connection, process_id))
    replaced = sum(1 for leaf in leaves if leaf.replaces is not None)
    voided = voided_leaves(work.connection, process_id)
    voted = work.connection.execute(
        select(func.count()).select_from(ROLL)
        # By the day and not by the leaf: a backup that was restored while voting was open holds
        # no leaf numbers, and those ballots count all the same.
        .where(ROLL.c.process_id == process_id, ROLL.c.voted_on.is_not(None))
    ).scalar_one()
    box.state, box.casts = "closed", len(leaves)
    box.counted = len(leaves) - replaced - len(voided)
    record.append(work, process_id, "close", {
        "casts": len(leaves), "replaced": replaced, "counted": box.counted, "voted": voted,
        "voided_ballots": len(voided),
    })
    record.ask_head(work, process_id)
    work.connection.execute(
        update(ROLL)
        .where(ROLL.c.process_id == process_id,
               ROLL.c.leaf.is_not(None) | ROLL.c.ballot_id.is_not(None))
        .values(leaf=None, ballot_id=None)
    )
    forget_answers(work, process_id)
    security.forget_passes(work, process_id)
    work.about("process", process_id, scope=process_id, casts=box.casts, counted=box.counted,
               voted=voted)
    return box.counted


def forget_answers(work: Work, process_id: int) -> None:
    """The answers kept for retries of this vote's casts."""
    of_process = Once.result["value"][3].as_integer() == process_id
    work.connection.execute(delete(Once).where(Once.command == CAST, of_process))


@command()
def note_rewritten(work: Work, process_id: int) -> None:
    """The roll's table was written anew, so that no order of rows tells who cast when."""
    require(work, Permission.RUN_JOBS)
    box_row(work, process_id).rewritten = True
    work.about("process", process_id, scope=process_id)


@command()
def leave_opening(work: Work, process_id: int) -> None:
    """Have the envelopes of a closed box opened, now or once more. Errors: Conflict."""
    require(work, Permission.RUN_COUNT, process_of(work, process_id))
    from pb.ballots.jobs import open_envelopes

    if box_row(work, process_id).state != "closed":
        raise Conflict("box.not_closed")
    work.about("process", process_id, scope=process_id)
    work.later(open_envelopes, process_id=process_id)


@command(audited=False)
def _progress(work: Work, process_id: int, done: int) -> None:
    require(work, Permission.RUN_JOBS)
    box_row(work, process_id).done = done


@command()
def put_opened(
    work: Work, process_id: int, ballots: list[sealing.Opened], unopenable: int
) -> None:
    """Lay the opened ballots out, sorted by tracking code, in one transaction, and record them.

    A code that two ballots bear is drawn anew for the second: no ballot is lost over it.
    Run again it does nothing.
    """
    require(work, Permission.RUN_JOBS)
    box = box_row(work, process_id)
    if box.state != "closed":
        return
    found: dict[str, sealing.Opened] = {}
    for one in sorted(ballots, key=lambda ballot: (ballot.tracking, ballot.word)):
        tracking = one.tracking
        while tracking in found:
            tracking = random_code(sealing.TRACKING)
        found[tracking] = sealing.Opened(one.content, tracking, one.word)
    rows = publication.rows_of(process_id, found.values())
    for start in range(0, len(rows), CHUNK):
        work.connection.execute(insert(OpenedBallot), rows[start : start + CHUNK])
    box.state, box.unopenable, box.done = "opened", unopenable, len(rows) + unopenable
    whole = publication.digest(publication.lines(work.session, process_id, "A"))
    published = publication.digest(publication.lines(work.session, process_id, box.level))
    record.append(work, process_id, "opened", {
        "number": len(rows), "sha256": whole, "level": box.level, "published_sha256": published,
        "unopenable": unopenable,
    })
    work.about("process", process_id, scope=process_id, opened=len(rows), unopenable=unopenable)


# -- the end ---------------------------------------------------------------------------------


@command()
def ask_destroy(work: Work, process_id: int, reason: str, backups: bool) -> int:
    """Ask a second official to destroy envelopes and key; the act's id.

    Errors: Conflict while they are needed, Invalid without a reason or with backups left.
    """
    process = process_of(work, process_id)
    require(work, Permission.DESTROY_BOX, process)
    _may_destroy(work, process_id)
    if not reason.strip():
        raise Invalid("destroy.reason", field="reason")
    if not backups:
        raise Invalid("destroy.backups", field="backups")
    work.about("process", process_id, scope=process_id)
    return twofold.ask(work, process, "ballots.destroy", None, reason.strip())


def _may_destroy(work: Work, process_id: int) -> Box:
    box = box_row(work, process_id)
    if box.state != "opened":
        raise Conflict("destroy.done" if box.state == "destroyed" else "destroy.not_opened")
    needed = still_needed(work.session, process_id)
    if needed is not None:
        raise Conflict(needed)
    return box


@twofold.act("ballots.destroy", Permission.DESTROY_BOX)
def destroy(work: Work, process: Any, act: Act) -> None:
    """Two officials end it: the envelopes go from the record, their hashes stay, and the key's
    file is written over and removed as soon as that is committed."""
    from pb.ballots.jobs import destroy_key

    box = _may_destroy(work, process.scope_id)
    envelopes = record.erase(work, process.scope_id, "cast")
    record.append(work, process.scope_id, "destroyed", {
        "envelopes": envelopes, "key_public": box.public_key, "by": 2, "reason": act.reason,
    })
    box.state = "destroyed"
    work.about("process", process.scope_id, scope=process.scope_id, envelopes=envelopes)
    work.later(destroy_key, process_id=process.scope_id)


@command()
def note_key_gone(work: Work, process_id: int) -> None:
    """The key's file is gone, and the tables that held envelopes were written anew."""
    require(work, Permission.RUN_JOBS)
    box_row(work, process_id).key_gone = True
    work.about("process", process_id, scope=process_id)
