"""A passkey in software: what a telephone does when a page asks it to make or to use one."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


def text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def plain(words: str) -> bytes:
    return urlsafe_b64decode(words + "=" * (-len(words) % 4))


def cbor(value: Any) -> bytes:
    """The little of CBOR that a passkey writes."""
    def head(kind: int, number: int) -> bytes:
        if number < 24:
            return bytes([kind << 5 | number])
        if number < 256:
            return bytes([kind << 5 | 24, number])
        return bytes([kind << 5 | 25]) + struct.pack(">H", number)

    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    return head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


class SoftKey:
    """One passkey; ``origin`` is where the browser believes to be."""

    def __init__(self, origin: str = "http://testserver", verified: bool = True) -> None:
        self.origin, self.verified = origin, verified
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.uses = 0

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _data(self, host: str, extra: bytes = b"") -> bytes:
        self.uses += 1
        flags = 1 | (4 if self.verified else 0) | (64 if extra else 0)
        return (hashlib.sha256(host.encode()).digest() + bytes([flags])
                + struct.pack(">I", self.uses) + extra)

    def make(self, options: str) -> str:
        """The answer to ``navigator.credentials.create``."""
        wanted = json.loads(options)
        public = self.private.public_key().public_numbers()
        key = cbor({1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"),
                    -3: public.y.to_bytes(32, "big")})
        extra = bytes(16) + struct.pack(">H", len(self.id)) + self.id + key
        attested = cbor({"fmt": "none", "attStmt": {},
                         "authData": self._data(wanted["rp"]["id"], extra)})
        return json.dumps({
            "id": text(self.id), "rawId": text(self.id), "type": "public-key",
            "response": {
                "clientDataJSON": text(self._client("webauthn.create", wanted["challenge"])),
                "attestationObject": text(attested),
            },
        })

    def use(self, options: str) -> str:
        """The answer to ``navigator.credentials.get``."""
        wanted = json.loads(options)
        client = self._client("webauthn.get", wanted["challenge"])
        data = self._data(wanted["rpId"])
        signature = self.private.sign(
            data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return json.dumps({
            "id": text(self.id), "rawId": text(self.id), "type": "public-key",
            "response": {"clientDataJSON": text(client), "authenticatorData": text(data),
                         "signature": text(signature)},
        })
