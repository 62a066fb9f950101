"""The lottery: a list of panels, each as likely as the next, and the proof that it is fair.

A pool of volunteers and a set of targets allow very many panels. The lottery chosen here lifts
the chance of whoever has the least as high as the targets permit, then of whoever comes next, and
so on (leximin: Flanigan, Goelz, Gupta, Hennig, Procaccia, "Fair algorithms for selecting
citizens' assemblies", Nature 596, 2021). It is written down as a portfolio of m panels of which
one is drawn, so that everybody can count the panels they are in.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from deliberation.sortition import exact as exact_stage
from deliberation.sortition import feasibility, frame, leximin, portfolio
from deliberation.sortition.certificate import (
    Certificate,
    WholeProof,
    certify,
    certify_whole,
    proved,
    proved_whole,
)
from deliberation.sortition.chance import Chance
from deliberation.sortition.faults import LotteryError, TimeUp
from deliberation.sortition.pool import Pool
from deliberation.sortition.solver import Clock, Floats
from deliberation.sortition.targets import Targets
from deliberation.sortition.types import group

PANELS = 1_000
LARGE_POOL = 5_000
PANELS_OF_LARGE_POOL = 10_000
EXACT_SECONDS = 600.0  # for the exact stage, if no time limit says less

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Lottery:
    """The outcome: everything that is published about a draw, but for the draw itself.

    People are indexes into `ids`, which keeps the pool's order; all tuples "by person" have that
    length and order. Types number the people alike in all traits (and, where households count,
    alike in whom they may sit with).
    """

    ids: tuple[str, ...]
    seats: int
    panels: tuple[tuple[int, ...], ...]  # each sorted, each as likely as the next
    target: tuple[float, ...]  # the leximin chance by person; 0.0 for who has none
    zero_chance: tuple[int, ...]  # people whom no panel that meets the targets can hold
    type_of: tuple[int, ...]  # type by person
    bound: Fraction  # no lottery gives the worst off (of those with a chance) more
    certificate: Certificate | None  # proves `bound`; None if a limit came first
    exact: bool  # the method ran to its end; if not, `gap` says what may be missing
    gap: float  # bound minus the lowest chance in the portfolio, of those with a chance
    seed: str  # of ties, dealing and order
    ceiling: Fraction | None = None  # nobody's chance was to be above it
    sharper: WholeProof | None = None  # proves more than `bound`, where whole panels give less
    notes: tuple[str, ...] = ()  # codes: what was cut short or could not be kept

    @property
    def counts(self) -> tuple[int, ...]:
        """By person, the number of panels he or she is in."""
        counts = [0] * len(self.ids)
        for panel in self.panels:
            for person in panel:
                counts[person] += 1
        return tuple(counts)

    @property
    def probabilities(self) -> tuple[Fraction, ...]:
        """By person, the chance that this portfolio gives."""
        return tuple(Fraction(count, len(self.panels)) for count in self.counts)

    @property
    def with_chance(self) -> tuple[int, ...]:
        """The people whom some panel that meets the targets can hold."""
        out = set(self.zero_chance)
        return tuple(person for person in range(len(self.ids)) if person not in out)

    @property
    def lowest(self) -> Fraction:
        """The lowest chance in the portfolio, of those with a chance."""
        chances = self.probabilities
        return min((chances[person] for person in self.with_chance), default=Fraction(0))

    @property
    def best_bound(self) -> Fraction:
        """The sharpest bound that is proved."""
        return self.bound if self.sharper is None else min(self.bound, self.sharper.bound)

    @property
    def best_gap(self) -> float:
        """What the worst off might still gain, at most, by the sharpest bound."""
        return max(0.0, float(self.best_bound - self.lowest))

    @property
    def largest_shortfall(self) -> float:
        """By how much somebody's chance in the portfolio lies below his or her target, at most."""
        pairs = zip(self.target, self.probabilities, strict=True)
        return max((target - float(chance) for target, chance in pairs), default=0.0)

    @property
    def gini(self) -> float:
        """How unequal the targets are over the whole pool."""
        return leximin.gini(np.array(self.target), np.ones(len(self.target)))


def usual_panels(pool: Pool) -> int:
    """How many panels a portfolio has if nothing else is said: fine enough for the pool."""
    return PANELS if len(pool.people) <= LARGE_POOL else PANELS_OF_LARGE_POOL


def hold(
    pool: Pool,
    targets: Targets,
    seats: int,
    *,
    seed: str,
    panels: int | None = None,
    ceiling: Fraction | None = None,
    time_limit: float | None = None,
    cancelled: Callable[[], bool] | None = None,
    progress: Progress | None = None,
) -> Lottery:
    """Computes the lottery. The same arguments give the same lottery, unless a limit comes first.

    `ceiling` is the highest chance anybody may have. `time_limit` is in seconds; when it comes,
    the best so far is returned with `exact` false and the gap; without one, only the exact stage
    has a limit, of ten minutes. `cancelled` is asked often and ends the run with Cancelled.
    `progress(stage, done, of)` hears of each step. Raises LotteryError: "targets.infeasible",
    "ceiling.too_low" (lowest), "time.no_panel".
    """
    clock = Clock(time_limit, cancelled)
    say = progress if progress is not None else _silent
    count = usual_panels(pool) if panels is None else panels
    if seats < 1 or count < 1 or (ceiling is not None and not 0 < ceiling <= 1):
        raise LotteryError("lottery.bad_numbers", seats=seats, panels=count)
    types = group(pool, Chance(seed, "ties").shuffled(range(len(pool.people))))
    drawn_from = frame.build(types, targets, seats)
    if feasibility.plain_reasons(drawn_from):
        raise LotteryError("targets.infeasible")
    try:
        say("feasibility", 0, 1)
        live, seen = feasibility.covered(drawn_from, clock)
        say("target", 0, 1)
        cap = 1.0 if ceiling is None else float(ceiling)
        target = leximin.leximin(drawn_from, live, cap, clock)
        certificate = certify(drawn_from, pool, live, ceiling, clock)
    except TimeUp:
        raise LotteryError("time.no_panel") from None
    chances = target.chances
    most = None if ceiling is None else int(ceiling * count)
    notes: list[str] = []

    def step(done: int) -> None:
        say("panels", done, count)

    found = portfolio.fill(
        drawn_from, chances, count, clock, most_of_person=most, progress=step, spare=seen
    )
    exact = not found.cut_short
    sharper: WholeProof | None = None
    bound = certificate.bound
    short = portfolio.shortfalls(drawn_from, chances, found.panels)
    past = portfolio.excess(drawn_from, cap, found.panels)
    if found.out_of_reach or (exact and max(short.max(), past) > 2.0 / count):
        better = exact_stage.leximin(
            drawn_from,
            live,
            cap,
            found.panels,
            Clock(min(clock.left(), EXACT_SECONDS), cancelled),
            lambda done: say("exact", done, 0),
        )
        exact = better.finished
        again = portfolio.fill(
            drawn_from,
            better.chances,
            count,
            clock,
            most_of_person=most,
            start=better.start(count),
            progress=step,
            spare=list(found.panels),
        )
        if found.out_of_reach or better.finished or _better(drawn_from, live, again, found):
            found, chances = again, better.chances
        exact = exact and not again.cut_short
        if better.prices is not None and better.level is not None:
            sharper = certify_whole(
                drawn_from, pool, live, better.prices, better.level, certificate, ceiling, clock
            )
    if not exact:
        notes.append("time.cut_short")
    people = pool.people
    by_person = np.zeros(len(people))
    for kind, members in enumerate(types.members):
        by_person[list(members)] = chances[kind]
    out = sorted(p for kind in np.flatnonzero(live == 0) for p in types.members[kind])
    outcome = Lottery(
        pool.ids,
        seats,
        portfolio.deal(drawn_from, found.panels, seed),
        tuple(by_person.tolist()),
        tuple(out),
        group(pool).of_people(),
        bound,
        certificate,
        exact,
        0.0,
        seed,
        ceiling,
        sharper,
    )
    if ceiling is not None and max(outcome.probabilities) > ceiling:
        notes.append("ceiling.passed")
    return replace(outcome, gap=max(0.0, float(bound - outcome.lowest)), notes=tuple(notes))


def certificate_holds(lottery: Lottery, pool: Pool, targets: Targets) -> bool:
    """Checks the certificate again from nothing but the pool, the targets and its own numbers."""
    if lottery.certificate is None:
        return False
    households = tuple(person.household for person in pool.people)
    given = (pool.traits, households, targets, lottery.seats, lottery.ceiling)
    bound = proved(lottery.certificate, *given)
    if bound is None or bound > lottery.bound:
        return False
    if lottery.sharper is None:
        return True
    sharper = proved_whole(lottery.sharper, *given)
    return sharper is not None and sharper <= lottery.sharper.bound


def _better(
    drawn_from: frame.Frame,
    live: Floats,
    one: portfolio.Portfolio,
    other: portfolio.Portfolio,
) -> bool:
    """Whether the worst off of those with a chance fare better in the first portfolio."""

    def lowest(panels: Floats) -> float:
        least = np.floor(panels.sum(axis=0) / drawn_from.sizes) / len(panels)
        return float(least[live > 0].min())

    return lowest(one.panels) > lowest(other.panels)


def _silent(stage: str, done: int, of: int) -> None:
    """Nobody listens."""
