"""The one entrance: a contest, ballots and a lot order in, a tally out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from voting.ballots import BallotError, Content, Marks, check
from voting.contest import Contest, ContestError
from voting.methods import reads_marks, rule
from voting.papers import Papers, Rankings
from voting.tally import Tally, Why


def count(
    contest: Contest,
    ballots: Iterable[Content] | Mapping[Content, int],
    lot_order: Sequence[str] = (),
    refused: int = 0,
) -> Tally:
    """Count ballots by the contest's rule.

    ``ballots``: contents one by one, or grouped (content to number). The order never matters.
    A ballot that may not be cast in this contest is refused, counted as invalid and noted;
    a blank one is counted as blank. The rule sees the others only.
    ``lot_order``: a permutation of the option ids that settles ties, the earlier one favoured;
    empty means the contest's own order.
    ``refused``: ballots that whoever read them refused already; they add to the invalid ones.
    Errors: ContestError.
    """
    order = tuple(lot_order) or tuple(option.id for option in contest.options)
    if sorted(order) != sorted(contest.by_id):
        raise ContestError("contest.lot_order")
    run = rule(contest.method)
    groups = ballots if isinstance(ballots, Mapping) else Counter(ballots)
    marks = reads_marks(contest.method)
    valid: Mapping[Content, int]
    if isinstance(groups, Papers) and _fits(contest, groups):
        valid, blank, faults = _sift_papers(contest, groups, marks)
        number = valid.ballots
    else:
        valid, blank, faults = sift(contest, groups, marks)
        number = sum(valid.values())
    tally = run(contest, valid, order)
    invalid = refused + sum(faults.values())
    notes = tuple(
        Why("refused", {"fault": code, "ballots": faults[code, parameters], **dict(parameters)})
        for code, parameters in sorted(faults, key=repr)
    )
    return replace(
        tally,
        ballots=number + blank + invalid,
        valid=number,
        blank=blank,
        invalid=invalid,
        notes=tally.notes + notes,
    )


def _fits(contest: Contest, papers: Papers) -> bool:
    """Whether every ranking in an array may be cast, so that none need be looked at."""
    return _plain(contest) and set(papers.options) <= set(contest.by_id)


def _plain(contest: Contest) -> bool:
    """Whether any ranking of known options may be cast."""
    return (
        contest.kind == "ranked"
        and contest.max_choices is None
        and contest.min_choices <= 1
        and not any(group.exclusive_on_ballot for group in contest.groups)
    )


def _sift_papers(
    contest: Contest, papers: Papers, marks: bool
) -> tuple[Papers, int, Counter[Fault]]:
    """As ``sift``: the array is parted as a whole, only the contents beside it one by one."""
    clean, blank = papers.parted()
    others, blank_too, faults = sift(contest, papers.others, marks)
    return clean.joined(others), blank + blank_too, faults


Fault = tuple[str, tuple[tuple[str, object], ...]]
"""Why a ballot was refused: the code, and its parameters as sorted pairs."""


def sift(
    contest: Contest, groups: Mapping[Content, int], marks: bool = False
) -> tuple[Mapping[Content, int], int, Counter[Fault]]:
    """Part ballots into valid groups, the number of blank ones, and faults with their numbers.

    Unless the rule reads ``marks`` itself, a marked paper becomes the ranking that is certain
    on it; one without a single certain preference is refused as ``ballot.unclear``.
    """
    if _plain(contest):
        known = Rankings.of(groups, contest.by_id.keys())
        if isinstance(known, Rankings) and known.known <= contest.by_id.keys():
            return known, 0, Counter()  # the usual case, without building anything anew
    valid: dict[Content, int] = {}
    blank = 0
    faults: Counter[Fault] = Counter()
    for content, number in groups.items():
        if number < 0:
            raise ContestError("contest.negative_ballots", ballots=number)
        if number == 0:
            continue
        try:
            check(content, contest)
            if isinstance(content, Marks) and not marks and content.ranks:
                content = content.ranking()
                if not content.options:
                    raise BallotError("ballot.unclear")
        except BallotError as error:
            faults[error.code, tuple(sorted(error.parameters.items()))] += number
            continue
        if content.options or (isinstance(content, Marks) and content.ranks):
            valid[content] = valid.get(content, 0) + number
        else:
            blank += number
    return valid, blank, faults
