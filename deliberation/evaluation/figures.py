"""The figures of an evaluation, from plain data to values with the name of their formula. Pure.

``exact`` is the official's own view. Everywhere else a cell below ten people is left out, others
are rounded to five, and of the figures that would give a left-out cell away (worst ratio,
chi-square) nothing is said; dissimilarity and p then have one digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from deliberation.evaluation.sources import Slate, Voice
from deliberation.measures.change import change, holm
from deliberation.measures.representation import TRIALS, likeness, shown
from deliberation.surveys.rules import FEWEST, pairs

FORMULAS = {
    "likeness": "index of dissimilarity 1/2 sum |q - p|; worst ratio min q/p; chi-square, p from "
                f"{TRIALS} draws (Monte Carlo) where an expected count is below 5",
    "voice": "Gini coefficient, zeros included; times n/(n-1)",
    "change": "paired answers; mean change; Wilcoxon signed rank, exact; rank-biserial; Holm",
    "supermajority": "ceil(4n/5), n eligible and present",
    "slate": "justified representation: n/k jurors who share an unselected question and have "
             "none of theirs on the slate",
    "quality": "arithmetic mean, 0 to 10, shown from 5 answers",
    "exit": "arithmetic mean, 0 to 10, shown from 5 answers",
    "accountability": "days from hand-over to the first reply; share by the promised date",
    "attendance": "jurors present of jurors seated",
}
"""What is stored with each figure; pages say it in the reader's language."""
Figure = dict[str, Any]


def figure(kind: str, name: Any, values: Mapping[str, Any], rows: Sequence[Any] = (),
           **rest: Any) -> Figure:
    """One figure as it is kept and published."""
    return {"kind": kind, "name": name, "formula": FORMULAS[kind], "result": dict(values),
            "rows": [list(row) for row in rows], **rest}


def rounded(value: Fraction | float | int, digits: int = 6) -> float:
    """Rounded once, where it leaves exact arithmetic."""
    return round(float(value), digits)


def likeness_figure(
    group: str, trait: str, counts: Mapping[str, int], census: Sequence[Sequence[Any]], *,
    exact: bool, seed: str,
) -> Figure:
    """How like the town a group is in one trait. ``census``: value and people; ``counts`` has
    those who did not answer, or gave a value that the census does not know, beside them."""
    total = sum(people for _value, people in census)
    shares = [Fraction(people, total) for _value, people in census]
    mine = [counts.get(value, 0) for value, _people in census]
    unanswered = sum(counts.values()) - sum(mine)
    found = likeness(mine, shares, unanswered, seed)
    cells = mine if exact else [shown(one) for one in mine]
    rows = [[value, rounded(share), cell]
            for (value, _people), share, cell in zip(census, shares, cells, strict=True)]
    values: dict[str, Any] = {
        "people": sum(mine), "unanswered": unanswered if exact or not unanswered
        else shown(unanswered), "suppressed": None in cells,
    }
    if found is not None:
        digits = 6 if exact or None not in cells else 1
        values |= {"dissimilarity": rounded(found.dissimilarity, digits),
                   "p": rounded(found.p, digits), "simulated": found.simulated}
        if exact or None not in cells:
            values |= {"worst_ratio": rounded(found.worst_ratio),
                       "chi_square": rounded(found.chi_square)}
    return figure("likeness", trait, values, rows, group=group)


def change_figures(
    items: Iterable[Mapping[str, Any]], before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
) -> list[Figure]:
    """What changed in each question with a number as its answer, from five pairs on."""
    known = []
    found = []
    for item in items:
        if item["kind"] != "scale":
            continue
        earlier, later = pairs(before, after, item["key"])
        one = change(earlier, later) if len(earlier) >= FEWEST else None
        found.append((item, one))
        if one is not None:
            known.append(one)
    raised = iter(holm([one.p for one in known]))
    figures = []
    for item, one in found:
        values: dict[str, Any] = {"least": item["least"], "most": item["most"]}
        if one is not None:
            values |= {
                "pairs": one.pairs, "mean": rounded(one.mean), "changed": rounded(one.changed),
                "spread_before": rounded(float(one.variance_before) ** 0.5),
                "spread_after": rounded(float(one.variance_after) ** 0.5),
                "p": rounded(one.p), "p_holm": rounded(next(raised)),
                "rank_biserial": rounded(one.rank_biserial),
            }
        figures.append(figure("change", item["text"], values, key=item["key"]))
    return figures


def voice_figure(one: Voice) -> Figure:
    """How evenly people were heard at one table; those who said nothing count with 0."""
    found: dict[str, Any] = {"people": one.people, "table": one.table_number}
    back = Fraction(one.people - 1, one.people) if one.people else Fraction(0)
    for name, amount in (("seconds", one.seconds), ("turns", one.turns)):
        if amount is not None:
            found |= {name: rounded(amount * back), f"{name}_of_few": rounded(amount)}
    return figure("voice", one.session_number, found)


def poll_figure(
    title: str, language: str, kind: str, round_: int, result: Mapping[str, Any]
) -> Figure:
    """A comfort or consent vote against four fifths of those eligible and present."""
    return figure("supermajority", {language: title} if language else title, {
        "agree": result["agree"], "eligible": result["eligible"], "needed": result["needed"],
        "carried": result["carried"], "round": round_, "asked": kind,
    })


def slate_figure(one: Slate) -> Figure:
    """Whether the questions that were taken leave a group of jurors without any of theirs."""
    return figure("slate", one.session_number, {
        "jurors": one.jurors, "chosen": one.chosen, "left_out": one.left_out,
        "fair": not one.left_out,
    })


def wave_figure(kind: str, session: int, items: Iterable[Mapping[str, Any]],
                result: Mapping[str, Any]) -> Figure:
    """An exit or quality survey: the mean of each question that five people answered."""
    rows = []
    for item in items:
        one = result["items"].get(item["key"], {})
        mean = rounded(Fraction(*one["mean"])) if "mean" in one else None
        rows.append([item["text"], mean, bool(item.get("lower_is_better"))])
    return figure(kind, session, {"answers": result["answers"]}, rows)


def accountability_figure(
    replies: Sequence[tuple[int, date, date | None, str]], promised: date | None
) -> Figure:
    """(number, handed over, first reply, timing) of each recommendation."""
    rows = [[number, (reply - handed).days if reply else None, timing]
            for number, handed, reply, timing in replies]
    return figure("accountability", "", {
        "recommendations": len(rows), "answered": sum(row[1] is not None for row in rows),
        "in_time": sum(row[2] == "in_time" for row in rows),
        "promised": promised.isoformat() if promised else None,
    }, rows)


def attendance_figure(rows: Sequence[tuple[int, int, int]]) -> Figure:
    """(session, present, seated) of each session that has begun."""
    return figure("attendance", "", {"sessions": len(rows)}, rows)
