"""What a vote may say, and what votes come to. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from deliberation.measures.agreement import COMFORT, COMFORTABLE, supermajority
from deliberation.sortition.chance import Chance
from voting import Contest, Option, Ranking, count

PULLS_TO_PLENARY = 3
CONSENT = ("ready", "pull")
Vote = Mapping[str, Any]
"""``{"answer": "like"}``, ``{"order": ["b", "a"]}`` or ``{"dots": {"a": 3}}``."""


class VoteError(ValueError):
    """A vote that cannot stand, as a code."""


def checked(kind: str, options: Sequence[str], each: int, vote: Vote) -> Vote:
    """The vote, if it can stand in this poll. Errors: VoteError."""
    if kind in ("comfort", "consent"):
        answer = vote.get("answer")
        if answer not in (COMFORT if kind == "comfort" else CONSENT):
            raise VoteError("poll.answer")
        return {"answer": answer}
    if kind == "ranked":
        order = list(vote.get("order", ()))
        if not order or len(set(order)) != len(order) or not set(order) <= set(options):
            raise VoteError("poll.order")
        return {"order": order}
    dots = {option: number for option, number in vote.get("dots", {}).items() if number}
    if not set(dots) <= set(options) or any(number < 0 for number in dots.values()):
        raise VoteError("poll.dots")
    if not 0 < sum(dots.values()) <= each:
        raise VoteError("poll.dots")
    return {"dots": dots}


def differences(first: Sequence[Vote], second: Sequence[Vote]) -> list[int]:
    """The numbers of the slips, from 1, that two people read differently, or that only one has."""
    most = max(len(first), len(second))
    return [
        number for number in range(1, most + 1)
        if number > min(len(first), len(second)) or first[number - 1] != second[number - 1]
    ]


def outcome(
    kind: str, options: Sequence[str], each: int, votes: Sequence[Vote], eligible: int, seed: str
) -> dict[str, Any]:
    """What the votes come to; ``eligible``: jurors present who may vote here.

    Comfort: who at least can live with it, against four fifths of those eligible and present.
    Consent: likewise for "fair and ready"; three who pull bring it to the whole jury.
    Ranked: a single transferable vote, ties by a lot order from the poll's recorded seed.
    """
    found: dict[str, Any] = {"eligible": eligible, "voted": len(votes)}
    if kind in ("comfort", "consent"):
        answers = Counter(vote["answer"] for vote in votes)
        kinds = COMFORT if kind == "comfort" else CONSENT
        carries = COMFORTABLE if kind == "comfort" else ("ready",)
        agree = sum(answers[one] for one in carries)
        found |= {
            "answers": {one: answers[one] for one in kinds}, "agree": agree,
            "needed": supermajority(eligible),
            "carried": bool(eligible) and agree >= supermajority(eligible),
        }
        if kind == "consent":
            found["plenary"] = answers["pull"] >= PULLS_TO_PLENARY
    elif kind == "ranked":
        contest = Contest(
            tuple(Option(one, one) for one in options), "ranked", "scottish-stv", max(1, each)
        )
        order = Chance(seed, "lot order of a jury's vote").shuffled(options)
        tally = count(contest, [Ranking(tuple(vote["order"])) for vote in votes], order)
        found |= {"elected": list(tally.elected), "tally": tally.to_json(), "lot_order": order}
    else:
        dots: Counter[str] = Counter()
        for vote in votes:
            dots.update(vote["dots"])
        found["dots"] = {option: dots[option] for option in options}
    return found


def may_repair(kind: str, round_: int, result: Mapping[str, Any]) -> bool:
    """Whether one round of repair is left: a first vote that did not carry."""
    return kind in ("comfort", "consent") and round_ == 1 and result.get("carried") is False
