"""The key that signs the heads: a file in the data folder, never in the database or a backup.

One key an installation, made when it is first needed. On several servers the folder is shared:
whoever is first makes it, all others read the same one.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pb.core.site import Site

NAME = "log.key"


class Unusable(RuntimeError):
    """A file of the keys folder that is damaged; the message names it, for the administrator."""


_KEYS: dict[Path, Ed25519PrivateKey] = {}


def folder(site: Site) -> Path:
    """``keys/`` in the data folder, for this account only."""
    path = site.settings.data / "keys"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write_once(path: Path, content: bytes) -> bool:
    """Make a file whole or not at all, readable by its owner only; False where it was there.

    It is written beside and linked into place: linking fails where the name is taken, so two
    servers that start together agree on one key.
    """
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return False
        return True
    finally:
        unfinished.unlink()


def log_key(site: Site) -> Ed25519PrivateKey:
    """The installation's signing key; made at the first call."""
    path = folder(site) / NAME
    key = _KEYS.get(path)
    if key is None or not path.exists():
        if not path.exists():
            write_once(path, Ed25519PrivateKey.generate().private_bytes_raw().hex().encode())
        try:
            key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))
        except ValueError:
            raise Unusable(f"{path} is damaged: it holds no key.") from None
        _KEYS[path] = key
    return key


def public_key(site: Site) -> bytes:
    return log_key(site).public_key().public_bytes_raw()


def kept_public_key(site: Site) -> bytes | None:
    """The key that is there; None instead of making one."""
    return public_key(site) if (site.settings.data / "keys" / NAME).exists() else None


def origin(base_url: str, slug: str) -> str:
    """A log's name: the site's host and the process's address."""
    return f"{urlsplit(base_url).netloc}/processes/{slug}"
