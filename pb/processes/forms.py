"""The office's forms about the council and a process, and the words of this feature's codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, tzinfo
from typing import Any

from wtforms import RadioField
from wtforms.validators import Optional, ValidationError

from pb.core.forms import (
    DayField,
    Email,
    Form,
    LineField,
    Longest,
    MomentField,
    MoneyField,
    ProseField,
    Required,
    Whole,
    by_language,
    choices,
    spread,
)
from pb.core.i18n import N_, sentences
from pb.processes.models import PHASE_KINDS, Area, Council, Phase, Process
from pb.processes.rules import keyed
from pb.processes.values import (
    BAND_OF,
    BANDS,
    MOST_TURNS,
    ONCE_ONLY,
    RULES,
    SEATED,
    WHO_PARTS,
    AreaValue,
    Basics,
    PhaseValue,
    RuleValue,
    StepValue,
)

sentences(
    {
        "council.exists": N_("The council is set up already."),
        "process.reason_needed": N_("Say why, for the public notice."),
        "process.published": N_("This process is public already."),
        "process.incomplete": N_("Something is still missing. The list above says what."),
        "area.unknown": N_("This area is not there any more."),
        "rule.published": N_("Ballot and rule are public. A second official has to confirm a "
                             "change."),
        "area.in_use": N_("Projects stand in this area. Move them first."),
        "dates.order": N_("This date must come after the one before it."),
        "dates.overlap": N_("This phase opens before the one before it has closed."),
        "dates.published": N_("The timetable is public. A second official has to confirm changes."),
        "dates.turned": N_("What leads up to the vote comes before it, and count, result and "
                           "building after it, in this order."),
        "dates.vote_begun": N_("The vote has opened. Its beginning stays as it is."),
        "dates.vote_over": N_("The vote is closed and its box with it. It cannot be opened "
                              "again."),
        "process.past_dates": N_("A step before the vote, or the vote, would be over already. "
                                 "Change the dates first."),
        "phase.unknown": N_("This step is not there any more."),
        "phase.no_promise": N_("People decide together only with a promise. Say by when the "
                               "council replies."),
        "phase.not_public": N_("Steps open and close once the process is public."),
        "phase.not_open": N_("This step is not open now."),
        "phase.begun": N_("This step has opened already, or its time is over."),
        "phase.other_first": N_("Another step is open now, or comes before this one. Close that "
                                "one, or leave it out of the timetable, first."),
        "phase.incomplete": N_("Something is still missing before this step can open. The list on "
                               "the page of the process says what."),
        "process.not_public": N_("Only a public process can be put into the archive."),
        "notice.archived": N_("The process was put into the archive."),
        "notice.step": N_("What a step is called, or how far and by whom is decided in it, was "
                          "changed."),
        "notice.purpose": N_("What the process is for, or who decides in it, was changed."),
        "notice.area": N_("What an area is called, or what belongs to it, was changed."),
        "notice.area_new": N_("An area was added."),
        "notice.area_gone": N_("An area was taken away."),
        "notice.opened": N_("A step was opened before its date."),
        "notice.closed": N_("A step was closed before its date."),
        "notice.rule": N_("Ballot or rule were changed."),
        "notice.dates": N_("The timetable was changed."),
        "notice.budget": N_("The budget of an area was changed."),
        "office.saved": N_("Saved."),
        "office.asked": N_("Asked. It is done once a second official confirms it."),
        "office.confirmed": N_("Confirmed and done."),
        "office.declined": N_("Declined. Whoever asked is told."),
        "office.invited": N_("The invitation is on its way."),
        "office.withdrawn": N_("The invitation is withdrawn."),
        "office.taken": N_("The role is taken away, from now on."),
    }
)


class ReasonForm(Form):
    """A form whose change, once the process is public, is a notice with its reason."""

    reason = ProseField(N_("Why you change it now"), [Longest(2000)])
    reason_too = ProseField(N_("The same reason in the other language"), [Longest(2000)])

    def why(self) -> dict[str, str]:
        """The reason by language: as typed in the reader's, and in the other where it was given."""
        given = {self.reader.language: self.reason.data or ""}
        other = next((one for one in self.reader.languages if one != self.reader.language), None)
        if other and self.reason_too.data:
            given[other] = self.reason_too.data
        return {language: words for language, words in given.items() if words}


class CouncilForm(Form):
    name_en = LineField(N_("Name in English"), [Required(N_("Enter the council’s name.")),
                                                Longest(200)])
    name_cy = LineField(N_("Name in Welsh"), [Longest(200)])
    claim_en = LineField(N_("A line under the name, in English"), [Longest(200)])
    claim_cy = LineField(N_("A line under the name, in Welsh"), [Longest(200)])
    address_en = LineField(N_("Address in English"), [Longest(300)])
    address_cy = LineField(N_("Address in Welsh"), [Longest(300)])
    phone = LineField(N_("Telephone for questions"), [Longest(50)])
    email = LineField(N_("Email address for questions"), [Optional(), Longest(254), Email()])

    @staticmethod
    def of(council: Council) -> dict[str, Any]:
        return (
            spread("name", council.name) | spread("claim", council.claim)
            | spread("address", council.address)
            | {"phone": council.phone, "email": council.email}
        )

    def values(self) -> dict[str, Any]:
        return {
            "name": by_language(self, "name"), "claim": by_language(self, "claim"),
            "address": by_language(self, "address"), "phone": self.phone.data,
            "email": self.email.data,
        }


class NameForm(Form):
    """What a process is called and what it is for."""

    name_en = LineField(N_("Name in English"), [Longest(150)])
    name_cy = LineField(N_("Name in Welsh"), [Longest(150)])
    lead_en = ProseField(N_("One or two sentences under the name, in English"), [Longest(400)])
    lead_cy = ProseField(N_("One or two sentences under the name, in Welsh"), [Longest(400)])
    purpose_en = ProseField(N_("What it is for, in English"), [Longest(4000)])
    purpose_cy = ProseField(N_("What it is for, in Welsh"), [Longest(4000)])

    def validate_name_en(self, field: Any) -> None:
        if not any(self[f"name_{language}"].data for language in self.reader.languages):
            raise ValidationError(self.reader.say(N_("Enter a name.")))

    @staticmethod
    def of(process: Process) -> dict[str, Any]:
        return (
            spread("name", process.name) | spread("lead", process.lead)
            | spread("purpose", process.purpose)
        )

    def values(self, who: Mapping[str, Any] | None = None) -> Basics:
        """``who``: who decides what, as ``Process.who_decides`` keeps it."""
        return Basics(by_language(self, "name"), by_language(self, "lead"),
                      by_language(self, "purpose"), dict(who or {}))


class BasicsForm(NameForm, ReasonForm):
    """The same, and who decides what."""

    citizens_en = ProseField(N_("What citizens decide, in English"), [Longest(1000)])
    citizens_cy = ProseField(N_("What citizens decide, in Welsh"), [Longest(1000)])
    officers_en = ProseField(N_("What officers do, in English"), [Longest(1000)])
    officers_cy = ProseField(N_("What officers do, in Welsh"), [Longest(1000)])

    @staticmethod
    def of(process: Process) -> dict[str, Any]:
        who = process.who_decides
        return (
            NameForm.of(process)
            | spread("citizens", who.get("citizens", {}).get("text", {}))
            | spread("officers", who.get("officers", {}).get("text", {}))
        )

    def values(self, who: Mapping[str, Any] | None = None) -> Basics:
        who = dict(who or {})
        for part in ("citizens", "officers"):
            text = by_language(self, part)
            if text:
                who[part] = {"title": who.get(part, {}).get("title", {}), "text": text}
            else:
                who.pop(part, None)
        return super().values(who)


BALLOTS = [
    ("approval", N_("Ticks: each voter ticks the projects they want")),
    ("ranked", N_("Ranks: each voter puts projects in order")),
    ("knapsack", N_("Within the budget: each voter chooses projects that the money pays for")),
    ("points", N_("Points: each voter shares out points among projects")),
]
METHODS = [
    ("greedy", N_("Most votes first: projects are paid in order of votes until the money is gone. "
                  "Easy to explain; a large group can take everything.")),
    ("equal-shares", N_("Equal shares: each voter holds the same part of the money, and a project "
                        "is paid by those who chose it. Smaller groups get their part too.")),
    ("equal-shares-ranked", N_("Equal shares by rank: as equal shares, for ballots that put "
                               "projects in order.")),
    ("scottish-stv", N_("Single transferable vote: a number of winners, votes move to the next "
                        "choice. As in Scottish council elections; looks at no cost.")),
    ("irv", N_("Instant runoff: one winner; the last is excluded and its votes move on until one "
               "has more than half.")),
]


class RuleForm(ReasonForm):
    ballot_kind = RadioField(N_("The ballot"), choices=choices(BALLOTS))
    method = RadioField(N_("The rule"), choices=choices(METHODS))
    max_choices = Whole(N_("Most projects on a ballot"), least=1, most=1000)
    max_points = Whole(N_("Points each voter has"), least=1, most=10_000,
                       description=N_("Only for points."))
    seats = Whole(N_("How many projects win"), least=1, most=1000,
                  description=N_("Only for the single transferable vote."))
    threshold = Whole(N_("Votes that a project needs at least"), least=0, most=1_000_000,
                      description=N_("Only for most votes first. 0 means none."))
    reason_en = ProseField(N_("Why this rule, in English"), [Longest(2000)],
                           description=N_("The public reads this beside the result."))
    reason_cy = ProseField(N_("Why this rule, in Welsh"), [Longest(2000)])
    min_support = Whole(N_("Votes that a project needs at least, whatever the rule"), least=0,
                        most=1_000_000, description=N_("0 means none. Announced before the vote."))
    quorum = Whole(N_("People who must vote for the result to bind"), least=0, most=100_000_000,
                   description=N_("0 means none. If fewer vote, the result only advises the "
                                  "council, and the page of the result says so."))

    def validate_method(self, field: Any) -> None:
        if field.data not in RULES.get(self.ballot_kind.data or "", ()):
            raise ValidationError(self.reader.say(N_("This rule does not count such ballots.")))

    def validate_seats(self, field: Any) -> None:
        if self.method.data == "scottish-stv" and not field.data and not field.errors:
            raise ValidationError(self.reader.say(N_("Say how many projects win.")))

    def validate_max_points(self, field: Any) -> None:
        if self.ballot_kind.data == "points" and not field.data and not field.errors:
            raise ValidationError(self.reader.say(N_("Say how many points each voter has.")))

    @staticmethod
    def of(process: Process) -> dict[str, Any]:
        return spread("reason", process.rule_reason) | {
            "ballot_kind": process.ballot_kind, "method": process.method,
            "max_choices": process.max_choices, "max_points": process.max_points,
            "seats": process.seats or None,
            "threshold": process.method_settings.get("threshold", 0),
            "min_support": process.min_support, "quorum": process.quorum,
        }

    def values(self) -> RuleValue:
        method = self.method.data
        settings = (
            {"threshold": self.threshold.data or 0, "skip": True} if method == "greedy" else {}
        )
        seats = 1 if method == "irv" else (self.seats.data or 0)
        return RuleValue(
            self.ballot_kind.data, method, settings, seats if method in SEATED else 0,
            self.max_choices.data,
            self.max_points.data if self.ballot_kind.data == "points" else None,
            by_language(self, "reason"), self.min_support.data or 0, self.quorum.data or 0,
        )


class AreaForm(ReasonForm):
    name_en = LineField(N_("Name in English"), [Longest(150)])
    name_cy = LineField(N_("Name in Welsh"), [Longest(150)])
    description_en = ProseField(N_("What belongs to it, in English"), [Longest(1000)])
    description_cy = ProseField(N_("What belongs to it, in Welsh"), [Longest(1000)])
    budget = MoneyField(N_("Budget"), [Required(N_("Enter the budget, or 0."))])
    population = Whole(N_("How many people live there"), least=0, most=100_000_000)

    def validate_name_en(self, field: Any) -> None:
        if not any(self[f"name_{language}"].data for language in self.reader.languages):
            raise ValidationError(self.reader.say(N_("Enter a name.")))

    @staticmethod
    def of(area: Area) -> dict[str, Any]:
        return spread("name", area.name) | spread("description", area.description) | {
            "budget": area.budget, "population": area.population,
        }

    def values(self) -> AreaValue:
        return AreaValue(
            by_language(self, "name"), by_language(self, "description"), self.budget.data or 0,
            self.population.data, self.why(),
        )


class AreaGoneForm(ReasonForm):
    """Take an area away; in a public process with the reason for it."""


PHASE_LABELS = {
    "ideas": (N_("Ideas: open from"), N_("Ideas: until")),
    "assessment": (N_("Assessment by officers: from"), N_("Assessment by officers: until")),
    "jury": (N_("Citizens’ jury: from"), N_("Citizens’ jury: until")),
    "voting": (N_("Vote: opens"), N_("Vote: closes")),
    "count": (N_("Count: from"), N_("Count: until")),
    "results": (N_("Result: from"), N_("Result: until")),
    "delivery": (N_("Building what won: from"), N_("Building what won: until")),
}


KEYS = tuple(
    kind if turn == 1 else f"{kind}_{turn}"
    for kind in PHASE_KINDS
    for turn in range(1, 2 if kind in ONCE_ONLY else MOST_TURNS + 1)
)
"""The names of phases in the form of dates: each kind, and again where it may come again."""


class DatesForm(ReasonForm):
    """Two moments a phase; a phase without a first one is left out."""

    def validate_voting_closes_at(self, field: Any) -> None:
        if self["voting_opens_at"].data and not field.data and not field.errors:
            raise ValidationError(self.reader.say(N_("Say when the vote closes.")))

    @staticmethod
    def of(phases: list[Phase]) -> dict[str, Any]:
        return {
            f"{key}_{name}": getattr(phase, name)
            for key, phase in keyed(phases).items() for name in ("opens_at", "closes_at")
        }

    def values(self) -> list[PhaseValue]:
        found: list[PhaseValue] = []
        for key in KEYS:
            opens = self[f"{key}_opens_at"].data
            if opens:
                kind = key.partition("_")[0]
                turn = 1 + sum(1 for one in found if one.kind == kind)
                found.append(PhaseValue(kind, opens, self[f"{key}_closes_at"].data, turn))
        return found

    def shown(self, key: str) -> bool:
        """Whether a repeated phase has something in its fields."""
        return any(
            self[f"{key}_{name}"].data or self[f"{key}_{name}"].errors
            for name in ("opens_at", "closes_at")
        )


for _key in KEYS:
    _opens, _closes = PHASE_LABELS[_key.partition("_")[0]]
    setattr(DatesForm, f"{_key}_opens_at", MomentField(_opens))
    setattr(DatesForm, f"{_key}_closes_at", MomentField(_closes))


class StepForm(ReasonForm):
    """What the public reads of a phase, and how far people decide in it."""

    name_en = LineField(N_("Its own name in English"), [Longest(100)])
    name_cy = LineField(N_("Its own name in Welsh"), [Longest(100)])
    summary_en = ProseField(N_("One sentence under it, in English"), [Longest(400)])
    summary_cy = ProseField(N_("One sentence under it, in Welsh"), [Longest(400)])
    band = RadioField(N_("How far people decide"), choices=choices(
        (name, words) for name, words in BANDS.items()
    ))
    reply_by = DayField(N_("By when the council promises to reply"))
    knows_en = ProseField(N_("Who knows, in English"), [Longest(400)])
    knows_cy = ProseField(N_("Who knows, in Welsh"), [Longest(400)])
    decides_en = ProseField(N_("Who decides, in English"), [Longest(400)])
    decides_cy = ProseField(N_("Who decides, in Welsh"), [Longest(400)])
    acts_en = ProseField(N_("Who acts, in English"), [Longest(400)])
    acts_cy = ProseField(N_("Who acts, in Welsh"), [Longest(400)])

    @staticmethod
    def of(phase: Phase, zone: tzinfo) -> dict[str, Any]:
        found = spread("name", phase.name) | spread("summary", phase.summary)
        for part in WHO_PARTS:
            found |= spread(part, phase.who.get(part, {}))
        return {
            **found, "band": phase.band or BAND_OF[phase.kind],
            "reply_by": phase.reply_by.astimezone(zone).date() if phase.reply_by else None,
        }

    def values(self) -> StepValue:
        day = self.reply_by.data
        return StepValue(
            by_language(self, "name"), by_language(self, "summary"), self.band.data,
            {part: text for part in WHO_PARTS if (text := by_language(self, part))},
            datetime.combine(day, time(23, 59), self.reader.zone).astimezone(UTC)
            if day else None,
        )


class EarlyForm(ReasonForm):
    """Open or close a phase before its date, with the reason for the public."""
