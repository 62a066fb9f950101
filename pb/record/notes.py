"""Signed notes: heads (C2SP checkpoints) and promises of receipts, written and read strictly.

A note is a text, an empty line, and a line with a signature by Ed25519. Whoever reads one refuses
every other way of writing the same. Needs the standard library and ``cryptography`` only.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

LARGEST = 10_000
"""Characters; a head has some three hundred."""


class NoteError(ValueError):
    """A note that cannot be believed; the message says why, in plain words."""


@dataclass(frozen=True)
class Head:
    """A log's name, its size and the root hash over its leaves."""

    origin: str
    size: int
    root: bytes


def key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def signature(key: Ed25519PrivateKey, name: str, text: str) -> bytes:
    """The 68 bytes of a signature line: the key's id and the signature."""
    public = key.public_key().public_bytes_raw()
    return key_id(name, public) + key.sign(text.encode())


def signed(key: Ed25519PrivateKey, name: str, text: str) -> str:
    """The whole note of a text."""
    line = base64.b64encode(signature(key, name, text)).decode()
    return f"{text}\n\u2014 {name} {line}\n"


def holds(public: bytes, name: str, text: str, line: bytes) -> bool:
    """Whether the 68 bytes are this key's signature under this text."""
    if len(line) != 68 or line[:4] != key_id(name, public):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(line[4:], text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def opened(note: str, name: str, public: bytes) -> str:
    """The text of a note that bears this key's signature and no other. Errors: NoteError."""
    if len(note) > LARGEST:
        raise NoteError("it is too long for a signed head")
    text, gap, last = note.partition("\n\n")
    match = re.fullmatch(r"\u2014 (\S+) (\S+)\n", last)
    if not gap or match is None:
        raise NoteError("it is no note with one signature")
    if match[1] != name:
        raise NoteError(f"it is signed in the name of {match[1]}, not of {name}")
    if not holds(public, name, text + "\n", _decoded(match[2])):
        raise NoteError("its signature is not by the key of this record")
    return text + "\n"


def _decoded(text: str) -> bytes:
    """Base64 written in the one usual way. Errors: NoteError."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("it holds characters that are no Base64") from None
    if base64.b64encode(found).decode() != text:
        raise NoteError("it writes Base64 in an unusual way")
    return found


def head_text(head: Head) -> str:
    return f"{head.origin}\n{head.size}\n{base64.b64encode(head.root).decode()}\n"


def read_head(text: str) -> Head:
    """A head's own text. Errors: NoteError."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not re.fullmatch(r"0|[1-9][0-9]{0,17}", lines[1]):
        raise NoteError("it is no head of a record")
    root = _decoded(lines[2])
    if not lines[0] or len(root) != 32:
        raise NoteError("it is no head of a record")
    return Head(lines[0], int(lines[1]), root)


def receipt_text(origin: str, number: int, digest: bytes) -> str:
    """The text of the promise that a leaf will be in the next heads."""
    return f"{origin}/receipt\n{number}\n{base64.b64encode(digest).decode()}\n"
