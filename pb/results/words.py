"""The codes of a count in words: why a project won or not, what a stage did, how a tie was settled.

Titles keep the mark of their language inside a sentence, so these sentences are HTML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

from markupsafe import Markup, escape

from pb.core.i18n import N_, NN_, Reader
from voting.tally import Stage, Tie, Votes, Why
from voting.tally_json import decimal

FUNDED = frozenset({"funded", "part_funded", "funded_by_votes"})
MOST_NAMES = 4
"""How many projects one sentence names."""


class Words:
    """Says what a count decided, to one reader. ``titles`` are by option id, as HTML.

    ``points``: what is counted are points, not votes.
    """

    def __init__(
        self, reader: Reader, currency: str, titles: Mapping[str, str], points: bool = False
    ) -> None:
        self.reader = reader
        self.currency = currency
        self.titles = titles
        self.points = points

    # -- tools -------------------------------------------------------------------------------

    def say(self, words: N_, **parameters: object) -> Markup:
        """A sentence whose parameters may be HTML; all else is escaped."""
        marked = {name: value for name, value in parameters.items() if isinstance(value, Markup)}
        text = self.reader.say(
            words, **{**parameters, **{name: f"\0{name}\0" for name in marked}}
        )
        html = str(escape(text))
        for name, value in marked.items():
            html = html.replace(f"\0{name}\0", str(value))
        return Markup(html)

    def title(self, option: str) -> Markup:
        return Markup(escape(self.titles.get(option, option)))

    def names(self, options: Sequence[str], most: int = MOST_NAMES) -> Markup:
        """Titles with semicolons between them; the rest as a number."""
        shown = Markup("; ").join(self.title(option) for option in options[:most])
        more = len(options) - most
        if more > 0:
            shown += Markup("; ") + self.counted(
                NN_("%(shown)s more", "%(shown)s more"), more
            )
        return shown

    def counted(self, words: N_, number: int, **parameters: object) -> Markup:
        """A sentence with a number; ``shown`` is the number as the reader writes it."""
        return self.say(words, num=number, shown=self.reader.number(number), **parameters)

    def money(self, minor: object) -> str:
        return self.reader.money(int(str(minor)), self.currency)

    def votes(self, votes: object, places: int = 2) -> str:
        """Votes of a ranked count: 806.07, or 1,322 where they are whole."""
        number = votes if isinstance(votes, (int, Fraction)) else Fraction(str(votes))
        whole, dot, part = decimal(number, places).partition(".")
        return self.reader.number(int(whole)) + dot + part

    # -- why ---------------------------------------------------------------------------------

    def why(self, why: Why) -> Markup:
        """The reason of one decision, in one to three sentences."""
        told = why.parameters
        function = getattr(self, f"_{why.code}", None)
        if function is None:
            return Markup(escape(why.code))
        parts: list[Markup] = function(told)
        return Markup(" ").join(parts)

    def _supported(self, told: Mapping[str, Any]) -> Markup:
        words = (
            NN_("%(shown)s point.", "%(shown)s points.") if self.points
            else NN_("%(shown)s vote.", "%(shown)s votes.")
        )
        return self.counted(words, int(told["votes"]))

    def _funded(self, told: Mapping[str, Any]) -> list[Markup]:
        parts = [self._supported(told)]
        if "price" in told:
            price = ceil(Fraction(str(told["price"])))
            parts.append(
                self.say(
                    N_("Its supporters paid at most %(price)s each, out of equal shares."),
                    price=self.money(price),
                )
            )
        if "rank" in told:
            rank = int(told["rank"])
            parts.append(
                self.say(N_("First choices alone paid for it.")) if rank == 1
                else self.say(N_("It was paid for once choices up to number %(rank)s counted."),
                              rank=rank)
            )
        if "price" not in told and "rank" not in told:
            left = told["money_left"]
            parts.append(
                self.say(N_("After it, %(left)s was left."), left=self.money(left)) if left
                else self.say(N_("It took the last of the money."))
            )
        return parts

    def _funded_by_votes(self, told: Mapping[str, Any]) -> list[Markup]:
        return [
            self._supported(told),
            self.say(N_("It was paid for with money that the shares had left over.")),
        ]

    def _part_funded(self, told: Mapping[str, Any]) -> list[Markup]:
        return [
            self._supported(told),
            self.say(N_("The money covers %(paid)s of it; %(missing)s is missing."),
                     paid=self.money(told["paid"]), missing=self.money(told["missing"])),
        ]

    def _no_money(self, told: Mapping[str, Any]) -> list[Markup]:
        parts = [self.say(N_("%(short)s short."), short=self.money(told["short"]))]
        if "votes_short" in told and "supporters_left" in told:
            parts.append(
                self.counted(
                    NN_("%(shown)s more ballot for it would have paid that.",
                        "%(shown)s more ballots for it would have paid that."),
                    int(told["votes_short"]),
                )
            )
        elif "votes_short" in told:
            parts.append(self._further_votes(told))
        return parts

    def _further_votes(self, told: Mapping[str, Any]) -> Markup:
        words = (
            NN_("%(shown)s more point would have brought its turn while there was money.",
                "%(shown)s more points would have brought its turn while there was money.")
            if self.points else
            NN_("%(shown)s more vote would have brought its turn while there was money.",
                "%(shown)s more votes would have brought its turn while there was money.")
        )
        return self.counted(words, int(told["votes_short"]))

    def _after_stop(self, told: Mapping[str, Any]) -> list[Markup]:
        parts = [
            self.say(
                N_("The count stopped before it, at the first project that cost more than was "
                   "left: %(project)s."),
                project=self.title(str(told["stopped_at"])),
            )
        ]
        return [*parts, self._further_votes(told)] if "votes_short" in told else parts

    def _below_threshold(self, told: Mapping[str, Any]) -> list[Markup]:
        words = (
            N_("It needed %(needed)s points and got %(votes)s: %(short)s too few.")
            if self.points else
            N_("It needed %(needed)s votes and got %(votes)s: %(short)s too few.")
        )
        figures = {"needed": "needed", "votes": "votes", "short": "votes_short"}
        return [
            self.say(
                words,
                **{name: self.reader.number(int(told[key])) for name, key in figures.items()},
            )
        ]

    def _no_votes(self, told: Mapping[str, Any]) -> list[Markup]:
        return [self.say(N_("Nobody voted for it."))]

    def _too_dear(self, told: Mapping[str, Any]) -> list[Markup]:
        return [
            self.say(N_("It costs %(short)s more than its whole purse of %(budget)s."),
                     short=self.money(told["short"]), budget=self.money(told["budget"]))
        ]

    def _group_taken(self, told: Mapping[str, Any]) -> list[Markup]:
        return [
            self.say(N_("Only one project of its group can win. This one did: %(project)s."),
                     project=self.title(str(told["by"])))
        ]

    def lost_to(self, why: Why) -> Markup:
        """Where the money went that a project lacked, or nothing."""
        options = [str(option) for option in why.parameters.get("lost_to", ()) or ()]  # type: ignore[attr-defined]
        if not options:
            return Markup("")
        return self.say(N_("The money went to: %(projects)s."), projects=self.names(options))

    # -- ranked choice -----------------------------------------------------------------------

    def _elected(self, told: Mapping[str, Any]) -> list[Markup]:
        given = {
            "stage": int(told["stage"]), "votes": self.votes(told["votes"]),
            "quota": self.votes(told["quota"]),
        }
        words = {
            "quota": N_("Elected at stage %(stage)s with %(votes)s votes. The quota is "
                        "%(quota)s."),
            "last_seats": N_("Elected at stage %(stage)s with %(votes)s votes, when only as many "
                             "were left as there were places."),
            "majority": N_("Elected at stage %(stage)s with %(votes)s votes. More than half was "
                           "%(quota)s."),
            "tie": N_("Elected at stage %(stage)s with %(votes)s votes, equal with the last "
                      "other one."),
        }.get(str(told.get("by")), N_("Elected at stage %(stage)s with %(votes)s votes."))
        parts = [self.say(words, **given)]
        if "next" in told and Fraction(str(told["margin"])) > 0:
            parts.append(
                self.say(N_("Votes ahead of the next, %(project)s: %(margin)s."),
                         margin=self.votes(told["margin"]), project=self.title(str(told["next"])))
            )
        return parts

    def _excluded(self, told: Mapping[str, Any]) -> list[Markup]:
        return [
            self.say(N_("Excluded at stage %(stage)s with %(votes)s votes."),
                     stage=int(told["stage"]), votes=self.votes(told["votes"])),
            *self._behind(told),
        ]

    def _not_elected(self, told: Mapping[str, Any]) -> list[Markup]:
        return [
            self.say(N_("Still standing with %(votes)s votes when the last place was filled."),
                     votes=self.votes(told["votes"])),
            *self._behind(told),
        ]

    def _behind(self, told: Mapping[str, Any]) -> list[Markup]:
        if "next" not in told:
            return []
        return [
            self.say(N_("Votes behind the next, %(project)s: %(margin)s."),
                     margin=self.votes(told["margin"]), project=self.title(str(told["next"])))
        ]

    def stage(self, stage: Stage, quota: Votes | None, before: Stage | None) -> Markup:
        """What a stage did, and who was elected or excluded by it."""
        parts = []
        names = self.names(stage.options)
        if stage.action == "first_preferences":
            parts.append(self.say(N_("Each ballot counts for its first choice.")))
        elif stage.action == "surplus":
            surplus: Votes = 0
            if before is not None and quota is not None:
                surplus = sum(before.totals[option] - quota for option in stage.options)
            parts.append(
                self.say(
                    N_("%(project)s has more votes than it needs. The surplus of %(votes)s moves "
                       "on to the next choices."),
                    project=names, votes=self.votes(surplus),
                )
            )
        else:
            parts.append(
                self.say(
                    N_("Fewest votes, and so excluded: %(project)s. These ballots move on to "
                       "their next choices."),
                    project=names,
                )
            )
        if stage.elected:
            parts.append(self.say(N_("Elected: %(projects)s."), projects=self.names(stage.elected)))
        return Markup(" ").join(parts)

    # -- ties --------------------------------------------------------------------------------

    def tie(self, tie: Tie) -> Markup:
        """Who stood equal, and what settled it."""
        first = (
            self.say(N_("At stage %(stage)s these stood equal: %(projects)s."), stage=tie.stage,
                     projects=self.names(tie.options, 10))
            if tie.decision
            else self.say(N_("These stood equal: %(projects)s."),
                          projects=self.names(tie.options, 10))
        )
        chosen = self.title(tie.chosen)
        told = {
            "exclusion": N_("Excluded: %(project)s."),
            "surplus": N_("Whose surplus moved first: %(project)s."),
        }.get(tie.decision, N_("Taken first: %(project)s."))
        how = {
            "earlier_stage": N_("The latest earlier stage at which they differed decided: stage "
                                "%(earlier)s."),
            "cost": N_("The lower cost decided."),
            "votes": N_("The number of votes decided."),
        }.get(tie.settled_by, N_("The published order of lots decided."))
        return Markup(" ").join(
            [first, self.say(how, earlier=tie.earlier or 0), self.say(told, project=chosen)]
        )

    # -- beside the result -------------------------------------------------------------------

    def share(self, area: str, told: Mapping[str, Any]) -> Markup:
        """Everybody's equal share of a purse, rounded down to whole minor units."""
        start = floor(Fraction(str(told["start"])))
        words = NN_("%(shown)s ballot shared the money: %(money)s each.",
                    "%(shown)s ballots shared the money: %(money)s each.")
        if area:
            words = NN_("%(area)s: %(shown)s ballot shared the money, %(money)s each.",
                        "%(area)s: %(shown)s ballots shared the money, %(money)s each.")
        return self.counted(
            words, int(told["voters"]), money=self.money(start), area=Markup(escape(area))
        )

    def compared(self, told: Mapping[str, Any]) -> Markup:
        """Which of two outcomes stands where the rule itself compares equal shares with greedy."""
        given = {
            "shares": self.reader.number(int(told["for_shares"])),
            "greedy": self.reader.number(int(told["for_greedy"])),
        }
        if told["adopted"] == "greedy":
            return self.say(
                N_("The rule compares two outcomes. Ballots that prefer the one by most votes: "
                   "%(greedy)s; the one by equal shares: %(shares)s. So the one by most votes "
                   "stands."), **given,
            )
        return self.say(
            N_("The rule compares two outcomes. Ballots that prefer the one by equal shares: "
               "%(shares)s; the one by most votes: %(greedy)s. So the one by equal shares "
               "stands."), **given,
        )

    def second(self, told: Mapping[str, Any]) -> Markup:
        """What an independent program came to, and the reason where it did not agree."""
        reason = told.get("reason") or {}
        by = told.get("by") or ""
        status = {
            "agrees": N_("A second, independent program (%(by)s) counted the same ballots and "
                         "came to the same result."),
            "differs": N_("A second, independent program (%(by)s) came to another result."),
            "not_comparable": N_("A second, independent program (%(by)s) cannot be compared "
                                 "here."),
        }.get(str(told.get("status")), N_("There was no second count."))
        status_known = told.get("status") in ("agrees", "differs")
        parts = [self.say(status, by=by)]
        words = SECOND_REASONS.get(str(reason.get("code", "")))
        if words is not None:
            parts.append(
                self.say(
                    words,
                    ours=self.names([str(one) for one in reason.get("ours", ())]),
                    theirs=self.names([str(one) for one in reason.get("theirs", ())]),
                )
            )
        if status_known:
            parts.append(self.say(N_("It is there to check the count and never decides.")))
        return Markup(" ").join(parts)


SECOND_REASONS = {
    "second.quota": N_("It does not round the quota. Only here: %(ours)s. Only there: "
                       "%(theirs)s."),
    "second.transfers": N_("It moves surpluses in another way than the law says. Only here: "
                           "%(ours)s. Only there: %(theirs)s."),
    "second.outcome": N_("Only here: %(ours)s. Only there: %(theirs)s."),
    "second.tie": N_("A tie was settled by the published order, and that program settles ties by "
                     "chance."),
    "second.own_tie": N_("That program settled a tie by chance."),
    "second.rule": N_("That program does not know this rule."),
    "second.setting": N_("That program does not know this variant of the rule."),
    "second.groups": N_("That program does not know groups of which one may win."),
    "second.no_ballots": N_("There was nothing to count."),
    "second.seats": N_("There were no more options than places."),
    "second.marks": N_("Some papers mean what that program cannot read."),
    "second.not_installed": N_("The program for it is not installed here."),
    "second.too_slow": N_("It took too long and was stopped."),
    "second.failed": N_("That program gave up."),
}
