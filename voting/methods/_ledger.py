"""What a ranked count writes down as it goes: stages, ties, and at the end every why.

The rules work on option numbers (places in ``contest.options``) and on units of their own
(hundred-thousandths, fractions); the ledger turns both into the words of a tally.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import overload

from voting.contest import Contest
from voting.tally import Stage, Tally, Tie, Transfer, Votes, Why
from voting.tally_json import decimal

NOBODY = -1
"""The target of papers without a further preference."""


class Scale:
    """From a rule's own numbers, ``units`` (a power of ten) to the vote, to votes and text."""

    __slots__ = ("_digits", "_known", "_units")

    def __init__(self, units: int) -> None:
        self._units = units
        self._digits = len(str(units)) - 1
        self._known: dict[int, Votes] = {}

    def votes(self, number: int | Fraction) -> Votes:
        """The rule's number as votes: whole ones as int, others as a fraction."""
        if isinstance(number, Fraction):
            number = number / self._units
            return number.numerator if number.denominator == 1 else number
        known = self._known.get(number)
        if known is None:
            whole, part = divmod(number, self._units)
            known = self._known[number] = Fraction(number, self._units) if part else whole
        return known

    def text(self, number: int | Fraction) -> str:
        """As ``decimal`` of the votes; integers are written without making a fraction."""
        if isinstance(number, Fraction):
            return decimal(self.votes(number))
        whole, part = divmod(abs(number), self._units)
        sign = "-" if number < 0 else ""
        return f"{sign}{whole}.{part:0{self._digits}}".rstrip("0") if part else f"{sign}{whole}"


class ByOption(Mapping[str, Votes]):
    """Votes by option id, kept as one tuple in the rule's numbers: with thousands of options
    and stages, dicts of each stage would not fit in memory. Votes are made when looked at."""

    __slots__ = ("_ids", "_numbers", "_places", "_scale")

    def __init__(
        self,
        ids: tuple[str, ...],
        places: Mapping[str, int],
        numbers: tuple[int | Fraction, ...],
        scale: Scale,
    ) -> None:
        self._ids, self._places, self._numbers, self._scale = ids, places, numbers, scale

    def __getitem__(self, option: str) -> Votes:
        return self._scale.votes(self._numbers[self._places[option]])

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __repr__(self) -> str:
        return repr(dict(self))


class Moved(Sequence[Transfer]):
    """The transfers of a stage, kept as (source, target, number); each made when looked at."""

    __slots__ = ("_ids", "_moves", "_scale")

    def __init__(
        self,
        ids: tuple[str, ...],
        moves: tuple[tuple[int, int, int | Fraction], ...],
        scale: Scale,
    ) -> None:
        self._ids, self._moves, self._scale = ids, moves, scale

    @overload
    def __getitem__(self, place: int) -> Transfer: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Transfer]: ...
    def __getitem__(self, place: int | slice) -> Transfer | Sequence[Transfer]:
        if isinstance(place, slice):
            return Moved(self._ids, self._moves[place], self._scale)
        source, target, number = self._moves[place]
        to = None if target <= NOBODY else self._ids[target]
        return Transfer(self._ids[source], to, self._scale.votes(number))

    def __len__(self) -> int:
        return len(self._moves)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (tuple, Moved)) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(tuple(self))


class Ledger:
    """The record of one count. ``units`` is what one vote is in the rule's own numbers."""

    def __init__(self, contest: Contest, lot_order: Sequence[str], units: int = 1) -> None:
        self.contest = contest
        self.ids = tuple(option.id for option in contest.options)
        self._places = {option: place for place, option in enumerate(self.ids)}
        self.lot = [0] * len(self.ids)
        for place, option in enumerate(lot_order):
            self.lot[self._places[option]] = place
        self._scale = Scale(units)
        self.votes = self._scale.votes
        self.text = self._scale.text
        self.history: list[tuple[int | Fraction, ...]] = []
        self._changes: list[list[int]] = [[] for _ in self.ids]
        self.stages: list[Stage] = []
        self.ties: list[Tie] = []
        self.elected: list[int] = []
        self.why: dict[str, Why] = {}

    @property
    def stage(self) -> int:
        """The number of the stage under way or just written."""
        return len(self.stages)

    def write(
        self,
        action: str,
        options: Iterable[int],
        totals: Sequence[int | Fraction],
        *,
        nontransferable: int | Fraction,
        lost: int | Fraction = 0,
        transfers: Iterable[tuple[int, int, int | Fraction]] = (),
        elected: Iterable[int] = (),
        excluded: Iterable[int] = (),
        transfer_value: Votes | None = None,
        exhausted: Mapping[str, Votes] | None = None,
        threshold: int | Fraction | None = None,
    ) -> None:
        """Add a stage; transfers are (source, target or NOBODY, amount), zero amounts left out."""
        votes = self.votes
        ids = self.ids
        number = len(self.stages) + 1
        before = self.history[-1] if self.history else (0,) * len(ids)
        for option, (was, now) in enumerate(zip(before, totals, strict=True)):
            if was != now:
                self._changes[option].append(number)
        after = tuple(totals)
        self.history.append(after)
        self.stages.append(
            Stage(
                number=number,
                action=action,
                options=tuple(ids[option] for option in options),
                totals=ByOption(ids, self._places, after, self._scale),
                transfers=Moved(ids, tuple(move for move in transfers if move[2]), self._scale),
                nontransferable=votes(nontransferable),
                lost_by_fraction=votes(lost),
                elected=tuple(ids[option] for option in elected),
                excluded=tuple(ids[option] for option in excluded),
                transfer_value=transfer_value,
                exhausted=exhausted or {},
                threshold=None if threshold is None else votes(threshold),
            )
        )

    def settle(self, tied: Sequence[int], decision: str, *, highest: bool, past: int = 0) -> int:
        """The one among options that stand equal; the tie is written down.

        The most recent earlier stage at which they differed decides (the ``past`` first stages
        are looked at, latest first): the highest, or lowest, there stay. Where some stay equal
        at all of them the published lot decides: its order favours the earlier one, so the
        earliest has the surplus moved or is elected first, and the latest is excluded.
        """
        if len(tied) == 1:
            return tied[0]
        left = list(tied)
        settled_by, earlier = "lot", None
        number = past
        while number > 0:
            totals = self.history[number - 1]
            best = (max if highest else min)(totals[option] for option in left)
            left = [option for option in left if totals[option] == best]
            if len(left) == 1:
                settled_by, earlier = "earlier_stage", number
                break
            # Nothing can differ before the stage at which one of them changed last.
            number = max(self._changed_by(option, number) for option in left) - 1
        chosen = (min if highest else max)(left, key=self.lot.__getitem__)
        stage = len(self.stages) + 1
        names = tuple(self.ids[option] for option in sorted(tied))
        self.ties.append(Tie(names, stage, settled_by, self.ids[chosen], decision, earlier))
        return chosen

    def _changed_by(self, option: int, stage: int) -> int:
        """The latest stage, not after this one, at which an option's votes changed; or 0."""
        changes = self._changes[option]
        place = bisect_right(changes, stage)
        return changes[place - 1] if place else 0

    def in_order(
        self, options: Iterable[int], key: Callable[[int], int | Fraction], decision: str
    ) -> list[int]:
        """Options by falling votes, equal ones settled one after the other."""
        left = list(options)
        ordered = []
        while left:
            best = max(map(key, left))
            tied = [option for option in left if key(option) == best]
            chosen = self.settle(tied, decision, highest=True, past=len(self.history))
            ordered.append(chosen)
            left.remove(chosen)
        return ordered

    def explain_elected(
        self,
        option: int,
        votes: int | Fraction,
        quota: int | Fraction,
        by: str,
        rival: tuple[int, int | Fraction] | None,
    ) -> None:
        """At the stage about to be written; ``rival``: whom it was ahead of, by how much."""
        parameters: dict[str, object] = {
            "stage": len(self.history) + 1,
            "votes": self.text(votes),
            "quota": self.text(quota),
            "by": by,
        }
        if rival is not None:
            parameters |= {"next": self.ids[rival[0]], "margin": self.text(rival[1])}
        self.why[self.ids[option]] = Why("elected", parameters)

    def explain_short(
        self,
        code: str,
        option: int,
        votes: int | Fraction,
        others: Iterable[int],
        totals: Sequence[int | Fraction],
    ) -> None:
        """Excluded at the stage about to be written, or not elected when the last one was:
        how far below the next one that stayed."""
        stage = len(self.history) + (code == "excluded")
        parameters: dict[str, object] = {"stage": stage, "votes": self.text(votes)}
        least = min(others, key=totals.__getitem__, default=None)
        if least is not None:
            parameters |= {"next": self.ids[least], "margin": self.text(totals[least] - votes)}
        self.why[self.ids[option]] = Why(code, parameters)

    def tally(
        self, method: str, ballots: int, quota: int | Fraction, notes: tuple[Why, ...] = ()
    ) -> Tally:
        """The finished record; ``why`` in the order of the contest's options."""
        firsts = self.history[0]
        why = {}
        for place, option in enumerate(self.ids):
            given = self.why[option]
            why[option] = Why(given.code, {**given.parameters, "first": self.text(firsts[place])})
        return Tally(
            method=method,
            ballots=ballots,
            valid=ballots,
            blank=0,
            invalid=0,
            why=why,
            seats=self.contest.seats,
            quota=self.votes(quota),
            elected=tuple(self.ids[option] for option in self.elected),
            stages=tuple(self.stages),
            ties=tuple(self.ties),
            notes=notes,
        )
