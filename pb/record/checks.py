"""Before a server serves: is the record still the one that was signed?

A database that was put back to an earlier state looks whole from inside. The last heads stand in
the keys folder, which no backup of the database brings along: compared with them it shows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core.site import Site
from pb.core.work import SYSTEM, Work, command
from pb.record import heads, keys, queries, rules, services, tree


@dataclass(frozen=True)
class Trouble:
    """``kind``: rolled_back, gone, changed or key; with the log and what was signed of it."""

    kind: str
    origin: str
    size: int
    signed: int

    @property
    def words(self) -> str:
        """For whoever starts the server."""
        return WORDS[self.kind].format(
            origin=self.origin, size=self.size, signed=self.signed, file=heads.NAME
        )

    @property
    def acceptable(self) -> bool:
        """Whether a reason can be given for it; entries that were changed have none."""
        return self.kind in ("rolled_back", "key")


WORDS = {
    "rolled_back": (
        "The record {origin} has {size} entries, but a head over {signed} was signed. The "
        "database is older than what was published: votes that were acknowledged may be missing."
    ),
    "gone": (
        "The record {origin}, of which a head over {signed} entries was signed, is not in this "
        "database. Restore a newer backup; if the process was taken away on purpose, take its "
        "lines out of keys/{file}."
    ),
    "changed": (
        "The record {origin} was changed: its first {signed} entries are not those that were "
        "signed. Restore a backup that has them."
    ),
    "key": (
        "The key that signs the record {origin} is not in the keys folder, and witnesses refuse "
        "what another key signs. Put the folder keys/ back beside the data."
    ),
}


def troubles(site: Site) -> list[Trouble]:
    """What is wrong with the logs of this installation; nothing, as a rule.

    Every hash over the entries is computed again from the entries' own, not from kept ones.
    """
    known = heads.remembered(site)
    found = []
    with site.database.engine.connect() as connection:
        logs = {log.origin: log for log in queries.all_logs(connection)}
        found += [
            Trouble("gone", origin, 0, head.size)
            for origin, head in known.items() if origin not in logs
        ]
        for log in logs.values():
            trouble = _trouble(site, connection, log, known.get(log.origin))
            if trouble is not None:
                found.append(trouble)
    return found


def _trouble(
    site: Site, connection: Connection, log: queries.TheLog, known: heads.Remembered | None
) -> Trouble | None:
    if known is not None and known.size > log.size:
        return Trouble("rolled_back", log.origin, log.size, known.size)
    last = queries.last_head(connection, log.process_id)
    signed = {known} if known is not None else set()
    if last is not None:
        signed.add(heads.Remembered(last.size, last.root))  # the same, as a rule
    hashes = queries.hashes_of(connection, log.process_id, kept=False)
    for head in signed:
        try:
            same = tree.root(hashes, 0, head.size) == head.root
        except queries.Incomplete:
            same = False
        if not same:
            return Trouble("changed", log.origin, log.size, head.size)
    kept = keys.kept_public_key(site)
    if kept is None or kept.hex() != _named_key(connection, log.process_id):
        return Trouble("key", log.origin, log.size, last.size if last else 0)
    return None


def _named_key(connection: Connection, process_id: int) -> str:
    """The key that the record itself names: its rules', or that of the last correction."""
    named = ""
    for leaf in queries.acts(connection, process_id):
        if leaf.kind in ("rules", "correction") and leaf.payload is not None:
            named = json.loads(leaf.payload).get("signing_key", named)
    return str(named)


def accept(site: Site, found: list[Trouble], reason: str) -> None:
    """Go on with logs that were put back or lost their key, with a public entry that says why.

    A log may have both troubles; the second shows once the first is accepted.
    """
    while found:
        for trouble in found:
            log = _log(site, trouble.origin)
            head = heads.remembered(site).get(trouble.origin)
            if trouble.kind == "rolled_back" and head is not None:
                body = {"what": "rollback", "lost": {"size": head.size, "root": head.root.hex()}}
            else:
                body = {"what": "new-key", "signing_key": keys.public_key(site).hex()}
            site.work.run(correct, SYSTEM, log.process_id, body, reason)
            log = _log(site, trouble.origin)
            with site.database.engine.connect() as connection:
                hashes = queries.hashes_of(connection, log.process_id, kept=False)
                now = heads.Remembered(log.size, tree.root(hashes, 0, log.size))
            heads.remember(site, trouble.origin, now, anyway=True)
            services.sign_now(site, log.process_id)
        found = [one for one in troubles(site) if one.acceptable]


def _log(site: Site, origin: str) -> queries.TheLog:
    with site.database.engine.connect() as connection:
        return next(one for one in queries.all_logs(connection) if one.origin == origin)


@command()
def correct(work: Work, process_id: int, body: dict[str, Any], reason: str) -> None:
    """Add a correction of the record itself, with its reason. For the command line."""
    require(work, Permission.INSTALL)
    leaf = services.append(work, process_id, "correction", {**body, "reason": reason})
    work.about("process", process_id, scope=process_id, what=body["what"], entry=leaf.number)


def whole(connection: Connection, process_id: int) -> int | None:
    """The number of the first leaf whose content is not what its hash says; None: all are."""
    log = queries.log_of(connection, process_id)
    for start in range(0, log.size if log else 0, 5000):
        for leaf in queries.leaves(connection, process_id, start, start + 5000):
            if leaf.payload is not None and rules.leaf_hash(leaf.payload) != leaf.hash:
                return leaf.number
    return None
