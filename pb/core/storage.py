"""Files that people bring: kept in a folder, named by what is in them.

The name is the content's SHA-256, so saving twice is saving once and a name never changes its
meaning: the browser may keep it for ever.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

TYPES = {"jpg": "image/jpeg", "png": "image/png", "svg": "image/svg+xml", "webp": "image/webp"}


class Storage:
    """A local folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, content: bytes, kind: str) -> str:
        """Keep the content; its key, such as ``ab12...ef.jpg``."""
        if kind not in TYPES:
            raise ValueError(f"files of kind {kind!r} are not kept")
        key = f"{hashlib.sha256(content).hexdigest()[:40]}.{kind}"
        path = self.path(key)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(content)
            unfinished.replace(path)
        return key

    def path(self, key: str) -> Path:
        name, _, kind = key.partition(".")
        if not (name.isalnum() and name.isascii() and kind in TYPES):
            raise KeyError(key)
        return self.folder / name[:2] / key
