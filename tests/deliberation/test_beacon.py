"""The beacon is believed for its signature alone: genuine rounds pass, everything else fails.

The genuine rounds were published by drand's quicknet and are stored in the tests of several of
its clients; another network's round 1000 must not pass for quicknet's.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest

from deliberation.sortition import beacon
from deliberation.sortition.beacon import Beacon, BeaconError

GENUINE = {
    1000: "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125"
    "e342b73a8dd2bacbe47e4b6b63ed5e39",
    12040883: "929906c959032ab363c9f26570d215d66f5c06cb0c44fe508c12bb5839f04ec8"
    "95bb6868e5b9ff13ab289bdb5266b394",
    32285086: "a64d99fd7fa3e48912be7209c7b69c72c88fc5224be2516949b6f29f3a4b7e3f"
    "a069dd58b2bbb4bf2c34ae61ef631a44",
}
RANDOMNESS_1000 = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
OTHER_NETWORK_1000 = (
    "b09eacd45767c4d58306b98901ad0d6086e2663766f3a4ec71d00cf26f0f49ea"
    "f248abc7151c60cf419c4e8b37e80412"
)


def genuine(number: int) -> Beacon:
    return Beacon(number, bytes.fromhex(GENUINE[number]))


def refused(found: Beacon, expected: int) -> str:
    with pytest.raises(BeaconError) as caught:
        beacon.check(found, expected)
    return caught.value.code


@pytest.mark.parametrize("number", GENUINE)
def test_genuine_rounds_pass(number: int) -> None:
    randomness = beacon.check(genuine(number), number)
    assert len(randomness) == 32
    if number == 1000:
        assert randomness.hex() == RANDOMNESS_1000


def test_another_round_than_the_one_named_is_refused_though_genuine() -> None:
    assert refused(genuine(1000), 1001) == "beacon.wrong_round"


def test_a_signature_under_another_number_is_refused() -> None:
    assert refused(Beacon(1001, genuine(1000).signature), 1001) == "beacon.signature"


def test_another_networks_signature_of_the_same_round_is_refused() -> None:
    found = Beacon(1000, bytes.fromhex(OTHER_NETWORK_1000))
    assert refused(found, 1000) == "beacon.signature"


@pytest.mark.parametrize("bit", [0, 1, 2, 3, 7, 100, 200, 383])
def test_an_altered_bit_is_refused(bit: int) -> None:
    altered = int.from_bytes(genuine(1000).signature, "big") ^ (1 << (383 - bit))
    assert refused(Beacon(1000, altered.to_bytes(48, "big")), 1000) == "beacon.signature"


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        b"\x00" * 48,
        b"\xff" * 48,
        b"\xc0" + b"\x00" * 47,  # the point at infinity signs anything
        bytes.fromhex(GENUINE[1000])[:47],
        bytes.fromhex(GENUINE[1000]) + b"\x00",
        (4).to_bytes(48, "big"),
        (2**383 + 4).to_bytes(48, "big"),  # on the curve, but not in the group of that order
    ],
)
def test_what_is_no_signature_is_refused(signature: bytes) -> None:
    assert refused(Beacon(1000, signature), 1000) == "beacon.signature"


@pytest.mark.parametrize("number", [0, -1, 2**63])
def test_no_such_round(number: int) -> None:
    assert refused(Beacon(number, b""), number) == "beacon.round"
    with pytest.raises(BeaconError):
        beacon.time_of(number)


def test_what_servers_answer_is_read() -> None:
    answer = {"round": 1000, "signature": GENUINE[1000], "randomness": RANDOMNESS_1000}
    assert beacon.parse(json.dumps(answer)) == genuine(1000)
    del answer["randomness"]
    assert beacon.parse(json.dumps(answer)) == genuine(1000)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<html>", "beacon.form"),
        ("[]", "beacon.form"),
        ('{"round": true, "signature": "00"}', "beacon.form"),
        ('{"round": 1000, "signature": "00"}', "beacon.form"),
        ('{"round": 1000}', "beacon.form"),
        (
            json.dumps({"round": 1000, "signature": GENUINE[1000], "randomness": "00" * 32}),
            "beacon.randomness",
        ),
    ],
)
def test_what_is_no_beacon_is_refused(text: str, code: str) -> None:
    with pytest.raises(BeaconError) as caught:
        beacon.parse(text)
    assert caught.value.code == code


def test_rounds_and_their_times() -> None:
    first = datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC)
    assert beacon.time_of(1) == first
    assert beacon.time_of(1000) == first + timedelta(seconds=2997)
    for number in (1, 2, 1000, 40_000_000):
        due = beacon.time_of(number)
        assert beacon.round_at(due) == number
        assert beacon.round_at(due + timedelta(microseconds=1)) == number + 1
        assert beacon.round_at(due - timedelta(seconds=2)) == number
    assert beacon.round_at(first - timedelta(days=1)) == 1
