"""The bundle: one zip of a vote's rules, log, heads, ballots and result, with the program that
checks it. A stranger needs nothing else.

Packing fixes every date and order, so that the same record gives the same bytes; the index lists
each member's SHA-256 and is signed by the log's key.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
import threading
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from pb.ballots.publication import lines as ballot_lines
from pb.ballots.queries import publication_level
from pb.core.errors import Conflict
from pb.core.i18n import N_, sentences
from pb.core.site import Site
from pb.record import queries as record
from pb.record import services
from pb.record.rules import canonical
from pb.results.models import Count
from pb.results.queries import published_count
from pb.results.recorded import result_json

sentences(
    {
        "bundle.no_record": N_("This vote was not held with a public record, so there is no bundle "
                               "of it."),
        "bundle.no_result": N_("The bundle is made once the result is published."),
        "bundle.not_signed": N_("The result is not signed yet. Try again in ten seconds."),
    }
)

VERIFY = Path(record.__file__).with_name("verify.py")
SEPARATOR = b"-----\n"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every member: when a bundle was packed says nothing."""
A_READ = 5000
"""Leaves read at a time: with their envelopes a few megabytes."""
README = """\
{name}

EN  This file holds a whole vote: its rules, every entry of its public record, the signed
    heads, the ballots as they were published, and the result. To check it you need Python
    (3.9 or newer) and nothing else:

        python3 -I verify.py BUNDLE.zip

    It says in plain words what holds, what does not, and what is not proved. Better still:
    take verify.py from somebody you trust, and give the key from your letter by --key.

CY  Mae’r ffeil hon yn dal pleidlais gyfan: ei rheolau, pob eitem yn ei chofnod cyhoeddus,
    y pennau wedi’u llofnodi, y papurau pleidleisio fel y’u cyhoeddwyd, a’r canlyniad. I’w
    gwirio, dim ond Python (3.9 neu’n ddiweddarach) sydd ei angen:

        python3 -I verify.py BUNDLE.zip

    Mae’n dweud mewn geiriau syml beth sy’n gywir, beth sydd ddim, a beth sydd heb ei brofi.
    Gwell fyth: cymerwch verify.py gan rywun yr ydych yn ymddiried ynddo, a rhowch yr allwedd
    o’ch llythyr gyda --key.
"""
_PACKING = threading.Lock()


@dataclass(frozen=True)
class Source:
    """What a bundle is made of: the record up to a signed head, and the count in it."""

    log: record.TheLog
    head: record.TheHead
    count: Count


def source_of(session: Session, process_id: int) -> Source:
    """What the bundle of a process would hold now.

    Errors: Conflict where there is no record, no published result, or no head over it yet.
    """
    connection = session.connection()
    log = record.log_of(connection, process_id)
    if log is None:
        raise Conflict("bundle.no_record")
    count = published_count(session, process_id)
    if count is None:
        raise Conflict("bundle.no_result")
    head = record.last_head(connection, process_id)
    wanted = sha256(result_json(count)).hexdigest()
    if head is None or _last_result(connection, process_id, head.size) != (count.state, wanted):
        raise Conflict("bundle.not_signed")
    return Source(log, head, count)


def _last_result(connection: Connection, process_id: int, size: int) -> tuple[str, str] | None:
    """State and hash of the newest result among the first leaves."""
    for leaf in reversed(record.acts(connection, process_id)):
        if leaf.number < size and leaf.kind == "result" and leaf.payload is not None:
            body = json.loads(leaf.payload)
            return body["state"], body["sha256"]
    return None


def _log_lines(connection: Connection, source: Source) -> Iterator[bytes]:
    for start in range(0, source.head.size, A_READ):
        stop = min(start + A_READ, source.head.size)
        for leaf in record.leaves(connection, source.log.process_id, start, stop):
            erased = canonical({"erased": leaf.hash.hex()})
            yield (erased if leaf.payload is None else leaf.payload) + b"\n"


def _heads(connection: Connection, source: Source) -> Iterator[bytes]:
    for head in record.heads(connection, source.log.process_id):
        if head.size <= source.head.size:
            yield head.note.encode() + SEPARATOR


def members(session: Session, source: Source) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Every member but the index, in parts."""
    connection, process_id = session.connection(), source.log.process_id
    manifest = record.leaves(connection, process_id, 0, 1)[0].payload or b""
    name = next(iter(json.loads(manifest)["name"].values()), source.log.slug)
    yield "README.txt", [README.format(name=name).encode()]
    yield "verify.py", [VERIFY.read_bytes()]
    yield "manifest.json", [manifest]
    yield "result.json", [result_json(source.count)]
    yield "heads.txt", _heads(connection, source)
    level = publication_level(session, process_id)
    yield "ballots.jsonl", ballot_lines(session, process_id, level)
    yield "log.jsonl", _log_lines(connection, source)


def write(site: Site, process_id: int, target: Path) -> Source:
    """Write the bundle of a process, whole or not at all. Errors: Conflict, OSError."""
    handle, name = tempfile.mkstemp(prefix=".bundle-", dir=target.absolute().parent)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file, site.database.reading() as session:
            source = source_of(session, process_id)
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
                digests = {
                    name: _put(packed, name, parts) for name, parts in members(session, source)
                }
                _put(packed, "index.json", [_index(site, source.log.origin, digests)])
        unfinished.chmod(0o644)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return source


def _put(packed: zipfile.ZipFile, name: str, parts: Iterable[bytes]) -> str:
    """Pack a member; its SHA-256."""
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o100644 << 16
    digest = sha256()
    with packed.open(entry, "w") as member:
        for part in parts:
            digest.update(part)
            member.write(part)
    return digest.hexdigest()


def _index(site: Site, origin: str, digests: dict[str, str]) -> bytes:
    body = {"version": 1, "origin": origin, "members": digests}
    signature = services.sign(site, b"common-purse/bundle/1\n" + canonical(body))
    return canonical({**body, "signature": base64.b64encode(signature).decode()})


def kept(site: Site, session: Session, process_id: int) -> Path:
    """The bundle as a file to hand out, packed when it is first asked for.

    It is kept until the record or the result goes on. Errors: Conflict.
    """
    source = source_of(session, process_id)
    folder = site.settings.data / "bundles"
    folder.mkdir(parents=True, exist_ok=True)
    count = source.count
    path = folder / f"{process_id}-{source.head.size}-{count.number}-{count.state}.zip"
    with _PACKING:
        if not path.exists():
            write(site, process_id, path)
            for old in folder.glob(f"{process_id}-*.zip"):
                if old != path:
                    old.unlink(missing_ok=True)
    return path
