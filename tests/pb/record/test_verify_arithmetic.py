"""Signatures and envelopes by plain integers: the published vectors, and beside cryptography."""

from __future__ import annotations

import hashlib
import os

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from pb.record import verify
from tests.support.bundle import SUITE

RFC_8032 = (
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
)
"""Section 7.1: public key, message, signature."""
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize(("key", "text", "signature"), RFC_8032)
def test_the_signatures_of_rfc_8032(key: str, text: str, signature: str) -> None:
    raw = bytes.fromhex(key), bytes.fromhex(signature), bytes.fromhex(text)
    assert verify.signed_by(*raw)
    assert not verify.signed_by(raw[0], raw[1], raw[2] + b"x")


def test_what_is_not_canonical_is_no_signature() -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"K" * 32)
    public, good = key.public_key().public_bytes_raw(), key.sign(b"text")
    assert verify.signed_by(public, good, b"text")
    larger = int.from_bytes(good[32:], "little") + ORDER  # the same number, written otherwise
    assert not verify.signed_by(public, good[:32] + larger.to_bytes(32, "little"), b"text")
    one = 1  # the neutral point, and the same with y beyond the field, or x minus nothing
    for raw in (one | 1 << 255, 2**255 - 19 + one, 2**255 - 19, 2):
        assert verify.point(raw.to_bytes(32, "little")) is None
    assert verify.point((1).to_bytes(32, "little")) is not None
    for at in range(64):
        assert not verify.signed_by(public, good[:at] + bytes([good[at] ^ 4]) + good[at + 1 :],
                                    b"text")


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_ed25519_beside_cryptography(secret: bytes, text: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(secret)
    public = key.public_key().public_bytes_raw()
    assert verify.signed_by(public, key.sign(text), text)
    assert not verify.signed_by(public, key.sign(text + b"!"), text)


def test_x25519_of_rfc_7748() -> None:
    secret = bytes.fromhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")
    public = bytes.fromhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")
    assert verify.x25519(secret, public).hex() == (
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
    )


def test_aes_of_fips_197() -> None:
    words = verify.round_keys(bytes(range(16)))
    block = bytes.fromhex("00112233445566778899aabbccddeeff")
    assert verify.aes(words, block).hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=100))
def test_gcm_beside_cryptography(text: bytes) -> None:
    key, nonce = hashlib.sha256(text).digest()[:16], os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, text, None)
    assert verify.gcm_open(key, nonce, sealed) == text
    for at in range(len(sealed)):
        touched = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        assert verify.gcm_open(key, nonce, touched) == b""


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=1, max_size=300), st.binary(max_size=60))
def test_hpke_beside_cryptography(text: bytes, info: bytes) -> None:
    key = X25519PrivateKey.from_private_bytes(hashlib.sha256(info).digest())
    public = key.public_key().public_bytes_raw()
    envelope = SUITE.encrypt(text, key.public_key(), info=info)
    secret = key.private_bytes_raw()
    assert verify.hpke_open(secret, public, info, envelope) == text
    assert verify.hpke_open(secret, public, info + b"x", envelope) == b""


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 100, 257])
def test_every_root_is_that_of_rfc_9162(size: int) -> None:
    from tests.support.bundle import root_of

    hashes = [hashlib.sha256(bytes([one % 256, one // 256])).digest() for one in range(size)]
    assert verify.roots_of(hashes) == [root_of(hashes[:one]) for one in range(1, size + 1)]
