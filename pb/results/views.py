"""What the pages of a result show: a stored count, in the words of one reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from babel.numbers import get_currency_precision
from markupsafe import Markup, escape

from pb.core.i18n import N_, NN_, PN_
from pb.core.web import Request
from pb.processes.models import Area, Process
from pb.projects.queries import ProjectRow, ballot_rows
from pb.results.models import Count
from pb.results.rules import is_published
from pb.results.words import Words
from voting.tally import Allocation, Tally, Why

RULE_NAMES = {
    "greedy": N_("Most votes first"),
    "equal-shares": N_("Equal shares"),
    "equal-shares-ranked": N_("Equal shares on ranked ballots"),
    "expanding-approvals": N_("Expanding approvals"),
    "phragmen": N_("Phragmén’s rule"),
    "maximum-welfare": N_("The most votes for the money"),
    "scottish-stv": N_("The single transferable vote, as in Scotland"),
    "exact-stv": N_("The single transferable vote, without rounding"),
    "meek": N_("Meek’s rule"),
    "irv": N_("Instant runoff: the lowest goes until one has more than half"),
    "block-preferential": N_("One place after the other"),
    "first-choices": N_("Most first choices"),
}
MOST_WINNERS = 12
MOST_LACKING = 6


@dataclass(frozen=True)
class Row:
    """One project and what became of it. ``votes`` is None where a rule knows no such number."""

    option: str
    number: int
    title: Markup
    area: Area
    cost: int
    won: bool
    why: Why
    votes: str
    order: int
    """Place among the winners, or in the order of closeness among the others."""
    picture: str

    @property
    def short(self) -> int | None:
        """Minor units missing, where money was."""
        missing = self.why.parameters.get("short")
        return missing if isinstance(missing, int) else None


class ResultView:
    """One count as its pages show it."""

    def __init__(self, request: Request, process: Process, count: Count) -> None:
        self.request = request
        self.reader = request.reader
        self.process = process
        self.count = count
        self.tally = Tally.from_dict(count.tally)
        self.projects = ballot_rows(request.session, process.id)
        self.areas = {area.id: area for area in process.areas}
        self.words = Words(
            self.reader, process.currency,
            {row.option_id: Markup(escape(self.reader.text(row.title))) for row in self.projects},
            points=self.counts_points,
        )

    # -- the projects ------------------------------------------------------------------------

    @property
    def is_public(self) -> bool:
        """Whether the public pages of this count can be opened; a preview links to none."""
        return is_published(self.count)

    @property
    def is_budget(self) -> bool:
        return self.tally.allocation is not None

    @property
    def allocation(self) -> Allocation:
        assert self.tally.allocation is not None
        return self.tally.allocation

    @cached_property
    def winners_in_order(self) -> tuple[str, ...]:
        return self.allocation.selected if self.is_budget else self.tally.elected

    @cached_property
    def rows(self) -> dict[str, Row]:
        """Every project by its option id, by number."""
        won = {option: place for place, option in enumerate(self.winners_in_order)}
        return {one.option_id: self._row(one, won) for one in self.projects}

    def _row(self, one: ProjectRow, won: dict[str, int]) -> Row:
        why = self.tally.why[one.option_id]
        return Row(
            option=one.option_id, number=one.number, title=self.words.title(one.option_id),
            area=self.areas[one.area_id], cost=one.cost, won=one.option_id in won, why=why,
            votes=self._votes(one.option_id, why), order=won.get(one.option_id, 0),
            picture=f"/pictures/{one.picture}" if one.picture else "",
        )

    def _votes(self, option: str, why: Why) -> str:
        if self.is_budget:
            return self.words.votes(self.allocation.support.get(option, 0))
        return self.words.votes(str(why.parameters.get("first", 0)))

    @cached_property
    def winners(self) -> list[Row]:
        return [self.rows[option] for option in self.winners_in_order]

    @cached_property
    def others(self) -> list[Row]:
        """What did not win, the nearest first."""
        return sorted(
            (row for row in self.rows.values() if not row.won), key=lambda row: self._distance(row)
        )

    def _distance(self, row: Row) -> tuple[int, int, int]:
        told = row.why.parameters
        if not self.is_budget:
            return 0, -int(str(told.get("stage", 0))), row.number
        missing = told.get("votes_short")
        if isinstance(missing, int):
            return 0, missing, row.number
        return 1, row.short or 0, row.number

    def why(self, row: Row) -> Markup:
        return self.words.why(row.why)

    def card(self, row: Row) -> dict[str, Any]:
        """As components/cards.html wants it."""
        return {
            "title": row.title, "picture": row.picture,
            "cost": self.money(row.cost) if row.cost or self.is_budget else "",
            "href": self.request.link(
                "result_project", slug=self.process.slug, number=row.number
            ) if self.is_public else "",
        }

    def plain_title(self, option: str) -> str:
        return self._plain.get(option, option)

    @cached_property
    def _plain(self) -> dict[str, str]:
        return {row.option_id: self.reader.plain(row.title) for row in self.projects}

    @property
    def counts_points(self) -> bool:
        """Whether the figures by project are points; ranks can stand for points as well."""
        settings = self.process.method_settings
        by_rank = self.process.method == "greedy" and bool(settings.get("rank_points"))
        return self.process.ballot_kind == "points" or by_rank

    @property
    def votes_word(self) -> str:
        """The heading over the figures by project."""
        words = PN_("of a project", "Points") if self.counts_points else N_("Votes")
        return self.reader.say(words)

    @property
    def has_money(self) -> bool:
        """Whether this is about projects with costs; elections of people have none."""
        return self.is_budget or any(row.cost for row in self.projects)

    # -- the figures -------------------------------------------------------------------------

    def money(self, minor: int) -> str:
        return self.reader.money(minor, self.process.currency)

    def whole_money(self, minor: str) -> str:
        """A mean amount, which nobody wants to the penny."""
        unit = 10 ** get_currency_precision(self.process.currency)
        return self.money(round(Fraction(minor) / unit) * unit)

    @cached_property
    def headline(self) -> Markup:
        number = len(self.winners)
        if self.is_budget:
            return self.words.counted(
                NN_("%(shown)s project won %(money)s", "%(shown)s projects won %(money)s"),
                number, money=self.money(self.allocation.cost),
            )
        return self.words.counted(
            NN_("%(shown)s was elected", "%(shown)s were elected"),
            number,
        )

    @cached_property
    def purses(self) -> list[dict[str, Any]]:
        """Money by area: what there was, what was spent, what is left."""
        spent: dict[int, int] = {}
        for row in self.winners:
            spent[row.area.id] = spent.get(row.area.id, 0) + row.cost
        return [
            {
                "area": area, "name": self.reader.text(area.name), "budget": area.budget,
                "spent": spent.get(area.id, 0),
                "left": area.budget - spent.get(area.id, 0),
                "number": sum(1 for row in self.winners if row.area.id == area.id),
            }
            for area in self.process.areas
            if area.budget or spent.get(area.id)
        ]

    @cached_property
    def turnout(self) -> dict[str, Any]:
        """Entitled and voted, in all and by area; ballots by day."""
        stored = self.count.turnout
        names = {area.key: self.reader.text(area.name) for area in self.process.areas}
        areas = [
            {"name": names.get(one["area"], ""), **one} for one in stored.get("areas", ())
        ]
        return {
            "areas": areas,
            "entitled": sum(one["entitled"] for one in areas),
            "voted": sum(one["voted"] for one in areas),
            "days": [(date.fromisoformat(day), number) for day, number in stored.get("days", ())],
        }

    @property
    def quorum(self) -> tuple[int, int] | None:
        """(people who had to vote, people who did) where a quorum was announced."""
        if not self.process.quorum:
            return None
        return self.process.quorum, self.turnout["voted"] or self.tally.ballots

    @property
    def rule_name(self) -> str:
        """The rule in words, with its name and version in the library."""
        words = RULE_NAMES.get(self.process.method)
        told = self.tally.method
        return f"{self.reader.say(words)} ({told})" if words else told

    # -- beside the result -------------------------------------------------------------------

    @cached_property
    def rules(self) -> list[dict[str, Any]]:
        """The own rule and the others that could count these ballots."""
        told = self.count.comparison.get("rules", ())
        return [
            {**one, "name": self.reader.say(RULE_NAMES[one["method"]]),
             "chosen": set(one["selected"]), "mean": self.whole_money(one["money"])}
            for one in told if "failed" not in one and one["method"] in RULE_NAMES
        ]

    @cached_property
    def rules_differ(self) -> list[Row]:
        """Projects on which the rules do not agree; where all do, nothing needs a table."""
        return [
            row for row in self.rows.values()
            if len({row.option in one["chosen"] for one in self.rules}) > 1
        ]

    @cached_property
    def second(self) -> Markup:
        """What the second count said, and why it may not have agreed."""
        return self.words.second(self.count.second_count)

    @cached_property
    def shares(self) -> list[Markup]:
        """What each voter's share was, where the rule gave everybody one, and its comparison."""
        names = {area.key: area.name for area in self.process.areas}
        several = len(self.purses) > 1
        found = []
        for note in self.tally.notes:
            told = note.parameters
            if note.code == "comparison":
                found.append(self.words.compared(told))
            if note.code != "share" or "voters" not in told or "start" not in told:
                continue
            found.append(
                self.words.share(
                    self.reader.text(names.get(str(told["area"]))) if several else "", told
                )
            )
        return found

    @cached_property
    def ties(self) -> list[Markup]:
        return [self.words.tie(tie) for tie in self.tally.ties]

    @property
    def closest(self) -> Row | None:
        """The project that lacked the fewest votes."""
        nearest = next(iter(self.others), None)
        if nearest is None or not isinstance(nearest.why.parameters.get("votes_short"), int):
            return None
        return nearest
