"""The lottery: a list of panels, each as likely as the next, and the proof that it is fair.

A pool of volunteers and a set of targets allow very many panels. The lottery chosen here lifts
the chance of whoever has the least as high as the targets permit, then of whoever comes next, and
so on (leximin: Flanigan, Goelz, Gupta, Hennig, Procaccia, "Fair algorithms for selecting
citizens' assemblies", Nature 596, 2021). It is written down as a portfolio of m panels of which
one is drawn, so that everybody can count the panels they are in.
"""

from dataclasses import dataclass
from fractions import Fraction

from deliberation.sortition.certificate import Certificate


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
    notes: tuple[str, ...] = ()  # codes: what was cut short and why

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
