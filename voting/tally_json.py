"""A tally as JSON and back, with nothing lost.

Votes are decimal strings. One that has no finite decimal (exact fractions such as 10/3) is
rounded to 12 places for reading, and the same key with ``_exact`` holds it as "p/q".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from voting.tally import Allocation, Stage, Step, Tally, Tie, Transfer, Votes, Why

PLACES = 12


def decimal(votes: Votes, places: int | None = None) -> str:
    """Votes as a decimal string, the shortest exact one: 806.07214, 1322.

    With ``places``, rounded half to even; without, a fraction that has no finite decimal is
    given as "p/q".
    """
    if isinstance(votes, int):
        return str(votes)
    if places is None and 100_000 % votes.denominator == 0:
        # Five decimals, as most rules have them: written without looking for factors.
        units = votes.numerator * (100_000 // votes.denominator)
        whole, part = divmod(abs(units), 100_000)
        return f"{'-' if units < 0 else ''}{whole}.{part:05d}".rstrip("0").rstrip(".")
    if places is None:
        left, twos, fives = votes.denominator, 0, 0
        while left % 2 == 0:
            left, twos = left // 2, twos + 1
        while left % 5 == 0:
            left, fives = left // 5, fives + 1
        if left != 1:
            return f"{votes.numerator}/{votes.denominator}"
        places = max(twos, fives)
    units = round(votes * 10**places)
    whole, part = divmod(abs(units), 10**places)
    text = f"{whole}.{part:0{places}d}".rstrip("0").rstrip(".") if places else str(whole)
    return f"-{text}" if units < 0 else text


def votes_from(text: str) -> Votes:
    """Votes from a decimal string or "p/q"; whole numbers come as int."""
    number = Fraction(text)
    return number.numerator if number.denominator == 1 else number


def _put(target: dict[str, object], key: str, votes: Votes | None) -> None:
    if votes is None:
        target[key] = None
        return
    text = decimal(votes)
    if "/" in text:
        target[key] = decimal(votes, PLACES)
        target[f"{key}_exact"] = text
    else:
        target[key] = text


def _put_all(target: dict[str, object], key: str, votes: Mapping[str, Votes]) -> None:
    texts = {option: decimal(number) for option, number in votes.items()}
    exact = {option: text for option, text in texts.items() if "/" in text}
    target[key] = texts
    if exact:
        rounded = {option: decimal(votes[option], PLACES) for option in exact}
        target[key] = {**texts, **rounded}
        target[f"{key}_exact"] = exact


def _plain(value: object) -> object:
    """A parameter as a JSON value: tuples as lists, votes as strings."""
    if isinstance(value, Fraction):
        return decimal(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(item) for item in value)  # type: ignore[type-var]
    return value


def _why(why: Why) -> dict[str, object]:
    return {"code": why.code, **{name: _plain(value) for name, value in why.parameters.items()}}


def _stage(stage: Stage) -> dict[str, object]:
    result: dict[str, object] = {
        "number": stage.number,
        "action": stage.action,
        "options": list(stage.options),
    }
    _put_all(result, "totals", stage.totals)
    _put(result, "nontransferable", stage.nontransferable)
    _put(result, "lost_by_fraction", stage.lost_by_fraction)
    transfers = []
    for transfer in stage.transfers:
        moved: dict[str, object] = {"source": transfer.source, "target": transfer.target}
        _put(moved, "votes", transfer.votes)
        transfers.append(moved)
    result |= {
        "transfers": transfers,
        "elected": list(stage.elected),
        "excluded": list(stage.excluded),
    }
    if stage.transfer_value is not None:
        _put(result, "transfer_value", stage.transfer_value)
    if stage.exhausted:
        _put_all(result, "exhausted", stage.exhausted)
    if stage.threshold is not None:
        _put(result, "threshold", stage.threshold)
    return result


def _tie(tie: Tie) -> dict[str, object]:
    return {
        "options": list(tie.options),
        "stage": tie.stage,
        "settled_by": tie.settled_by,
        "chosen": tie.chosen,
        "decision": tie.decision,
        "earlier": tie.earlier,
    }


def _step(step: Step) -> dict[str, object]:
    return {
        "option": step.option,
        "funded": step.funded,
        "why": _why(step.why),
        "money_left": step.money_left,
        "details": _plain(step.details),
    }


def to_dict(tally: Tally) -> dict[str, object]:
    """The tally as JSON values. For budgets ``selected`` and ``cost`` stand at the top too."""
    result: dict[str, object] = {
        "method": tally.method,
        "ballots": tally.ballots,
        "valid": tally.valid,
        "blank": tally.blank,
        "invalid": tally.invalid,
    }
    allocation = tally.allocation
    if allocation is None or tally.stages:
        result["seats"] = tally.seats
        _put(result, "quota", tally.quota)
        if isinstance(tally.quota, int):
            result["quota"] = tally.quota  # whole: a number, like ballots and seats
        result["elected"] = list(tally.elected)
        result["stages"] = [_stage(stage) for stage in tally.stages]
    if allocation is not None:
        result["selected"] = list(allocation.selected)
        result["cost"] = allocation.cost
        result["left"] = dict(allocation.left)
        _put_all(result, "support", allocation.support)
        result["steps"] = [_step(step) for step in allocation.steps]
    result["ties"] = [_tie(tie) for tie in tally.ties]
    result["why"] = {option: _why(why) for option, why in tally.why.items()}
    result["notes"] = [_why(note) for note in tally.notes]
    return result


def to_json(tally: Tally) -> str:
    """One JSON object on one line; keys stand in a fixed order, so equal tallies, equal bytes."""
    return json.dumps(to_dict(tally), ensure_ascii=False, separators=(",", ":"))


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return value


def _why_from(data: Mapping[str, Any]) -> Why:
    return Why(data["code"], {name: _frozen(data[name]) for name in data if name != "code"})


def _get(data: Mapping[str, Any], key: str) -> Any:
    text = data.get(f"{key}_exact", data.get(key))
    return None if text is None else votes_from(text)


def _get_all(data: Mapping[str, Any], key: str) -> dict[str, Votes]:
    texts = {**data.get(key, {}), **data.get(f"{key}_exact", {})}
    return {option: votes_from(text) for option, text in texts.items()}


def _stages_from(data: Iterable[Mapping[str, Any]]) -> Iterable[Stage]:
    for stage in data:
        yield Stage(
            number=stage["number"],
            action=stage["action"],
            options=tuple(stage["options"]),
            totals=_get_all(stage, "totals"),
            transfers=tuple(
                Transfer(moved["source"], moved["target"], _get(moved, "votes"))
                for moved in stage["transfers"]
            ),
            nontransferable=_get(stage, "nontransferable"),
            lost_by_fraction=_get(stage, "lost_by_fraction"),
            elected=tuple(stage["elected"]),
            excluded=tuple(stage["excluded"]),
            transfer_value=_get(stage, "transfer_value"),
            exhausted=_get_all(stage, "exhausted"),
            threshold=_get(stage, "threshold"),
        )


def from_dict(data: Mapping[str, Any]) -> Tally:
    """The tally from what ``to_dict`` gave, equal to the first."""
    allocation = None
    if "selected" in data:
        allocation = Allocation(
            selected=tuple(data["selected"]),
            cost=data["cost"],
            left=dict(data["left"]),
            steps=tuple(
                Step(
                    step["option"],
                    step["funded"],
                    _why_from(step["why"]),
                    step["money_left"],
                    _frozen(step["details"]),
                )
                for step in data["steps"]
            ),
            support=_get_all(data, "support"),
        )
    return Tally(
        method=data["method"],
        ballots=data["ballots"],
        valid=data["valid"],
        blank=data["blank"],
        invalid=data["invalid"],
        why={option: _why_from(why) for option, why in data["why"].items()},
        seats=data.get("seats", 0),
        quota=_get(data, "quota"),
        elected=tuple(data.get("elected", ())),
        stages=tuple(_stages_from(data.get("stages", ()))),
        ties=tuple(
            Tie(
                tuple(tie["options"]),
                tie["stage"],
                tie["settled_by"],
                tie["chosen"],
                tie["decision"],
                tie["earlier"],
            )
            for tie in data["ties"]
        ),
        allocation=allocation,
        notes=tuple(_why_from(note) for note in data["notes"]),
    )
