"""Which questions a wave asks, what an answer may be, and what answers come to. Pure."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from importlib import resources
from typing import Any

KINDS = ("exit", "before", "after", "quality")
PAIRED = ("before", "after")
"""The same questions and the same tag, so that one person's two answers can be compared."""
ASKED_IN = {
    "exit": ("exit",), "survey-before": ("before",), "survey-after": ("after", "quality"),
    "quality": ("quality",),
}
"""Which waves a survey item of the agenda opens, by what it leaves behind (its ``out``)."""
FEWEST = 5
"""Below so many answers a sum would tell what one person said."""
SECTIONS = ("attitude", "consideration", "rank", "trust")
SCALES = {"attitude": (1, 7, "agree"), "consideration": (1, 7, "weight"), "trust": (0, 10, "trust"),
          "exit": (0, 10, "fully"), "quality": (0, 10, "fully")}
MOST_QUESTIONS, MOST_OPTIONS = 20, 10
MEAN = "arithmetic mean"
MEAN_RANK = "mean rank, first = 1"
Item = Mapping[str, Any]
Answers = Mapping[str, Any]
"""By the item's key: an integer, or for a rank the options' places (from 0) in order."""
_FOUND: dict[str, Any] = {}


class AnswerError(ValueError):
    """An answer that cannot stand, as a code; ``key`` is its item's."""

    def __init__(self, code: str, key: str = "") -> None:
        self.code, self.key = code, key
        super().__init__(code)


def shipped() -> dict[str, Any]:
    """The sets that come with the app."""
    if not _FOUND:
        text = (resources.files(__package__) / "sets.toml").read_text("utf-8")
        _FOUND.update(tomllib.loads(text))
    return _FOUND


def scale_item(section: str, key: str, text: Mapping[str, str], **rest: Any) -> dict[str, Any]:
    """A question with a number as its answer, with its bounds and the words at its ends."""
    least, most, ends = SCALES[section]
    return {"key": key, "section": section, "kind": "scale", "text": dict(text), "least": least,
            "most": most, "ends": {language: list(words) for language, words
                                   in shipped()["ends"][ends].items()}, **rest}


def opinion_items(
    scales: Mapping[str, Sequence[Mapping[str, str]]], rank: Mapping[str, str],
    options: Sequence[Mapping[str, str]],
) -> list[dict[str, Any]]:
    """The questions of the first and last survey, in order; without options there is no rank."""
    found = []
    for section in SECTIONS:
        if section == "rank":
            if options:
                found.append({"key": "rank", "section": "rank", "kind": "rank", "text": dict(rank),
                              "options": [dict(one) for one in options]})
            continue
        found += [scale_item(section, f"{section}{place}", text)
                  for place, text in enumerate(scales.get(section, ()), 1)]
    return found


def default_items(kind: str) -> list[dict[str, Any]]:
    """The questions that come with the app for a kind of wave."""
    sets = shipped()
    if kind in ("exit", "quality"):
        return [
            scale_item(kind, one["key"], one["text"],
                       lower_is_better=bool(one.get("lower_is_better")))
            for one in sets[kind]
        ]
    return opinion_items(
        {section: [one["text"] for one in sets[section]] for section in SECTIONS
         if section != "rank"},
        sets["rank"]["text"], sets["rank"]["options"],
    )


def checked(items: Sequence[Item], answers: Answers) -> dict[str, Any]:
    """The answers that can stand; what was left out is left out. Errors: AnswerError."""
    found: dict[str, Any] = {}
    for item in items:
        key = item["key"]
        answer = answers.get(key)
        if answer is None or answer == []:
            continue
        if item["kind"] == "rank":
            order = list(answer)
            if sorted(order) != list(range(len(item["options"]))):
                raise AnswerError("survey.rank", key)
            found[key] = order
        elif type(answer) is int and item["least"] <= answer <= item["most"]:
            found[key] = answer
        else:
            raise AnswerError("survey.number", key)
    if not found:
        raise AnswerError("survey.empty")
    return found


def result(items: Sequence[Item], answers: Sequence[Answers], paper: int) -> dict[str, Any]:
    """What a wave's answers come to: sums alone, and none at all below ``FEWEST``.

    A question that fewer than ``FEWEST`` answered has its number and nothing else. Means are
    exact, as [numerator, denominator]; ``spread`` counts each value.
    """
    found: dict[str, Any] = {"answers": len(answers), "paper": paper, "items": {}}
    if len(answers) < FEWEST:
        return found
    for item in items:
        given = [one[item["key"]] for one in answers if item["key"] in one]
        row: dict[str, Any] = {"answers": len(given)}
        if len(given) >= FEWEST:
            row |= _rank_sums(item, given) if item["kind"] == "rank" else _scale_sums(item, given)
        found["items"][item["key"]] = row
    return found


def _scale_sums(item: Item, given: Sequence[int]) -> dict[str, Any]:
    mean = Fraction(sum(given), len(given))
    counts = Counter(given)
    return {"formula": MEAN, "mean": [mean.numerator, mean.denominator],
            "spread": [counts[value] for value in range(item["least"], item["most"] + 1)]}


def _rank_sums(item: Item, given: Sequence[Sequence[int]]) -> dict[str, Any]:
    ranks = [Fraction(sum(order.index(place) + 1 for order in given), len(given))
             for place in range(len(item["options"]))]
    first = Counter(order[0] for order in given)
    return {"formula": MEAN_RANK, "ranks": [[one.numerator, one.denominator] for one in ranks],
            "first": [first[place] for place in range(len(item["options"]))]}


def pairs(
    before: Mapping[str, Answers], after: Mapping[str, Answers], key: str
) -> tuple[list[int], list[int]]:
    """The answers to one question of those who gave it twice, in the same order."""
    both = [tag for tag in sorted(before) if key in before[tag] and key in after.get(tag, {})]
    return [before[tag][key] for tag in both], [after[tag][key] for tag in both]
