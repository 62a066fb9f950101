"""What other rules would have made of the same ballots, as it is stored with a count.

People vote differently under other rules, so this is a comparison and no second opinion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from voting import Content, Contest, Tally
from voting.compare import compare
from voting.count import sift
from voting.satisfaction import satisfaction
from voting.tally_json import decimal

FIRST_CHOICES = "first-choices"
"""No rule of the library: the most first choices win, as in a vote with one cross each."""
PLACES = 4


def compare_rules(
    contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str], own: Tally
) -> dict[str, Any]:
    """The own rule first, then the others: what each chooses, and figures of satisfaction.

    ``{"rules": [{"method", "selected", "cost", "voters", "served", "first_choice", "projects",
    "money", "gini", "areas"}, ...]}``: ``served`` ballots have a winner on them, ``first_choice``
    (rankings only) have one in the first place; ``projects`` and ``money`` are means a ballot, as
    decimals. A rule that cannot count these ballots has ``failed``, a code.
    """
    valid, _blank, _faults = sift(contest, groups)
    if own.allocation is None:
        outcomes = {
            contest.method: own.elected, FIRST_CHOICES: first_choices(contest, valid, lot_order)
        }
        return {
            "rules": [
                _described(contest, valid, method, selected)
                for method, selected in outcomes.items()
            ]
        }
    rules = []
    for one in compare(contest, valid, own, lot_order):
        if one.failed is not None:
            rules.append({"method": one.method, "failed": one.failed.code})
        else:
            rules.append(_described(contest, valid, one.method, one.selected))
    return {"rules": rules}


def first_choices(
    contest: Contest, valid: Mapping[Content, int], lot_order: Sequence[str]
) -> tuple[str, ...]:
    """The options with the most first choices, as many as there are places; ties by lot."""
    firsts = dict.fromkeys(contest.by_id, 0)
    for content, number in valid.items():
        firsts[content.options[0]] += number
    place = {option: position for position, option in enumerate(lot_order)}
    order = sorted(firsts, key=lambda option: (-firsts[option], place[option]))
    return tuple(order[: contest.seats])


def _described(
    contest: Contest, valid: Mapping[Content, int], method: str, selected: Sequence[str]
) -> dict[str, Any]:
    """A rule's outcome with its figures."""
    figures = satisfaction(contest, valid, selected)
    chosen = set(selected)
    first = None
    if contest.kind == "ranked":
        first = sum(number for content, number in valid.items() if content.options[0] in chosen)
    return {
        "method": method,
        "selected": list(selected),
        "cost": sum(contest.by_id[option].cost for option in selected),
        "areas": dict(figures.by_area),
        "voters": figures.voters,
        "served": figures.with_a_project,
        "first_choice": first,
        "projects": decimal(figures.projects, PLACES),
        "money": decimal(figures.money, 0),
        "gini": decimal(figures.gini, PLACES),
    }
