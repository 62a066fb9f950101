"""Envelopes: one size, one key, one vote; what a hostile sealer puts in is no ballot."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from pb.ballots import casting, sealing
from pb.record.rules import payload
from voting.ballots import Approval, Knapsack, Points, Ranking
from voting.contest import Contest, Option

KEY = X25519PrivateKey.generate()
BOUND = sealing.info("example.org/processes/one", b"m" * 32)


def contest(kind: str = "ranked", **more: object) -> Contest:
    options = tuple(Option(str(one), cost=1) for one in range(1, 13))
    return Contest(options, kind, "greedy", budgets={"": 100}, **more)  # type: ignore[arg-type]


def test_every_envelope_of_a_vote_has_one_size() -> None:
    one = contest(max_choices=5)
    size = sealing.size_for([one])
    lengths = {
        len(sealing.seal(sealing.Opened(content, "A" * 12, word), KEY.public_key(), BOUND, size))
        for content in (Ranking(()), Ranking(("1",)), Ranking(("10", "11", "12", "9", "8")))
        for word in ("", "ŵ" * 20)
    }
    assert lengths == {size + sealing.OVERHEAD}


@pytest.mark.parametrize(
    ("kind", "content", "more"),
    [("ranked", Ranking(tuple(map(str, range(1, 13)))), {}),
     ("approval", Approval(tuple(map(str, range(1, 13)))), {}),
     ("knapsack", Knapsack(tuple(map(str, range(1, 13)))), {}),
     ("points", Points(tuple((str(one), 10) for one in range(1, 11))), {"max_points": 100})],
)
def test_the_longest_ballot_fits(kind: str, content: object, more: dict[str, int]) -> None:
    one = contest(kind, **more)
    size = sealing.size_for([one])
    opened = sealing.Opened(content, "Z" * 12, "ŵ" * 20)  # type: ignore[arg-type]
    envelope = sealing.seal(opened, KEY.public_key(), BOUND, size)
    assert sealing.unseal(envelope, KEY, BOUND, size, one) == opened


def test_an_envelope_opens_with_its_key_in_its_vote_and_whole_only() -> None:
    one = contest()
    size = sealing.size_for([one])
    envelope = sealing.seal(
        sealing.Opened(Ranking(("1",)), "A" * 12, ""), KEY.public_key(), BOUND, size
    )
    wrong = [
        (envelope, X25519PrivateKey.generate(), BOUND),
        (envelope, KEY, sealing.info("example.org/processes/other", b"m" * 32)),
        (envelope, KEY, sealing.info("example.org/processes/one", b"x" * 32)),
        (envelope[:-1], KEY, BOUND),
        (b"\x00" * len(envelope), KEY, BOUND),
        *((envelope[:place] + bytes([envelope[place] ^ 1]) + envelope[place + 1 :], KEY, BOUND)
          for place in range(0, len(envelope), 7)),
    ]
    for broken, key, bound in wrong:
        with pytest.raises(sealing.Unopenable):
            sealing.unseal(broken, key, bound, size, one)


@pytest.mark.parametrize("text", [
    b'{"ballot":{"ranking":["99"]},"tracking":"AAAAAAAAAAAA","word":""}',
    b'{"ballot":{"ranking":["1","1"]},"tracking":"AAAAAAAAAAAA","word":""}',
    b'{"ballot":{"approval":["1"]},"tracking":"AAAAAAAAAAAA","word":""}',
    b'{"ballot":{"ranking":["1"]},"tracking":"AAAA","word":""}',
    b'{"ballot":{"ranking":["1"]},"tracking":"AAAAAAAAAAAA","word":"two words"}',
    b'{"ballot": {"ranking":["1"]},"tracking":"AAAAAAAAAAAA","word":""}',
    b'{"ballot":{"ranking":["1"]},"more":1,"tracking":"AAAAAAAAAAAA","word":""}',
    b"[]", b"null", b"", b"\xff\xfe", b"[" * 170, b'{"ballot":[],"tracking":1,"word":2}',
])
def test_what_a_hostile_sealer_puts_in_is_no_ballot(text: bytes) -> None:
    one = contest()
    size = sealing.size_for([one])
    envelope = sealing.SUITE.encrypt(text.ljust(size), KEY.public_key(), info=BOUND)
    with pytest.raises(sealing.Unopenable):
        sealing.unseal(envelope, KEY, BOUND, size, one)


@pytest.mark.parametrize(("typed", "word"), [
    ("", ""), ("  heulwen ", "heulwen"), ("Tŷ-Gwyn", "Tŷ-Gwyn"), ("o’r", "o'r"),
    ("x" * 20, "x" * 20),
])
def test_a_word_of_one_s_own(typed: str, word: str) -> None:
    assert sealing.read_word(typed) == word


@pytest.mark.parametrize("typed", ["x" * 21, "two words", "<b>", "a\u202eb", "😀", "a\nb"])
def test_what_is_no_word(typed: str) -> None:
    with pytest.raises(ValueError, match="not a word"):
        sealing.read_word(typed)


def test_the_leaf_is_the_record_s_own_way_of_writing() -> None:
    for replaces in (None, 7):
        assert casting.leaf_payload(b"abc\xff", replaces) == payload(
            "cast", {"envelope": "YWJj/w==", "replaces": replaces}
        )
