"""What an insider could do, and how it shows: the table of the design, act by act.

The insider has the log's key, the box's key and the database: every leaf can be rewritten and
every head signed again. What they cannot change is what others hold: receipts, heads, the key in
a letter, and envelopes in the hands of auditors.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pb.record import verify
from tests.support.bundle import BOX_KEY, LOG_KEY, Vote, canonical, sha256
from voting import Contest, Option, count
from voting.ballots import Approval, Content

KEY = LOG_KEY.public_key().public_bytes_raw().hex()
CONTEST = Contest(
    tuple(Option(str(one), cost=1000) for one in range(1, 5)), "approval", "greedy",
    budgets={"": 2000}, max_choices=3,
)
Check = Callable[..., str]


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """What verify.py prints of a vote; ``head`` and ``auditor`` become files first."""

    def run(vote: Vote, head: str | None = None, auditor: bool = False, **options: str) -> str:
        path = tmp_path / "vote.zip"
        path.write_bytes(vote.bundle())
        arguments = [str(path)]
        if head:
            (tmp_path / "head.txt").write_text(head, encoding="utf-8")
            arguments += ["--head", str(tmp_path / "head.txt")]
        if auditor:
            (tmp_path / "keys").mkdir(exist_ok=True)
            (tmp_path / "keys/1.box").write_text(BOX_KEY.private_bytes_raw().hex())
            arguments += ["--auditor", str(tmp_path / "keys")]
        for name, value in options.items():
            arguments += [f"--{name}", value]
        capsys.readouterr()
        code = verify.main(arguments)
        out = capsys.readouterr().out
        assert (code == 1) == ("WRONG" in out)
        return out

    return run


def ballots(number: int = 12) -> list[Content]:
    chance = random.Random(3)
    return [Approval(tuple(chance.sample("1234", chance.randint(1, 3)))) for _ in range(number)]


class Cast:
    """A vote up to its close, with what voters and witnesses took home."""

    def __init__(self, **given: Any) -> None:
        self.vote = Vote(CONTEST, **given)
        self.contents = ballots()
        self.numbers = [self.vote.cast(one) for one in self.contents]
        self.receipts = [self.vote.receipt(number) for number in self.numbers]
        self.vote.sign()
        self.witnessed = self.vote.heads[-1]

    def finish(self, contents: list[Content] | None = None, **close: int) -> Vote:
        vote = self.vote
        vote.close(**close)
        vote.write_opened()
        vote.publish(Counter(self.contents if contents is None else contents))
        return vote


def sign_anew(vote: Vote) -> Vote:
    """An insider signs heads over whatever the log is now."""
    vote.heads.clear()
    vote.sign()
    return vote


def wrong(out: str) -> str:
    assert "WRONG" in out, out
    return out[out.index("WRONG") :]


def test_untouched_it_passes(check: Check) -> None:
    cast = Cast()
    vote = cast.finish()
    out = check(vote, cast.witnessed, auditor=True, key=KEY, receipt=cast.receipts[4])
    assert out.endswith("Not proved here: nothing.\n")


def test_a_deleted_ballot_shows_by_its_receipt_and_by_any_older_head(check: Check) -> None:
    cast = Cast()
    vote = cast.vote
    del vote.leaves[cast.numbers[4]]
    vote.sealed = {(at if at < cast.numbers[4] else at - 1): entry
                   for at, entry in vote.sealed.items() if at != cast.numbers[4]}
    sign_anew(cast.finish([one for at, one in enumerate(cast.contents) if at != 4]))
    assert "All that was checked holds" in check(vote)  # alone it cannot show
    assert "is not your ballot" in wrong(check(vote, receipt=cast.receipts[4]))
    assert "another log" in wrong(check(vote, cast.witnessed))


def test_a_ballot_left_out_of_the_count_shows_by_the_numbers(check: Check) -> None:
    cast = Cast()
    cast.vote.close()
    del cast.vote.opened[3]
    cast.vote.write_opened()
    cast.vote.publish(Counter(cast.contents))
    assert "not as many ballots were opened" in wrong(check(cast.vote))


def test_a_leaf_slipped_in_or_taken_out_shows_by_the_heads(check: Check) -> None:
    cast = Cast()
    vote = cast.finish()
    vote.leaves.insert(5, canonical({"kind": "audit"}))
    assert "were signed" in wrong(check(vote))
    del vote.leaves[5]
    del vote.leaves[-1]
    assert "leaves were taken out" in wrong(check(vote))


def test_a_content_altered_at_the_opening_shows_to_auditors(check: Check) -> None:
    cast = Cast()
    vote = cast.vote
    vote.close()
    at = next(at for at, one in enumerate(vote.opened) if one["ballot"] != {"approval": ["4"]})
    old = dict(vote.opened[at])
    vote.opened[at] = {**old, "ballot": {"approval": ["4"]}}
    vote.write_opened()
    contents = [Approval(tuple(one["ballot"]["approval"])) for one in vote.opened]
    vote.publish(Counter(contents))
    out = check(vote, cast.witnessed)
    assert "All that was checked holds" in out and "NOT REOPENED" in out  # and says so
    assert "altered at the opening" in wrong(check(vote, auditor=True))
    # The voter's own look: the code stands there, with another content.
    assert canonical(old) not in vote.complete and old["tracking"].encode() in vote.complete


def test_ballots_altered_after_the_opening_show(check: Check) -> None:
    cast = Cast()
    vote = cast.finish()
    vote.published = vote.published.replace(b'"1"', b'"4"', 1)
    assert "changed after they were opened" in wrong(check(vote))


def test_stuffed_ballots_exceed_the_marks_and_the_roll(check: Check) -> None:
    cast = Cast()
    for _ in range(3):
        cast.vote.cast(Approval(("4",)))
    cast.contents += [Approval(("4",))] * 3
    out = wrong(check(sign_anew(cast.finish(voted=12))))
    assert "15 ballots, 12 marks on the roll" in out

    small = Cast(entitled=13)
    for _ in range(3):
        small.vote.cast(Approval(("4",)))
    small.contents += [Approval(("4",))] * 3
    assert "15 voted, but only 13 are on the roll" in wrong(check(small.finish()))


def test_a_roll_that_grew_is_a_leaf_that_all_can_see(check: Check) -> None:
    cast = Cast(entitled=12)
    cast.vote.append({"kind": "roll-change", "added": {"": 1}, "voided": {}, "reason": "late"})
    cast.vote.cast(Approval(("4",)))
    cast.contents.append(Approval(("4",)))
    vote = cast.finish()
    assert "marks on a roll of 13" in check(vote)
    assert b'"kind":"roll-change"' in vote.members()["log.jsonl"]


def test_an_older_state_put_back_shows_by_a_longer_head(check: Check) -> None:
    cast = Cast()
    kept = cast.finish().heads[-1]
    old = Cast()
    for number in old.numbers[6:]:
        del old.vote.sealed[number]
    del old.vote.leaves[old.numbers[6] :]
    vote = sign_anew(old.finish(old.contents[:6]))
    assert "it was cut" in wrong(check(vote, kept))
    assert "is not your ballot" in wrong(check(vote, receipt=old.receipts[9]))


def test_two_logs_shown_to_two_people(check: Check) -> None:
    one, other = Cast(), Cast(seed=2)
    head = one.finish().heads[-1]
    assert "two are shown" in wrong(check(other.finish(), head))


def test_rules_or_costs_changed(check: Check) -> None:
    cast = Cast()
    vote = cast.vote
    manifest = {**vote.manifest, "origin": vote.origin, "min_support": 5}
    vote.leaves[0] = canonical(manifest)
    sign_anew(cast.finish())
    # The envelopes are bound to the rules they were sealed under.
    assert "UNOPENABLE" in check(vote, auditor=True)
    assert "another log" in wrong(check(vote, cast.witnessed))


def test_a_later_change_is_told_with_its_reason(check: Check) -> None:
    cast = Cast()
    cast.vote.append({"kind": "change", "what": "notice.dates", "details": {}, "reason": "snow"})
    out = check(cast.finish())
    assert "CHANGED LATER" in out and "notice.dates: 'snow'" in out


def test_an_order_of_lots_that_was_not_drawn_shows(check: Check) -> None:
    cast = Cast()
    cast.vote.manifest["lot_order"] = sorted(cast.vote.manifest["lot_order"])[::-1]
    cast.vote.leaves[0] = canonical({**cast.vote.manifest, "origin": cast.vote.origin})
    assert "order of lots" in wrong(check(sign_anew(cast.finish())))


@pytest.mark.parametrize("what", ["selected", "support", "left", "cost", "valid"])
def test_a_false_result_shows_by_the_recount(what: str, check: Check) -> None:
    cast = Cast()
    vote = cast.vote
    vote.close()
    vote.write_opened()
    tally: Any = count(CONTEST, Counter(cast.contents), vote.manifest["lot_order"]).to_dict()
    false = {
        "selected": tally["selected"][::-1], "cost": tally["cost"] + 1, "left": {"": 7},
        "support": {**tally["support"], "2": "999"}, "valid": tally["valid"] + 1,
    }
    vote.result = {"count": 1, "tally": {**tally, what: false[what]}, "turnout": {}}
    vote.append({"kind": "result", "count": 1, "state": "final", "reason": "",
                 "sha256": sha256(canonical(vote.result)).hex()})
    vote.sign()
    assert f"result.json tally {what}: published is" in wrong(check(vote))


def test_another_result_than_the_recorded_one_shows(check: Check) -> None:
    cast = Cast()
    vote = cast.finish()
    vote.result["count"] = 2
    assert "latest result" in wrong(check(vote))
    vote.result["count"] = 1
    vote.append({"kind": "result", "count": 1, "state": "withdrawn", "reason": "a mistake",
                 "sha256": sha256(canonical(vote.result)).hex()})
    vote.sign()
    assert "withdrawn" in wrong(check(vote))


def test_a_ballot_replaced_twice_or_behind_the_close_shows(check: Check) -> None:
    cast = Cast()
    vote = cast.vote
    again = vote.cast(Approval(("4",)), replaces=cast.numbers[0])
    assert again in vote.sealed
    vote.sealed[cast.numbers[0]] = vote.sealed[again]  # so that it can be taken out once more
    vote.cast(Approval(("4",)), replaces=cast.numbers[0])
    assert "no ballot that still counted" in wrong(check(cast.finish()))

    late = Cast()
    vote = late.finish()
    vote.cast(Approval(("4",)))
    vote.sign()
    assert "came after the close" in wrong(check(vote))


def test_a_voided_ballot_is_told_and_not_counted(check: Check) -> None:
    cast = Cast()
    vote, gone = cast.vote, cast.numbers[2]
    vote.append({"kind": "void", "leaves": [gone], "reason": "a forged letter"})
    del vote.sealed[gone]
    del cast.contents[2]
    cast.finish(replaced=0, voided_ballots=1)
    out = check(vote, auditor=True, receipt=cast.receipts[2])
    assert "It was voided" in out and "1 voided, 11 to count" in out


def test_envelopes_destroyed_as_declared_and_more_than_declared(check: Check) -> None:
    cast = Cast()
    cast.vote.append({"kind": "void", "leaves": [cast.numbers[9]], "reason": "a forged letter"})
    del cast.vote.sealed[cast.numbers[9]], cast.contents[9]
    vote = cast.finish(replaced=0, voided_ballots=1)
    vote.append({"kind": "destroyed", "envelopes": 12, "by": 2, "key_public": "", "reason": ""})
    vote.sign()
    vote.erased = set(cast.numbers)
    out = check(vote, cast.witnessed, receipt=cast.receipts[0])
    assert "All that was checked holds" in out
    assert "envelopes are destroyed" in wrong(check(vote, auditor=True))
    vote.erased.remove(cast.numbers[3])
    assert "declared destroyed" in wrong(check(vote))


def test_somebody_elses_key_shows_by_the_key_in_the_letter(check: Check) -> None:
    """A whole forged vote, consistent in itself: only what people hold tells it apart."""
    forger = Ed25519PrivateKey.from_private_bytes(b"F" * 32)
    cast = Cast(log_key=forger)
    cast.vote.manifest["signing_key"] = forger.public_key().public_bytes_raw().hex()
    cast.vote.leaves[0] = canonical(cast.vote.manifest)
    vote = sign_anew(cast.finish())
    out = check(vote)
    assert "All that was checked holds" in out and "UNKNOWN KEY" in out.splitlines()[-1]
    assert "signed by another" in wrong(check(vote, key=KEY))


@pytest.mark.parametrize("level", ["B", "C"])
def test_fewer_ballots_in_public_are_not_recounted_but_by_auditors(
    level: str, check: Check
) -> None:
    cast = Cast(level=level)
    cast.contents += [Approval(("1", "2"))] * 11
    for one in cast.contents[12:]:
        cast.vote.cast(one)
    vote = cast.finish()
    out = check(vote)
    assert "NOT RECOUNTED" in out and "OK the result is right" not in out
    alike = cast.contents.count(Approval(("1", "2"))) if level == "B" else 0
    assert f"{alike} of 23 ballots are public" in out
    assert "OK the result is right" in check(vote, auditor=True)
    if level == "B":
        vote.published = vote.published.replace(b'"number":1', b'"number":2')
        assert "changed after they were opened" in wrong(check(vote))


def test_leaves_behind_the_last_head_are_not_taken_on_trust(check: Check) -> None:
    vote = Cast().finish()
    vote.heads.pop()
    assert "no signed head covers the last leaves" in wrong(check(vote))


def test_a_cast_that_tells_more_than_its_envelope_is_refused(check: Check) -> None:
    """A time or a name in a leaf would be half of who cast what."""
    cast = Cast()
    at = cast.numbers[2]
    leaf = cast.vote.leaves[at]
    cast.vote.leaves[at] = b'{"at":"10:15",' + leaf[1:]
    out = wrong(check(sign_anew(cast.finish())))
    assert f"log.jsonl line {at + 1}: a cast with wrong keys" in out


def test_codes_stand_once_and_in_their_order(check: Check) -> None:
    """Two voters cannot be given one code, and the order tells nothing of the order of casts."""
    for change in (list.reverse, lambda opened: opened.__setitem__(1, opened[0])):
        cast = Cast()
        cast.vote.close()
        change(cast.vote.opened)
        cast.vote.write_opened()
        cast.vote.publish(Counter(cast.contents))
        assert "not sorted, or one stands twice" in wrong(check(cast.vote))
