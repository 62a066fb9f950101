"""What verify.py says of a whole bundle: a good one passes, every touched byte is noticed."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pb.record import verify
from tests.support.bundle import (
    BOX_KEY,
    LOG_KEY,
    ROOT,
    Vote,
    canonical,
    indexed,
    sign_note,
    whole_vote,
    zipped,
)
from voting import Contest, Group, Option
from voting.ballots import Approval, Content, Points, Ranking

PYTHONS = Path.home() / ".pyenv/versions"
KEY = LOG_KEY.public_key().public_bytes_raw().hex()


def a_contest(kind: str = "approval", method: str = "greedy", seats: int = 0) -> Contest:
    return Contest(
        tuple(Option(str(one), cost=1000 * one, area="quay" if one > 3 else "")
              for one in range(1, 6)),
        kind, method, seats=seats, budgets={"": 4000, "quay": 9000}, max_choices=3, max_points=9,
        groups=(Group("bridge", frozenset({"1", "2"})),),
    )


def some_ballots(kind: str, number: int) -> list[Content]:
    chance = random.Random(7)
    drawn = [tuple(chance.sample("12345", chance.randint(0, 3))) for _ in range(number)]
    if kind == "ranked":
        return [Ranking(one) for one in drawn]
    if kind == "points":
        return [Points(tuple((option, chance.randint(1, 3)) for option in one)) for one in drawn]
    return [Approval(one) for one in drawn]


@cache
def a_vote() -> Vote:
    return whole_vote(a_contest(), some_ballots("approval", 7))


@cache
def good() -> dict[str, bytes]:
    vote = a_vote()
    return indexed(vote.members(), vote.origin)


def say(tmp_path: Path, bundle: bytes, *options: str, capsys: pytest.CaptureFixture[str]
        ) -> tuple[int, str]:
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle)
    capsys.readouterr()
    code = verify.main([str(path), *options])
    return code, capsys.readouterr().out


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    return lambda bundle, *options: say(tmp_path, bundle, *options, capsys=capsys)


Check = Callable[..., tuple[int, str]]


# -- the good one ----------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "method", "seats"), [
    ("approval", "greedy", 0), ("points", "equal-shares", 0), ("ranked", "equal-shares-ranked", 0),
    ("ranked", "scottish-stv", 2), ("ranked", "irv", 1),
])
def test_a_good_bundle_passes(kind: str, method: str, seats: int, check: Check) -> None:
    vote = whole_vote(a_contest(kind, method, seats), some_ballots(kind, 40))
    code, out = check(vote.bundle())
    assert code == 0, out
    assert "OK the result is right" in out
    for unproved in ("UNKNOWN KEY", "UNKNOWN HEAD", "NO RECEIPT", "NOT REOPENED"):
        assert unproved in out.splitlines()[-1]


def test_with_every_value_given_nothing_stays_unproved(check: Check, tmp_path: Path) -> None:
    vote = a_vote()
    (tmp_path / "head").write_text(vote.heads[1], encoding="utf-8")
    folder = tmp_path / "auditor"
    folder.mkdir()
    (folder / "7.box").write_text(BOX_KEY.private_bytes_raw().hex(), encoding="ascii")
    code, out = check(vote.bundle(), "--key", KEY, "--head", str(tmp_path / "head"),
                      "--receipt", vote.receipt(max(vote.sealed)), "--auditor", str(folder))
    assert code == 0, out
    assert out.endswith("Not proved here: nothing.\n")
    assert "We opened the 7 envelopes" in out


def test_it_runs_alone_on_old_and_new_pythons(tmp_path: Path) -> None:
    """Nothing but the file itself: another folder, no environment, ``-I``."""
    (tmp_path / "b.zip").write_bytes(a_vote().bundle())
    (tmp_path / "verify.py").write_bytes((ROOT / "pb/record/verify.py").read_bytes())
    others = [path / "bin/python" for path in sorted(PYTHONS.glob("3.*"))
              if path.name.count(".") == 2 and int(path.name.split(".")[1]) >= 9]
    for python in (sys.executable, *map(str, others)):
        done = subprocess.run([python, "-I", "-W", "error", "verify.py", "b.zip"], cwd=tmp_path,
                              env={"PATH": os.environ["PATH"]}, capture_output=True, text=True)
        assert done.returncode == 0, (python, done.stdout, done.stderr)
        assert done.stderr == ""


def test_it_is_one_short_file_of_the_standard_library() -> None:
    source = (ROOT / "pb/record/verify.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 700
    assert "import pb" not in source and "from pb" not in source and "voting" not in source


def test_packing_order_and_dates_are_free(check: Check) -> None:
    members = good()
    pairs = list(members.items())
    random.Random(1).shuffle(pairs)
    for bundle in (zipped(pairs), zipped(members, zipfile.ZIP_STORED), _streamed(members)):
        assert check(bundle)[0] == 0


class _Pipe(io.RawIOBase):
    """What cannot be wound back: zipfile then writes sizes behind the members."""

    def __init__(self) -> None:
        self.got = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.got += bytes(data)  # type: ignore[call-overload]
        return len(bytes(data))  # type: ignore[call-overload]


def _streamed(members: dict[str, bytes]) -> bytes:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as file:  # type: ignore[arg-type]
        for name, data in members.items():
            file.writestr(zipfile.ZipInfo(name, (2031, 5, 17, 9, 8, 6)), data)
    return bytes(pipe.got)


# -- every byte ------------------------------------------------------------------------------


def verdict(members: dict[str, bytes]) -> str:
    """Straight to the checks behind unpacking; "" for a pass."""
    try:
        log = verify.check_file(members, None)
        verify.check_log(log, members["heads.txt"], None)
        opened, contest = verify.check_box(log), verify.Contest(log.manifest)
        groups = verify.check_ballots(members["ballots.jsonl"], contest, opened)
        verify.check_result(members["result.json"], log, contest, groups)
    except (verify.Wrong, ValueError, LookupError, TypeError, AttributeError,
            RecursionError) as error:
        return str(error) or type(error).__name__
    return ""


def test_every_byte_of_every_member_is_covered(capsys: pytest.CaptureFixture[str]) -> None:
    """Each byte with one bit turned, each taken out, one put in before each: all are noticed."""
    members = good()
    assert verdict(members) == ""
    chance = random.Random(11)
    for name, data in members.items():
        for at in range(len(data)):
            bit = 1 << chance.randrange(8)
            turned = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
            assert verdict({**members, name: turned}), f"{name}: byte {at}, bit {bit}"
            if at % 7 == 0 or name != "verify.py":
                assert verdict({**members, name: data[:at] + data[at + 1 :]}), f"{name}: {at} out"
                more = data[:at] + bytes([chance.randrange(256)]) + data[at:]
                assert verdict({**members, name: more}), f"{name}: {at} in"
        assert verdict({**members, name: data + b"\n"}), f"{name}: one more"
    capsys.readouterr()


@pytest.mark.parametrize("name", ["log.jsonl", "manifest.json", "result.json", "ballots.jsonl",
                                  "heads.txt"])
def test_signing_the_index_again_does_not_hide_a_change(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An insider with the log's key changes a byte and signs a new index: the log itself, its
    heads and the hashes in it still show it."""
    vote, chance = a_vote(), random.Random(5)
    members = vote.members()
    data = members[name]
    places = range(len(data)) if len(data) < 3000 else sorted(chance.sample(range(len(data)), 1500))
    for at in places:
        turned = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
        again = indexed({**members, name: turned}, vote.origin)
        assert verdict(again), f"{name}: byte {at}"
    capsys.readouterr()


# -- the zip itself --------------------------------------------------------------------------


def test_members_are_just_those_of_a_bundle(check: Check) -> None:
    members = good()
    for strange in ("extra.txt", "../log.jsonl", "/log.jsonl", "LOG.JSONL", "a/", "log.json!"):
        bundle = zipped([*members.items(), (strange, b"")]).replace(b"log.json!", b"log.json\0")
        code, out = check(bundle)
        assert code == 1 and "unknown or there twice" in out, out
    for name in members:
        code, out = check(zipped({one: data for one, data in members.items() if one != name}))
        assert code == 1 and name in out and "missing" in out
        with pytest.warns(UserWarning, match="Duplicate"):
            twice = zipped([*members.items(), (name, members[name])])
        code, out = check(twice)
        assert code == 1 and "twice" in out


def test_bytes_beside_the_members_are_refused(check: Check) -> None:
    bundle = zipped(good(), zipfile.ZIP_STORED)
    assert check(bundle)[0] == 0
    start = bundle.index(b"PK\1\2")
    for other in (
        b"MZ" + bundle, bundle + b"x", bundle[:start] + b"between" + bundle[start:],
        zipped(good(), change=lambda file: setattr(file, "comment", b"look here")),
        zipped(good(), change=lambda file: setattr(file.filelist[3], "comment", b"or here")),
    ):
        code, out = check(other)
        assert code == 1 and out.startswith("WRONG the bundle" if other[:2] == b"MZ" else "WRONG")


def test_links_and_second_names_are_refused(check: Check) -> None:
    def link(file: zipfile.ZipFile) -> None:
        file.filelist[2].external_attr = 0o120777 << 16

    def second_name(file: zipfile.ZipFile) -> None:
        file.filelist[2].extra = b"up\x08\0\x01\0\0\0\0evil"

    for change in (link, second_name):
        code, out = check(zipped(good(), change=change))
        assert code == 1, out


def test_a_bomb_is_refused_unpacked_by_nobody(check: Check) -> None:
    bomb = {**good(), "README.txt": bytes(60 << 20)}
    code, out = check(zipped(bomb))
    assert code == 1 and "trap" in out


@pytest.mark.parametrize("data", [b"", b"PK\5\6" + bytes(18), b"no zip at all" * 9, bytes(22),
                                  b"PK\3\4" * 40])
def test_what_is_no_zip_gets_a_sentence(data: bytes, check: Check) -> None:
    code, out = check(data)
    assert code == 1 and out.startswith("WRONG")


def test_a_cut_file_gets_a_sentence(check: Check) -> None:
    bundle = a_vote().bundle()
    for length in range(0, len(bundle), 211):
        code, out = check(bundle[:length])
        assert code == 1 and out.startswith("WRONG") and "Traceback" not in out
    assert check(bundle)[0] == 0


# -- hostile contents, signed by whoever made them -------------------------------------------


LEAVES: list[tuple[str, bytes]] = [
    ("a float", b'{"kind":"audit","n":1.5}'),
    ("a huge number", b'{"kind":"audit","n":' + b"9" * 5000 + b"}"),
    ("minus nothing", b'{"kind":"audit","n":-0}'),
    ("no number", b'{"kind":"audit","n":NaN}'),
    ("a space", b'{"kind": "audit"}'),
    ("keys out of order", b'{"n":1,"kind":"audit"}'),
    ("a key twice", b'{"kind":"audit","kind":"audit"}'),
    ("an escape", b'{"kind":"audit","n":"\\u00e9"}'),
    ("half a pair", b'{"kind":"audit","n":"\\ud800"}'),
    ("a NUL", b'{"kind":"audit","n":"\\u0000"}'),
    ("no UTF-8", b'{"kind":"audit","n":"\xff"}'),
    ("a deep nest", b"[" * 50_000 + b"]" * 50_000),
    ("a list", b"[]"), ("a number", b"7"), ("nothing", b"null"), ("empty", b""),
    ("an unknown kind", b'{"kind":"gift"}'), ("a list as a kind", b'{"kind":["cast"]}'),
    ("rules again", b'{"kind":"rules"}'),
    ("a cast with a time", b'{"at":"10:15","envelope":"","kind":"cast","replaces":null}'),
    ("a short envelope", b'{"envelope":"AAAA","kind":"cast","replaces":null}'),
    ("an erased nothing", b'{"erased":"00"}'),
]


@pytest.mark.parametrize(("what", "leaf"), LEAVES, ids=[what for what, _ in LEAVES])
def test_a_leaf_that_should_not_be_is_refused_even_signed(
    what: str, leaf: bytes, check: Check
) -> None:
    vote = whole_vote(a_contest(), some_ballots("approval", 3))
    vote.leaves.insert(3, leaf)
    vote.heads.clear()
    vote.sign()
    code, out = check(vote.bundle())
    assert code == 1 and "log.jsonl line 4" in out and "Traceback" not in out, out


def test_a_foreign_signature_under_a_head_is_refused(check: Check) -> None:
    vote = whole_vote(a_contest(), some_ballots("approval", 3))
    stranger = Ed25519PrivateKey.from_private_bytes(b"S" * 32)
    text = vote.heads[-1].partition("\n\n")[0] + "\n"
    line = sign_note(stranger, "witness.example", text).splitlines()[-1]
    own = vote.heads[-1]
    for forged in (f"{own}{line}\n", sign_note(stranger, vote.origin, text), own + own[-120:],
                   own.replace("\u2014", "-"), own + "\n"):
        vote.heads[-1] = forged
        code, out = check(vote.bundle())
        assert code == 1 and "heads.txt" in out
    vote.heads[-1] = own
    assert check(vote.bundle())[0] == 0


def test_a_witness_may_sign_the_head_that_is_given(check: Check, tmp_path: Path) -> None:
    vote = a_vote()
    witness = Ed25519PrivateKey.from_private_bytes(b"W" * 32)
    text = vote.heads[2].partition("\n\n")[0] + "\n"
    line = sign_note(witness, "witness.example", text).splitlines()[-1]
    (tmp_path / "head").write_text(f"{vote.heads[2]}{line}\n", encoding="utf-8")
    code, out = check(vote.bundle(), "--head", str(tmp_path / "head"))
    assert code == 0 and "OK your head is in this log" in out


def test_options_that_are_nothing_get_a_sentence(check: Check, tmp_path: Path) -> None:
    bundle = a_vote().bundle()
    (tmp_path / "head").write_bytes(b"\xff\xfe nonsense")
    (tmp_path / "empty").mkdir()
    for options in (("--key", "nonsense"), ("--head", str(tmp_path / "head")),
                    ("--head", str(tmp_path / "nowhere")), ("--receipt", "CP1.town.1"),
                    ("--receipt", "CP1.other.3.aa.bb"), ("--auditor", str(tmp_path / "empty")),
                    ("--receipt", "CP1.town.99999999999999999999.aa.bb")):
        code, out = check(bundle, *options)
        assert code == 1 and "WRONG" in out and "Traceback" not in out, out


def test_canonical_json_of_the_tests_is_that_of_the_format() -> None:
    value = {"b": [1, "ŵ", None], "a": {"z": True, "y": ""}}
    assert canonical(value) == '{"a":{"y":"","z":true},"b":[1,"ŵ",null]}'.encode()
    assert verify.canonical(canonical(value), "") == value == json.loads(canonical(value))
