"""What is wrong with a file or a contest, in sentences for people at a terminal."""

from __future__ import annotations

from voting.formats import Fault

FAULTS: dict[str, str | tuple[str, ...]] = {
    "ballot.kind": "not a {expected} ballot",
    "ballot.unknown": "{option!r} is not an option of this election",
    "ballot.repeated": "option {option!r} stands there twice",
    "ballot.too_many": "{chosen} options chosen, at most {most} allowed",
    "ballot.too_few": "{chosen} options chosen, at least {least} needed",
    "ballot.over_budget": "costs {cost}, more than the budget of {budget}",
    "ballot.group": "options {options} of group {group!r} exclude each other",
    "ballot.rank": "{found!r} is not a rank",
    "ballot.unclear": "no clear first preference",
    "blt.directive": "directive {directive!r} is not followed",
    "blt.head": "the first line must be the numbers of options and seats, such as 8 4",
    "blt.no_end_of_ballot": "the ballot does not end with 0",
    "contest.kind": "unknown kind of ballot {kind!r}",
    "contest.kind_of_method": "the rule {method!r} does not count {kind} ballots",
    "contest.seats_of_method": "the rule {method!r} fills one seat, not {seats}",
    "contest.setting": "there is no setting {setting!r} for this rule",
    "contest.budget": "{budget!r} is not an amount of money in the file's unit",
    "contest.budget_of_areas": "the file has a budget for each area: --budget cannot replace them",
    "contest.repeated_option": "an option stands in the file twice",
    "file.ballots": "{found!r} is not a number of ballots, so nothing can be counted",
    "file.contests": "the file holds several contests, or none: {contests}",
    "file.encoding": "not UTF-8 text",
    "file.format": "this is no format that can be read here",
    "file.line": "this line cannot be read: {found!r}",
    "file.no_end": "the file ends too early: {expected}",
    "file.no_name": "option {option} has no name",
    "file.too_many_names": "a name too many: there is no option {option}",
    "file.unreadable": "cannot be read: {detail}",
    "file.missing_library": "needs the optional extra {extra!r}",
    "lot.missing": "option {option!r} is missing",
    "lot.repeated": "option {option!r} stands there twice",
    "lot.unknown": "{option!r} is not an option of this election",
    "preflib.head": "neither a description of alternatives nor their number at the top",
    "ranks.headings": "no headings of ranks such as rank1, rank2",
    "ranks.too_many_cells": "{found} cells, more than there are headings",
    "rctab.headings": "no columns of options with ranks below",
    "scottish.head": "the first line must be the numbers of candidates and seats, such as 8,4,",
    "ballot.points": (
        "{points} points, at most {most} allowed",
        "{points} points for {option!r}: a number above zero is needed",
    ),
    "contest.comparison_ranked": "ranked ballots cannot be compared with greedy's outcome",
    "contest.group_areas": "group {group!r} lies in several areas: {areas}",
    "contest.group_option": "group {group!r} names {option!r}, which is no option",
    "contest.lot_order": "the lot order must name every option once",
    "contest.method": "there is no rule {method!r}",
    "contest.negative_ballots": "{ballots} is not a number of ballots",
    "contest.negative_budget": "a budget below zero",
    "contest.negative_cost": "{option!r} costs less than zero",
    "contest.negative_seats": "{seats} is not a number of seats",
    "contest.no_budget": "no budget is given",
    "contest.no_optimum": ("no best choice found within {seconds} seconds", "no best choice found"),
    "contest.points_limit": "{points} points on one ballot are more than this rule can hold",
    "contest.ranked": "ranked ballots need the setting {needed!r} for this rule",
    "contest.setting_value": "setting {setting!r} cannot be {value!r}",
    "contest.too_large": "the costs are too large for this rule",
    "pb.amount": "{found!r} is not an amount of money",
    "pb.amount_decimals": "{found!r} has more decimals than money can have",
    "pb.area": "area {area!r} has no budget",
    "pb.column_missing": "there is no column {name!r}",
    "pb.fields": ("{found} fields, {expected} expected", "{found} fields, more than columns"),
    "pb.meta_missing": "META does not say {key!r}",
    "pb.no_project_id": "a project without an id",
    "pb.no_projects": "there are no projects",
    "pb.no_section": "a line outside of META, PROJECTS and VOTES",
    "pb.number": "{key} is {found!r}, which is not a whole number",
    "pb.number_differs": "{key} says {said}, but there are {found}",
    "pb.project_repeated": "project {option!r} stands there twice",
    "pb.quoting": "quotes do not match: {detail}",
    "pb.rule": "rule {found!r} is not known here, {used} is used",
    "pb.vote_type": "votes of type {found!r} cannot be read",
}
"""Sentences by code; of several the first whose parameters are there. The test beside the other
tests of the command holds this table against the codes in ``voting``."""


def fault_sentence(fault: Fault) -> str:
    """What is wrong, and how many ballots were refused for it."""
    templates = FAULTS.get(fault.code, ())
    sentence = str(fault)
    for template in (templates,) if isinstance(templates, str) else templates:
        try:
            sentence = template.format(**fault.parameters)
        except KeyError:
            continue
        break
    if fault.ballots:
        sentence += f" ({fault.ballots} {'ballot' if fault.ballots == 1 else 'ballots'} refused)"
    return sentence
