"""A public beacon as a source of chance: drand's quicknet, checked without a network.

Every three seconds some twenty organisations together sign the number of the round; no minority
of them can foresee or bend the signature, and everybody can check it against one public key.
A draw names its rounds before they exist. What is pasted or fetched later is believed for its
signature alone, never for where it came from.

The scheme is ``bls-unchained-g1-rfc9380``: signature on G1 (48 bytes), key on G2 (96 bytes),
message SHA-256(round as 8 bytes, big end first), hashed to the curve as in RFC 9380. Randomness
is SHA-256(signature).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Any

CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
PUBLIC_KEY = bytes.fromhex(
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
GENESIS = datetime.fromtimestamp(1_692_803_367, UTC)
PERIOD = timedelta(seconds=3)
DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
LAST_ROUND = 2**63 - 1
SIGNATURE_BYTES = 48


class BeaconError(ValueError):
    """A beacon that cannot be believed, as a code with parameters.

    ``beacon.form`` (what was pasted is not a beacon: ``why``), ``beacon.round`` (no such round),
    ``beacon.wrong_round`` (expected, round), ``beacon.signature`` (round),
    ``beacon.randomness`` (round): the randomness beside it is not the signature's hash.
    """

    def __init__(self, code: str, **parameters: object) -> None:
        self.code = code
        self.parameters = parameters
        details = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
        super().__init__(f"{code} ({details})" if details else code)


@dataclass(frozen=True, slots=True)
class Beacon:
    """One round of the beacon, as it was given; ``check`` says whether it is genuine."""

    round: int
    signature: bytes

    @property
    def randomness(self) -> bytes:
        return hashlib.sha256(self.signature).digest()


def parse(text: str) -> Beacon:
    """Read what drand's servers answer (JSON with round, signature and perhaps randomness)."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise BeaconError("beacon.form", why="no JSON") from error
    if not isinstance(found, dict):
        raise BeaconError("beacon.form", why="no JSON object")
    number, signature = found.get("round"), found.get("signature")
    if not isinstance(number, int) or isinstance(number, bool):
        raise BeaconError("beacon.form", why="no round")
    if not isinstance(signature, str) or not re.fullmatch(r"[0-9a-fA-F]{96}", signature):
        raise BeaconError("beacon.form", why="no signature of 48 bytes")
    beacon = Beacon(number, bytes.fromhex(signature))
    randomness = found.get("randomness")
    if randomness is not None and str(randomness).lower() != beacon.randomness.hex():
        raise BeaconError("beacon.randomness", round=number)
    return beacon


def check(beacon: Beacon, expected_round: int) -> bytes:
    """The randomness of a genuine beacon of the round named before. Errors: BeaconError."""
    if not 1 <= expected_round <= LAST_ROUND:
        raise BeaconError("beacon.round", round=expected_round)
    if beacon.round != expected_round:
        raise BeaconError("beacon.wrong_round", expected=expected_round, round=beacon.round)
    if not _is_signature(beacon.round, beacon.signature):
        raise BeaconError("beacon.signature", round=beacon.round)
    return beacon.randomness


def round_at(moment: datetime) -> int:
    """The first round that comes at ``moment`` (with its time zone) or after it."""
    return max(1, -((GENESIS - moment) // PERIOD) + 1)


def time_of(number: int) -> datetime:
    """When a round is due, in UTC."""
    if not 1 <= number <= LAST_ROUND:
        raise BeaconError("beacon.round", round=number)
    return GENESIS + (number - 1) * PERIOD


@cache
def _curve() -> tuple[Any, Any]:
    """py_ecc's curve, and its encodings; loaded late, since that takes a second."""
    return (
        import_module("py_ecc.optimized_bls12_381"),
        import_module("py_ecc.bls.point_compression"),
    )


@cache
def _key() -> Any:
    halves = (PUBLIC_KEY[:48], PUBLIC_KEY[48:])
    return _curve()[1].decompress_G2(tuple(int.from_bytes(half, "big") for half in halves))


def _is_signature(number: int, signature: bytes) -> bool:
    """Whether e(signature, generator) = e(hash of the message, key), a third of a second's work."""
    curve, encoding = _curve()
    if len(signature) != SIGNATURE_BYTES:
        return False
    try:
        point = encoding.decompress_G1(int.from_bytes(signature, "big"))
    except ValueError:  # not the encoding of a point
        return False
    in_subgroup = import_module("py_ecc.bls.g2_primitives").subgroup_check
    if curve.is_inf(point) or not in_subgroup(point):
        return False
    message = hashlib.sha256(number.to_bytes(8, "big")).digest()
    hash_to_curve = import_module("py_ecc.bls.hash_to_curve").hash_to_G1
    hashed = hash_to_curve(message, DOMAIN, hashlib.sha256)
    product = curve.pairing(curve.G2, point, False)
    product *= curve.pairing(_key(), curve.neg(hashed), False)
    return bool(curve.final_exponentiate(product) == curve.FQ12.one())
