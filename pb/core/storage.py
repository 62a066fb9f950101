"""Files that people bring: kept in a folder, named by what is in them.

The name is the content's SHA-256, so saving twice is saving once and a name never changes its
meaning. A file that must not be seen is put aside in a folder of its own: what is served to
everybody is found by its name alone, without a question to the database.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.responses import FileResponse

from pb.core.security import PICTURE_POLICY

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
        """Where everybody is served it from. Errors: KeyError for what is no key."""
        return self._in(self.folder, key)

    def aside(self, key: str) -> Path:
        """Where it lies while it is withheld."""
        return self._in(self.folder / "withheld", key)

    def find(self, key: str) -> Path | None:
        """The file, withheld or not, for those who may look at both."""
        return next((one for one in (self.path(key), self.aside(key)) if one.exists()), None)

    def withhold(self, key: str) -> None:
        """Serve it to nobody any more. Safe to repeat."""
        _move(self.path(key), self.aside(key))

    def show(self, key: str) -> None:
        """Serve it to everybody again. Safe to repeat."""
        _move(self.aside(key), self.path(key))

    def drop(self, key: str) -> None:
        """Delete it, withheld or not."""
        for one in (self.path(key), self.aside(key)):
            one.unlink(missing_ok=True)

    @staticmethod
    def _in(folder: Path, key: str) -> Path:
        name, _, kind = key.partition(".")
        if not (name.isalnum() and name.isascii() and kind in TYPES):
            raise KeyError(key)
        return folder / name[:2] / key


def served(path: Path, caching: str) -> FileResponse:
    """A file as an answer: a picture and nothing else, whatever is in it."""
    return FileResponse(
        path, media_type=TYPES[path.suffix[1:]],
        headers={"cache-control": caching, "content-security-policy": PICTURE_POLICY},
    )


def _move(here: Path, there: Path) -> None:
    if here.exists():
        there.parent.mkdir(parents=True, exist_ok=True)
        here.replace(there)
