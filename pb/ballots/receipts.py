"""The receipt: where a ballot stands in the record, the server's signed promise of it, and, for
the voter's eyes only, the tracking code inside the sealed ballot.

The tracking code is nowhere on the server. So that the receipt's page can be loaded again, it lies
on the voter's own device in a cookie that only this server can read, until the vote ends, and with
it what the voter chose: the server cannot look into an envelope, not even for the voter.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from markupsafe import Markup
from sqlalchemy import Connection

from pb.ballots.content import from_json, to_json
from pb.core.security import spaced
from pb.core.site import Site
from pb.core.web import Request
from pb.record import keys, notes, queries
from voting.ballots import BallotError, Content

VERSION = "CP1"
PATTERN = re.compile(r"CP1\.([a-z0-9-]{1,80})\.(0|[1-9]\d{0,11})\.([0-9a-f]{64})\.([\w-]{91})",
                     re.ASCII)
DAY = 24 * 3600
NONCE = 12
_SIGNERS: WeakKeyDictionary[Site, tuple[Ed25519PrivateKey, bytes]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Receipt:
    """``promise``: the 68 bytes of the note's signature line under number and hash."""

    slug: str
    number: int
    hash: bytes
    promise: bytes

    @property
    def text(self) -> str:
        """As it is printed and stands in the square."""
        line = base64.urlsafe_b64encode(self.promise).rstrip(b"=").decode()
        return f"{VERSION}.{self.slug}.{self.number}.{self.hash.hex()}.{line}"

    @property
    def square(self) -> Markup:
        """The text as a QR code in SVG: black on white with its quiet edge, in dark pages too."""
        import segno  # only here: starting must be quick

        return Markup(
            segno.make(self.text, error="m", micro=False).svg_inline(
                border=4, unit=None, omitsize=True, svgclass="qr", lineclass=None,
                light="#fff",
            )
        )


class NotAReceipt(ValueError):
    """What was typed is no receipt."""


def promised(site: Site, slug: str, origin: str, number: int, digest: bytes) -> Receipt:
    """The receipt of a leaf, signed. The same leaf gets the same receipt: Ed25519 signs so."""
    text = notes.receipt_text(origin, number, digest)
    signer = _SIGNERS.get(site)
    if signer is None:  # the key's file is read once for all receipts of this server
        key = keys.log_key(site)
        signer = _SIGNERS[site] = (key, key.public_key().public_bytes_raw())
    key, public = signer
    return Receipt(slug, number, digest,
                   notes.key_id(origin, public) + key.sign(text.encode()))


def read(typed: str) -> Receipt:
    """A typed or scanned receipt; spaces and line breaks make no difference.

    Errors: NotAReceipt.
    """
    match = PATTERN.fullmatch("".join(typed.split()))
    if match is None:
        raise NotAReceipt("not of this form")
    try:
        promise = base64.urlsafe_b64decode(match[4] + "=")
    except binascii.Error:
        raise NotAReceipt("not of this form") from None
    found = Receipt(match[1], int(match[2]), bytes.fromhex(match[3]), promise)
    if found.text != match[0]:
        raise NotAReceipt("written in another way")
    return found


def verdict(site: Site, connection: Connection, process_id: int, slug: str,
            receipt: Receipt) -> str:
    """What is to be said of a receipt.

    foreign   of another vote
    forged    not signed by this server, or changed since
    missing   signed, and not in the record: somebody changed the record
    replaced  in the record, and a later ballot of the same voter stands in its place
    void      in the record, and two officials took the ballot out, with a reason
    in        in the record, and it counts
    """
    from pb.ballots.queries import gone_leaves

    log = queries.log_of(connection, process_id)
    if receipt.slug != slug or log is None:
        return "foreign"
    text = notes.receipt_text(log.origin, receipt.number, receipt.hash)
    if not notes.holds(keys.public_key(site), log.origin, text, receipt.promise):
        return "forged"
    leaf = queries.leaf(connection, process_id, receipt.number)
    if leaf is None or leaf.hash != receipt.hash:
        return "missing"
    replaced, void = gone_leaves(connection, process_id, receipt.number)
    return "void" if void else "replaced" if replaced else "in"


# -- on the voter's device -------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """What the voter's own device keeps of a cast."""

    roll_id: int
    receipt: Receipt
    tracking: str
    word: str
    content: Content

    @property
    def code(self) -> str:
        return spaced(self.tracking)


@lru_cache(8)
def _cipher(key: str) -> AESGCM:
    return AESGCM(bytes.fromhex(key)[:32])


def cookie(process_id: int) -> str:
    return f"receipt-{process_id}"


def keep(request: Request, process_id: int, kept: Kept, closes_at: datetime | None) -> None:
    """Put it on the device until the vote ends."""
    receipt = kept.receipt
    value = [kept.roll_id, receipt.number, receipt.hash.hex(),
             base64.b64encode(receipt.promise).decode(), kept.tracking, kept.word,
             to_json(kept.content)]
    nonce = os.urandom(NONCE)
    sealed = _cipher(request.site.secrets.tag("receipt")).encrypt(
        nonce, json.dumps(value, separators=(",", ":")).encode(), str(process_id).encode()
    )
    seconds = int((closes_at - request.now).total_seconds()) if closes_at else DAY
    request.set_cookie(
        cookie(process_id), base64.urlsafe_b64encode(nonce + sealed).decode(), max(seconds, 1)
    )


def kept(request: Request, process_id: int, slug: str, roll_id: int) -> Kept | None:
    """What this device keeps for this voter. What was tampered with is as if not there."""
    text = request.inner.cookies.get(cookie(process_id), "")
    if not text:
        return None
    try:
        whole = base64.urlsafe_b64decode(text)
        plain = _cipher(request.site.secrets.tag("receipt")).decrypt(
            whole[:NONCE], whole[NONCE:], str(process_id).encode()
        )
        value: list[Any] = json.loads(plain)
        content = from_json(value[6])
    except (InvalidTag, ValueError, BallotError):
        return None
    if value[0] != roll_id:
        return None
    receipt = Receipt(slug, value[1], bytes.fromhex(value[2]), base64.b64decode(value[3]))
    return Kept(roll_id, receipt, value[4], value[5], content)


def forget(request: Request, process_id: int) -> None:
    """At the end of the vote, or for the next voter on the same device."""
    if cookie(process_id) in request.inner.cookies:
        request.set_cookie(cookie(process_id), None, None)
