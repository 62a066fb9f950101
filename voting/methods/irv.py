"""IRV: instant-runoff voting, one seat, with explicit settings for imperfect papers.

Specification: ``irv.md`` beside this file, whose names are used here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from voting.ballots import Content, Marks
from voting.contest import Contest, ContestError
from voting.methods._arrays import pile, piles_of, with_others
from voting.methods._gregory import Piles
from voting.methods._ledger import NOBODY, Ledger
from voting.methods._piles import ENDS
from voting.papers import Papers
from voting.tally import Tally, Votes, Why

VERSION = 1
KINDS = ("ranked",)
MARKS = True


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of ``irv.md`` by the names which they have there."""

    overvotes: str = "exhaust"
    repeated: str = "skip"
    skipped: int | None = None
    ranks: int | None = None
    batch: bool = False
    until_two: bool = False
    tie_break: str = "earlier_stage"
    undeclared: tuple[str, ...] = ()

    @classmethod
    def of(cls, contest: Contest) -> Settings:
        """From the contest; ContestError for a setting or value that is not known."""
        allowed: dict[str, tuple[object, ...]] = {
            "overvotes": ("exhaust", "skip", "exhaust_if_several_continue"),
            "repeated": ("exhaust", "skip"),
            "batch": (True, False),
            "until_two": (True, False),
            "tie_break": ("earlier_stage", "lot"),
        }
        for name, value in contest.settings.items():
            if name not in cls.__dataclass_fields__:
                known = tuple(cls.__dataclass_fields__)
                raise ContestError("contest.setting", setting=name, known=known)
            if name in allowed:
                good = value in allowed[name]
            elif name == "undeclared":
                good = isinstance(value, (list, tuple)) and set(value) <= set(contest.by_id)
            else:
                good = value is None or (type(value) is int and value >= 0)
            if not good:
                raise ContestError("contest.setting_value", setting=name, value=value)
        given = dict(contest.settings)
        given["undeclared"] = tuple(given.get("undeclared", ()))  # type: ignore[arg-type]
        return cls(**given)  # type: ignore[arg-type]


def run(contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str]) -> Tally:
    """Count grouped rankings or marked papers by instant-runoff voting."""
    if contest.kind not in KINDS:
        raise ContestError("contest.kind_of_method", method=contest.method, kind=contest.kind)
    if contest.seats > 1:
        raise ContestError("contest.seats_of_method", method=contest.method, seats=contest.seats)
    settings = Settings.of(contest)
    piles, ballots = _piles(contest, groups, settings)
    course = _Course(contest, piles, ballots, lot_order, settings)
    course.run()
    notes = () if sum(course.firsts) else (Why("no_ballots"),)
    return course.ledger.tally(f"irv/{VERSION}", course.ballots, course.threshold, notes)


def _piles(
    contest: Contest, groups: Mapping[Content, int], settings: Settings
) -> tuple[Piles, int]:
    """The papers as the settings read them, and their number."""
    if isinstance(groups, Papers) and not groups.others and settings.ranks is None:
        return piles_of(contest, groups)
    codes = _Codes(contest, settings)
    if not isinstance(groups, Papers) or settings.ranks is not None:
        papers = [codes.paper(content) for content in groups]
        numbers = list(groups.values())
        return pile(papers, numbers, len(contest.options), codes.overvotes), sum(numbers)
    return with_others(contest, groups, codes.paper, codes.overvotes), groups.ballots


class _Codes:
    """Papers as codes: options, then the end to which the settings bring the paper."""

    def __init__(self, contest: Contest, settings: Settings) -> None:
        self.place = {option.id: number for number, option in enumerate(contest.options)}
        self.settings = settings
        self.overvotes: list[frozenset[int]] = []
        self._known: dict[frozenset[int], int] = {}

    def end(self, why: str) -> int:
        return len(self.place) + ENDS.index(why)

    def paper(self, content: Content) -> tuple[int, ...]:
        if not isinstance(content, Marks):
            options = content.options[: self.settings.ranks]
            return (*(self.place[option] for option in options), self.end("exhausted"))
        settings = self.settings
        codes: list[int] = []
        seen: set[str] = set()
        gap = 0
        for rank in content.ranks[: settings.ranks]:
            if rank == ():
                gap += 1
                continue
            if settings.skipped is not None and gap > settings.skipped:
                return (*codes, self.end("skipped"))
            gap = 0
            if settings.repeated == "exhaust" and not seen.isdisjoint(rank or ()):
                return (*codes, self.end("repeated"))
            seen.update(rank or ())
            if rank is not None and len(rank) == 1:
                codes.append(self.place[rank[0]])
            elif settings.overvotes == "skip":
                continue
            elif rank is None or settings.overvotes == "exhaust":
                return (*codes, self.end("overvote"))
            else:
                codes.append(self._overvote(frozenset(self.place[option] for option in rank)))
        return (*codes, self.end("exhausted"))

    def _overvote(self, options: frozenset[int]) -> int:
        if options not in self._known:
            self._known[options] = len(self.place) + len(ENDS) + len(self.overvotes)
            self.overvotes.append(options)
        return self._known[options]


class _Course:
    def __init__(
        self,
        contest: Contest,
        piles: Piles,
        ballots: int,
        lot_order: Sequence[str],
        settings: Settings,
    ) -> None:
        self.ledger = Ledger(contest, lot_order)
        self.piles = piles
        self.ballots = ballots
        self.settings = settings
        self.seats = contest.seats
        self.continuing = [True] * len(contest.options)
        self.winner: int | None = None
        dealt = piles.deal(1)
        self.totals = [dealt.get(option, 0) for option in range(len(contest.options))]
        self.firsts = tuple(self.totals)
        self.ended: dict[str, Votes] = {end: dealt.get(_target(end), 0) for end in ENDS}
        self.undeclared = [self.ledger.ids.index(option) for option in settings.undeclared]

    @property
    def threshold(self) -> Votes:
        """More than half of the votes that are still for somebody."""
        return int(sum(self.totals)) // 2 + 1

    def field(self) -> list[int]:
        return [option for option, goes_on in enumerate(self.continuing) if goes_on]

    def run(self) -> None:
        self._write("first_preferences", (), ())
        while sum(self.totals) and self.seats and self._goes_on():
            self.exclude()
        totals = self.totals
        for option in self.field():
            if option != self.winner:
                seated = [] if self.winner is None else [self.winner]
                self.ledger.explain_short("not_elected", option, totals[option], seated, totals)

    def _goes_on(self) -> bool:
        if self.winner is None:
            return True
        return self.settings.until_two and len(self.field()) > 2

    def elect(self) -> list[int]:
        """The option with more than half; of the last two that are equal, the tie-break's."""
        field, totals, ledger = self.field(), self.totals, self.ledger
        if self.winner is not None or not self.seats or not sum(totals):
            return []
        if any(totals[option] and self.continuing[option] for option in self.undeclared):
            return []
        best = max(totals[option] for option in field)
        leading = [option for option in field if totals[option] == best]
        if best >= self.threshold:
            by = "majority"
        elif len(field) == 2:
            by = "tie"
        else:
            return []
        winner = ledger.settle(leading, "election", highest=True, past=self._past(0))
        others = [option for option in field if option != winner]
        rival: tuple[int, Votes] | None = None
        if others:
            next_best = max(others, key=totals.__getitem__)
            rival = next_best, best - totals[next_best]
        ledger.explain_elected(winner, best, self.threshold, by, rival)
        ledger.elected.append(winner)
        self.winner = winner
        return [winner]

    def _past(self, present: int) -> int:
        """How many earlier stages a tie-break may look at."""
        return len(self.ledger.history) - present if self.settings.tie_break != "lot" else 0

    def exclude(self) -> None:
        """The lowest goes, or with ``batch`` all who cannot catch up any more."""
        ledger, totals = self.ledger, self.totals
        sources = [o for o in self.undeclared if self.continuing[o] and totals[o]]
        sources = sources or self._batch()
        field = [option for option in self.field() if option != self.winner]
        if not sources:
            fewest = min(totals[option] for option in field)
            tied = [option for option in field if totals[option] == fewest]
            past = self._past(1)
            sources = [ledger.settle(tied, "exclusion", highest=False, past=past)]
        for option in sources:
            self.continuing[option] = False
        others = self.field()
        transfers: list[tuple[int, int, Votes]] = []
        for option in sources:
            ledger.explain_short("excluded", option, totals[option], others, totals)
        for option in sources:
            received = self.piles.move(option, self.continuing)
            totals[option] = 0
            self._credit(received)
            transfers += [(option, target, votes) for target, votes in sorted(received.items())]
        self._write("exclusion", sources, _joined(transfers))

    def _batch(self) -> list[int]:
        """The most options that together have fewer votes than each of those above them."""
        if not self.settings.batch:
            return []
        field = sorted(self.field(), key=lambda option: (self.totals[option], option))
        together: Votes = 0
        most = 0
        for place, option in enumerate(field):
            if together < self.totals[option]:
                most = place
            together += self.totals[option]
        if self.settings.until_two:
            most = min(most, len(field) - 2)
        return field[:most] if most > 1 else []

    def _credit(self, received: Mapping[int, Votes]) -> None:
        for end in ENDS:
            self.ended[end] += received.get(_target(end), 0)
        for target, votes in received.items():
            if target > NOBODY:
                self.totals[target] += votes

    def _write(
        self,
        action: str,
        sources: Sequence[int],
        transfers: Iterable[tuple[int, int, Votes]],
    ) -> None:
        elected = self.elect()
        self.ledger.write(
            action,
            sources,
            self.totals,
            nontransferable=sum(self.ended.values()),
            transfers=transfers,
            elected=elected,
            excluded=sources,
            exhausted={end: votes for end, votes in self.ended.items() if votes},
            threshold=self.threshold,
        )


def _target(end: str) -> int:
    return NOBODY - ENDS.index(end)


def _joined(transfers: Iterable[tuple[int, int, Votes]]) -> list[tuple[int, int, Votes]]:
    """Transfers with those to the several ends added up into one for nobody."""
    joined: dict[tuple[int, int], Votes] = {}
    for source, target, votes in transfers:
        key = source, max(target, NOBODY)
        joined[key] = joined.get(key, 0) + votes
    return [(source, target, votes) for (source, target), votes in joined.items()]
