"""The stages of a ranked count, out: a table as CSV, and a summary like RCTab's as JSON.

Both are written from a tally alone, so what is published can be written again from the stored
one at any time. Votes are exact decimal strings.
"""

from __future__ import annotations

import csv
import io

from voting.contest import Contest
from voting.tally import Stage, Tally, Votes
from voting.tally_json import decimal

PLACES = 12
"""Decimals of votes that have no finite decimal."""

INACTIVE = {
    "exhaustedChoices": "exhausted",
    "overvotes": "overvote",
    "repeatedRankings": "repeated",
    "skippedRankings": "skipped",
}
"""RCTab's names of reasons to ours."""


def _text(votes: Votes) -> str:
    text = decimal(votes)
    return decimal(votes, PLACES) if "/" in text else text


def write_csv(contest: Contest, tally: Tally) -> str:
    """A row an option, and for each stage its change and its total, as result sheets have it."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    head = ["option", "name"]
    for stage in tally.stages:
        if stage.number > 1:
            moved = "; ".join(stage.options)
            head.append(f"stage {stage.number} {stage.action} {moved}".rstrip())
        head.append(f"stage {stage.number} total")
    writer.writerow([*head, "outcome", "outcome stage"])
    for option in contest.options:
        row = [_safe(option.id), _safe(option.name)]
        before: Stage | None = None
        for stage in tally.stages:
            if before is not None:
                row.append(_text(stage.totals[option.id] - before.totals[option.id]))
            row.append(_text(stage.totals[option.id]))
            before = stage
        why = tally.why[option.id]
        writer.writerow([*row, why.code, why.parameters.get("stage", "")])
    for label in ("nontransferable", "lost_by_fraction"):
        row = ["", label.replace("_", " ")]
        last: Votes = 0
        for stage in tally.stages:
            votes: Votes = getattr(stage, label)
            row += [_text(votes - last)] * (stage.number > 1) + [_text(votes)]
            last = votes
        writer.writerow([*row, "", ""])
    return file.getvalue()


def _safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def summary(contest: Contest, tally: Tally) -> dict[str, object]:
    """The rounds as RCTab's detailed report has them, options by name (by id if names repeat).

    RCTab tells at each round what is done next, so its "eliminated" and "elected" of a round
    are what moves in our following stage.
    """
    names = {option.id: option.name or option.id for option in contest.options}
    if len(set(names.values())) < len(names):
        names = {option: option for option in names}
    rounds = []
    gone: set[str] = set()
    for place, stage in enumerate(tally.stages):
        following = tally.stages[place + 1] if place + 1 < len(tally.stages) else None
        results: list[dict[str, object]] = []
        moved = following.options if following else ()
        for option in (*moved, *(option for option in stage.elected if option not in moved)):
            transfers: dict[str, str] = {}
            for transfer in following.transfers if following else ():
                if transfer.source == option:
                    target = names[transfer.target] if transfer.target else "exhausted"
                    transfers[target] = _text(transfer.votes)
            excluded = following is not None and option in following.excluded
            outcome = "eliminated" if excluded else "elected"
            results.append({outcome: names[option], "transfers": transfers})
        threshold = stage.threshold if stage.threshold is not None else tally.quota
        exhausted = stage.exhausted or {"exhausted": stage.nontransferable}
        rounds.append(
            {
                "round": stage.number,
                "tally": {
                    names[option]: _text(votes)
                    for option, votes in stage.totals.items()
                    if option not in gone
                },
                "tallyResults": results,
                "threshold": _text(threshold or 0),
                "inactiveBallots": {
                    theirs: _text(exhausted.get(ours, 0)) for theirs, ours in INACTIVE.items()
                },
            }
        )
        gone.update(following.excluded if following else ())
    return {
        "config": {"generatedBy": tally.method},
        "jsonFormatVersion": "1",
        "results": rounds,
        "summary": {
            "finalThreshold": _text(tally.quota or 0),
            "numCandidates": len(contest.options),
            "numWinners": tally.seats,
            "totalNumBallots": str(tally.ballots),
            "undervotes": tally.blank,
        },
    }
