"""Block preferential voting: seats filled one after the other by instant-runoff voting.

Specification: ``block_preferential.md`` beside this file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from voting.ballots import Content, Ranking
from voting.contest import Contest, ContestError
from voting.methods import irv
from voting.tally import Stage, Tally, Tie, Votes, Why

VERSION = 1
KINDS = ("ranked",)


def run(contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str]) -> Tally:
    """Count grouped rankings, the whole of every paper for each seat anew."""
    if contest.kind not in KINDS:
        raise ContestError("contest.kind_of_method", method=contest.method, kind=contest.kind)
    ballots = sum(groups.values())
    elected: list[str] = []
    stages: list[Stage] = []
    ties: list[Tie] = []
    why: dict[str, Why] = {}
    quota: Votes = 0
    notes: tuple[Why, ...] = ()
    for seat in range(max(1, min(contest.seats, len(contest.options)))):
        tally = irv.run(
            replace(
                contest,
                options=tuple(o for o in contest.options if o.id not in elected),
                seats=min(1, contest.seats),
            ),
            _without(groups, elected),
            [option for option in lot_order if option not in elected],
        )
        before = len(stages)
        stages += [_stage(stage, before, elected) for stage in tally.stages]
        ties += [replace(tie, stage=tie.stage + before) for tie in tally.ties]
        for option, reason in tally.why.items():
            stage = int(str(reason.parameters["stage"])) + before
            # A later seat's count replaces what was said about an option that was not elected.
            why[option] = Why(reason.code, {**reason.parameters, "stage": stage, "seat": seat + 1})
        quota = tally.quota or 0
        notes = notes or tally.notes
        if not tally.elected:
            break
        elected += tally.elected
    return Tally(
        method=f"block-preferential/{VERSION}",
        ballots=ballots,
        valid=ballots,
        blank=0,
        invalid=0,
        why={option.id: why[option.id] for option in contest.options},
        seats=contest.seats,
        quota=quota,
        elected=tuple(elected),
        stages=tuple(stages),
        ties=tuple(ties),
        notes=notes if not elected else (),
    )


def _without(groups: Mapping[Content, int], elected: Sequence[str]) -> dict[Content, int]:
    """The papers as if the elected had not stood; empty ones stay, exhausted from the start."""
    left: dict[Content, int] = {}
    for content, number in groups.items():
        ranking = Ranking(tuple(option for option in content.options if option not in elected))
        left[ranking] = left.get(ranking, 0) + number
    return left


def _stage(stage: Stage, before: int, elected: Sequence[str]) -> Stage:
    totals = {**dict.fromkeys(elected, 0), **stage.totals}
    return replace(stage, number=stage.number + before, totals=totals)
