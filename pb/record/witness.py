"""A witness: keeps the heads of somebody else's record and refuses one that does not continue.

Another organisation, a newspaper or a neighbour runs it: ``python3 -m pb witness URL``. It needs
no database and no settings, only the address. What it keeps is one file: the key it saw first
and every head it accepted. A record that shrank, that continues another history, or that is
signed by another key is refused, in plain words.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pb.record import notes, tree

LARGEST = 1_000_000
"""Bytes of an answer; a proof has a few thousand."""
PAUSE = 20.0
"""Seconds for an answer."""


class Refused(Exception):
    """The record is not what was witnessed before; the message says how, in plain words."""


class Unreachable(Exception):
    """No answer could be had; that says nothing about the record."""


Fetch = Callable[[str], bytes]


def fetch(url: str) -> bytes:
    """What stands at an address. Errors: Unreachable."""
    try:
        with urllib.request.urlopen(url, timeout=PAUSE) as answer:
            body: bytes = answer.read(LARGEST + 1)
    except urllib.error.HTTPError as error:
        with error:
            words = error.read(500).decode("utf-8", "replace").strip().split("\n")[0]
        raise Unreachable(f"{url} answers {error.code}: {words[:200]}") from None
    except (OSError, ValueError) as error:
        raise Unreachable(f"{url} gives no answer: {error}") from None
    if len(body) > LARGEST:
        raise Unreachable(f"{url} answers with more than belongs there")
    return body


@dataclass
class Kept:
    """What a witness knows of one record: its key, and the heads it accepted, smallest first."""

    path: Path
    origin: str = ""
    public: bytes = b""
    heads: list[str] = field(default_factory=list)

    @property
    def head(self) -> notes.Head | None:
        return notes.read_head(self.heads[-1].partition("\n\n")[0] + "\n") if self.heads else None

    def save(self) -> None:
        """Write the file whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_name(self.path.name + ".part")
        unfinished.write_text(
            json.dumps(
                {"origin": self.origin, "key": self.public.hex(), "heads": self.heads},
                ensure_ascii=False, indent=1,
            ) + "\n",
            encoding="utf-8",
        )
        unfinished.replace(self.path)


def read_kept(path: Path) -> Kept:
    """What was kept in a file, checked again; empty where there is none. Errors: Refused."""
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Kept(path)
    except (OSError, ValueError):
        raise Refused(f"{path} cannot be read: is it the file of a witness?") from None
    try:
        kept = Kept(path, found["origin"], bytes.fromhex(found["key"]), list(found["heads"]))
        for note in kept.heads:
            notes.opened(note, kept.origin, kept.public)
        _ = kept.head
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refused(f"{path} was changed: its heads do not bear its key's signature") from None
    return kept


def base_of(url: str) -> str:
    """The address of a record, made of what people paste: with or without ``/record``."""
    parts = urlsplit(url.strip())
    path = parts.path.rstrip("/")
    if parts.scheme not in ("http", "https") or "/processes/" not in path:
        raise Refused(
            "give the address of a process, like https://vote.example.org/processes/shared-budget"
        )
    before, _, after = path.partition("/processes/")
    return f"{parts.scheme}://{parts.netloc}{before}/processes/{after.split('/')[0]}/record"


def default_file(url: str) -> Path:
    """Where a record's heads are kept when no file is named: in this folder."""
    parts = urlsplit(base_of(url))
    slug = parts.path.split("/")[-2]
    return Path(f"witness-{parts.netloc.replace(':', '-')}-{slug}.json")


@dataclass(frozen=True)
class Seen:
    """What one look came to: the head, the size that was kept before (None: the first look)."""

    head: notes.Head
    before: int | None
    public: bytes


def look(url: str, kept: Kept, key: bytes | None = None, fetch: Fetch = fetch) -> Seen:
    """Fetch the newest head, check it against what was kept, and keep it.

    ``key`` is the key as a letter or the minutes give it; without one, the first look believes
    what the site says. Errors: Refused, Unreachable.
    """
    base = base_of(url)
    known = kept.head
    public = key or kept.public or _key(fetch(f"{base}/key"))
    if kept.public and public != kept.public:
        raise Refused(
            f"the key is not the one that was kept: {public.hex()} is given, "
            f"{kept.public.hex()} was seen before"
        )
    head, note = _head(fetch(f"{base}/checkpoint"), base, kept.origin, public)
    if known is not None:
        _check(base, known, head, fetch)
    before = known.size if known is not None else None
    if before is None or head.size > before:
        kept.origin, kept.public = head.origin, public
        kept.heads.append(note)
        kept.save()
    return Seen(head, before, public)


def _key(body: bytes) -> bytes:
    try:
        public = bytes.fromhex(body.decode("ascii").strip())
    except ValueError:
        public = b""
    if len(public) != 32:
        raise Refused("the site gives no key that could sign a record")
    return public


def _head(body: bytes, base: str, origin: str, public: bytes) -> tuple[notes.Head, str]:
    try:
        note = body.decode("utf-8")
        name = origin or note.split("\n")[0]
        head = notes.read_head(notes.opened(note, name, public))
    except (UnicodeDecodeError, notes.NoteError) as error:
        raise Refused(f"the head is not signed as it must be: {error}") from None
    path = urlsplit(base).path.removesuffix("/record")
    if not head.origin.endswith(path):
        raise Refused(f"the head is that of another record: {head.origin}")
    return head, note


def _check(base: str, known: notes.Head, head: notes.Head, fetch: Fetch) -> None:
    if head.size < known.size:
        raise Refused(
            f"the record has shrunk: it had {known.size} entries and now has {head.size}. "
            "Entries that were there are gone"
        )
    if head.size == known.size:
        if head.root != known.root:
            raise Refused(
                f"the record was forked: two different heads over {head.size} entries are signed"
            )
        return
    if known.size == 0:
        return
    path = _path(fetch(f"{base}/proof/consistency?from={known.size}&to={head.size}"))
    if not tree.continues(known.size, known.root, head.size, head.root, path):
        raise Refused(
            f"the record was forked: the head over {head.size} entries does not continue "
            f"the one over {known.size} that was seen before. Entries were changed"
        )


def _path(body: bytes) -> list[bytes]:
    try:
        found = [bytes.fromhex(one) for one in json.loads(body)["hashes"]]
    except (ValueError, KeyError, TypeError):
        raise Refused("the site gives no proof that the record continues") from None
    if any(len(one) != 32 for one in found) or len(found) > 200:
        raise Refused("the site gives no proof that the record continues")
    return found
