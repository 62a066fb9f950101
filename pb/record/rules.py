"""What a leaf is: canonical JSON, its hash, the kinds that there are. Pure.

Canonical: sorted keys, no spaces, UTF-8 as it is; whole numbers and texts only, since a fraction
of floating point is written differently by different programs.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

KINDS = (
    "rules", "change", "roll", "roll-change", "cast", "close", "opened", "seed", "result",
    "objection", "answer", "correction", "void", "destroyed", "audit",
)


def canonical(value: Any) -> bytes:
    """The one way to write a value. Errors: ValueError for what has no such way."""
    _check(value)
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode("utf-8")


def _check(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("a text in the record holds a NUL")
    elif isinstance(value, dict):
        for key, one in value.items():
            if not isinstance(key, str):
                raise ValueError("a name in the record must be a text")
            _check(key)
            _check(one)
    elif isinstance(value, list | tuple):
        for one in value:
            _check(one)
    elif value is not None and not isinstance(value, int):  # a bool is an int
        raise ValueError(f"the record takes no {type(value).__name__}")


def payload(kind: str, body: dict[str, Any]) -> bytes:
    """A leaf's payload. Errors: ValueError for an unknown kind or a value without one way."""
    if kind not in KINDS:
        raise ValueError(f"the record has no leaves of kind {kind!r}")
    return canonical({**body, "kind": kind})


def leaf_hash(content: bytes) -> bytes:
    """SHA-256 with the leaf's prefix of RFC 9162, so that no leaf passes for a node."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
