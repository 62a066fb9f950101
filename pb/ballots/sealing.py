"""Sealing a ballot so that every envelope looks like every other, and opening it again. Pure.

HPKE (RFC 9180) with X25519, HKDF-SHA256 and AES-128-GCM. What is sealed is canonical JSON
``{"ballot": ..., "tracking": "XXXXXXXXXXXX", "word": ""}``, filled up with spaces to one size for
the whole vote: a short ballot is as long as a full one. The envelope is bound to its log and to
the hash of the log's first leaf, the rules: it opens nowhere else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from pb.ballots.content import from_json, to_json
from pb.record.rules import canonical
from voting.ballots import Approval, BallotError, Content, Knapsack, Points, Ranking, check
from voting.contest import Contest

ALGORITHM = "HPKE-X25519-HKDF-SHA256-AES-128-GCM"
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
OVERHEAD = 48
"""Bytes of an envelope beyond the ballot: 32 of the one-time public key, 16 of the seal."""
TRACKING = 12
"""Characters of a tracking code: 60 bits."""
WORD = 20
"""Letters of a voter's own word at most."""
WORD_BYTES = 80
STEP = 32
"""Sizes are rounded up to this many bytes."""
ROW = {"ranked": Ranking, "approval": Approval, "knapsack": Knapsack}


class Unopenable(ValueError):
    """An envelope that this key and this vote do not open to a ballot."""


@dataclass(frozen=True)
class Opened:
    """What lay in an envelope."""

    content: Content
    tracking: str
    word: str


def info(origin: str, manifest: bytes) -> bytes:
    """What every envelope of a vote is bound to; ``manifest`` is the hash of leaf 0."""
    return b"common-purse/ballot/1\n" + origin.encode() + b"\n" + manifest


def read_word(typed: str) -> str:
    """A voter's own word as it is sealed: letters, digits, inner hyphens and apostrophes.

    Errors: ValueError for anything else, or more than 20 characters.
    """
    word = unicodedata.normalize("NFC", typed.strip().replace("\u2019", "'"))
    if len(word) > WORD or any(
        not (one.isalnum() or one in "-'" or unicodedata.category(one) in ("Mn", "Mc"))
        for one in word
    ) or len(word.encode()) > WORD_BYTES:
        raise ValueError("not a word")
    return word


def plain(content: Content, tracking: str, word: str) -> bytes:
    """What is sealed, before it is filled up."""
    return canonical({"ballot": to_json(content), "tracking": tracking, "word": word})


def size_for(contests: Iterable[Contest]) -> int:
    """The size in bytes to which every ballot of a vote is filled up: of the longest there is."""
    longest = max((len(plain(_longest(one), "0" * TRACKING, "")) for one in contests), default=0)
    return -(-(longest + WORD_BYTES) // STEP) * STEP


def _longest(contest: Contest) -> Content:
    """A content that takes at least as many bytes as any that may be cast."""
    options = sorted(contest.by_id, key=lambda one: -len(canonical(one)))
    if contest.kind == "points":
        most = contest.max_points or 999_999_999
        return Points(tuple((one, most) for one in options))
    if contest.max_choices is not None:
        options = options[: contest.max_choices]
    kind: Any = ROW[contest.kind]
    return kind(tuple(options))  # type: ignore[no-any-return]


def seal(opened: Opened, public_key: X25519PublicKey, bound_to: bytes, size: int) -> bytes:
    """The envelope. Errors: ValueError for a ballot that is longer than the vote's size."""
    text = plain(opened.content, opened.tracking, opened.word)
    if len(text) > size:
        raise ValueError("the ballot is longer than the envelope")
    return SUITE.encrypt(text.ljust(size), public_key, info=bound_to)


def unseal(
    envelope: bytes, private_key: X25519PrivateKey, bound_to: bytes, size: int, contest: Contest
) -> Opened:
    """What lies in an envelope. Errors: Unopenable, also for what may not be cast."""
    if len(envelope) != size + OVERHEAD:
        raise Unopenable("an envelope of another size")
    try:
        text = SUITE.decrypt(envelope, private_key, info=bound_to)
    except (InvalidTag, ValueError) as error:
        raise Unopenable("not sealed to this key and this vote") from error
    return _read(text, contest)


def _read(text: bytes, contest: Contest) -> Opened:
    import json

    try:
        value = json.loads(text)
        ballot, tracking, word = value["ballot"], value["tracking"], value["word"]
        opened = Opened(from_json(ballot), tracking, word)
        again = plain(opened.content, tracking, word)
        if again != text.rstrip(b" ") or set(value) != {"ballot", "tracking", "word"}:
            raise Unopenable("not written in the one way")
        if not (isinstance(tracking, str) and len(tracking) == TRACKING and tracking.isascii()
                and tracking.isalnum() and read_word(word) == word):
            raise Unopenable("no tracking code or word")
        check(opened.content, contest)
    except (BallotError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unopenable("no ballot") from error
    except ValueError as error:
        raise error if isinstance(error, Unopenable) else Unopenable("no ballot") from error
    return opened
