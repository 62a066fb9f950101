"""Who holds the private key that opens a box.

``server``: a file in the data folder, for small councils and the demo: whoever administers the
server could open envelopes while voting is open, and the pages say so. ``officers``, k of n shares
and a tool that opens offline, is a later kind: it makes the public key elsewhere and brings the
opened ballots back; nothing but this table knows the difference.

The file never enters the database or a backup (``pb backup`` leaves ``keys/`` out).
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from pb.core.site import Site
from pb.record.keys import folder, write_once


class KeyMissing(RuntimeError):
    """The key's file is not where it was put."""


class KeyHolder(Protocol):
    """What the box asks of whoever holds its key."""

    def make(self, site: Site, process_id: int) -> bytes:
        """The public key; called again, the same one."""
        ...

    def private(self, site: Site, process_id: int) -> X25519PrivateKey:
        """The key that opens. Errors: KeyMissing."""
        ...

    def destroy(self, site: Site, process_id: int) -> None:
        """See to it that nothing opens the envelopes any more. Called again: nothing to do."""
        ...


class Server:
    """The key is ``keys/<process>.box`` in the data folder, readable by the server's account."""

    def path(self, site: Site, process_id: int) -> Path:
        return folder(site) / f"{process_id}.box"

    def make(self, site: Site, process_id: int) -> bytes:
        path = self.path(site, process_id)
        if not path.exists():
            write_once(path, X25519PrivateKey.generate().private_bytes_raw().hex().encode())
        return self.private(site, process_id).public_key().public_bytes_raw()

    def private(self, site: Site, process_id: int) -> X25519PrivateKey:
        try:
            text = self.path(site, process_id).read_text(encoding="ascii")
        except FileNotFoundError:
            raise KeyMissing(f"keys/{process_id}.box is missing") from None
        return X25519PrivateKey.from_private_bytes(bytes.fromhex(text.strip()))

    def destroy(self, site: Site, process_id: int) -> None:
        """Written over, then removed. A disk may keep what was there before all the same: that is
        why the backups and the envelopes go as well."""
        path = self.path(site, process_id)
        with contextlib.suppress(FileNotFoundError):
            length = path.stat().st_size
            with path.open("r+b") as file:
                for _ in range(3):
                    file.seek(0)
                    file.write(secrets.token_bytes(length))
                    file.flush()
                    os.fsync(file.fileno())
            path.unlink()


HOLDERS: dict[str, KeyHolder] = {"server": Server()}
