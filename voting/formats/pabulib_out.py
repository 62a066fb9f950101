"""Pabulib's .pb files, out: one area of a contest, its ballots and what was funded."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal

from voting.ballots import Content, Points
from voting.contest import Contest, ContestError, Option
from voting.formats.election import Election
from voting.methods._budget import (
    cut_content,
    listings,
    purses,
    rank_points,
    support_needed,
    supports,
)
from voting.tally import Tally

VOTE_TYPES = {
    "approval": "approval",
    "knapsack": "approval",
    "points": "cumulative",
    "ranked": "ordinal",
}


def write(
    election: Election,
    tally: Tally | None = None,
    area: str | None = None,
    meta: Mapping[str, str] | None = None,
) -> str:
    """The text of a .pb file, with ``selected`` where there is a tally.

    The format knows one budget, so a contest with several purses is written area by area:
    ``area`` says which, and ballots keep that area's options only (those that name none of
    them are left out). ``meta`` adds or replaces lines of META (country, dates, ...).
    Ballots are written in a canonical order with running numbers, so the file says nothing
    about who cast when. Errors: ContestError("pb.area").
    """
    contest = election.contest
    areas = purses(contest)
    if area is None:
        if len(areas) != 1:
            raise ContestError("pb.area", areas=tuple(areas))
        area = next(iter(areas))
    elif area not in areas:
        raise ContestError("pb.area", areas=tuple(areas), found=area)
    options = [option for option in contest.options if option.area == area]
    ballots = _ballots(election.groups, {option.id for option in options}, len(areas) == 1)

    lines = io.StringIO()
    table = csv.writer(lines, delimiter=";", lineterminator="\n")
    table.writerow(["META"])
    table.writerow(["key", "value"])
    facts = _facts(election, contest, area, len(options), sum(ballots.values()))
    for key, value in {**facts, **(meta or {})}.items():
        table.writerow([key, value])

    table.writerow(["PROJECTS"])
    scored = contest.kind == "points" or rank_points(contest) is not None
    columns = ["project_id", "cost", "votes", *(["score"] if scored else []), "name"]
    table.writerow([*columns, *(["selected"] if tally else [])])
    votes = listings(contest, ballots)
    score = supports(contest, ballots) if scored else {}
    allocation = tally.allocation if tally else None
    selected = set(allocation.selected) if allocation else set()
    for option in options:
        row = _project(option, votes, score, election.money_scale)
        if tally:
            row.append("1" if option.id in selected else "0")
        table.writerow(row)

    table.writerow(["VOTES"])
    has_points = contest.kind == "points"
    table.writerow(["voter_id", "vote", *(["points"] if has_points else [])])
    voter = 0
    for content, number in sorted(ballots.items(), key=lambda item: repr(item[0])):
        line = [",".join(content.options)]
        if isinstance(content, Points):
            line.append(",".join(str(given) for _, given in content.points))
        for _ in range(number):
            voter += 1
            table.writerow([voter, *line])
    return lines.getvalue()


def _ballots(groups: Mapping[Content, int], kept: set[str], every: bool) -> dict[Content, int]:
    """The ballots cut down to some options; blank ones stay only where all options do."""
    ballots: dict[Content, int] = {}
    for content, number in groups.items():
        cut = cut_content(content, kept)
        if cut.options or every:
            ballots[cut] = ballots.get(cut, 0) + number
    return ballots


def _facts(
    election: Election, contest: Contest, area: str, projects: int, votes: int
) -> dict[str, str]:
    facts = {
        "description": election.title,
        "num_projects": str(projects),
        "num_votes": str(votes),
        "budget": _amount(contest.purse(area), election.money_scale),
        "vote_type": VOTE_TYPES[contest.kind],
        "rule": _rule(contest),
        "currency": election.currency,
    }
    if area:
        facts["subunit"] = area
    if contest.max_choices is not None:
        facts["max_length"] = str(contest.max_choices)
    if contest.max_points is not None:
        facts["max_sum_points"] = str(contest.max_points)
    if support_needed(contest) > 1:
        facts["min_project_score_threshold"] = str(support_needed(contest))
    return facts


def _rule(contest: Contest) -> str:
    """The rule by Pabulib's name where it has one, else by ours."""
    if contest.method == "greedy":
        if contest.settings.get("part_funding_percent"):
            return "greedy-custom"
        if contest.groups:
            return "greedy-exclusive"
        if not contest.settings.get("skip", True):
            return "greedy-no-skip"
        return "greedy-threshold" if support_needed(contest) > 1 else "greedy"
    if contest.method == "equal-shares" and contest.settings.get("completion") == "add1":
        return "equalshares/add1" + ("-comparison" if contest.settings.get("comparison") else "")
    return contest.method


def _project(
    option: Option, votes: Mapping[str, int], score: Mapping[str, int], scale: int
) -> list[str]:
    row = [option.id, _amount(option.cost, scale), str(votes[option.id])]
    if score:
        row.append(str(score[option.id]))
    return [*row, option.name]


def _amount(minor_units: int, scale: int) -> str:
    """Minor units as the file's money, "4000" or "4000.50"."""
    return format(Decimal(minor_units) / scale, "f")
