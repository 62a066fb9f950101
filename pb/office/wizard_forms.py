"""The pages of the wizard that makes a process, as forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from wtforms import RadioField, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from pb.core.forms import (
    DayField,
    Email,
    Form,
    LineField,
    Longest,
    MoneyField,
    ProseField,
    Required,
    Whole,
    by_language,
    choices,
    spread,
)
from pb.core.i18n import N_, sentences
from pb.electorate.values import WaysValue
from pb.office.examples import WAYS, way_of
from pb.processes import office
from pb.processes.models import Process
from pb.processes.rules import LASTS
from pb.processes.values import AreaValue, RuleValue

MOST_AREAS = 40
START_IN = timedelta(days=28)
"""A process is announced some weeks before it begins."""

sentences(
    {
        "wizard.no_money": N_("Enter how much money there is, for the whole town or for an area. "
                              "0 if the winners are not paid."),
        "wizard.start_past": N_("Choose a day that is still to come."),
        "wizard.reply_early": N_("The reply comes after the vote. Choose a later day."),
    }
)


class TicksField(SelectMultipleField):
    """Several boxes, each of which may be ticked."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


LEAD = {
    "en": "Residents put ideas forward, and residents decide what is paid for.",
    "cy": "Trigolion sy’n cynnig syniadau, a thrigolion sy’n penderfynu beth gaiff ei ariannu.",
}
PURPOSE = {
    "en": "The council sets money aside, and the people who live here decide how it is spent. "
          "Officers check what each idea costs. Everybody who may vote has the same say.",
    "cy": "Mae’r cyngor yn neilltuo arian, a’r bobl sy’n byw yma sy’n penderfynu sut caiff ei "
          "wario. Mae swyddogion yn gwirio cost pob syniad. Mae gan bawb sy’n cael pleidleisio yr "
          "un llais.",
}
"""Texts to begin with, by language; the office changes them as it likes."""


class NameForm(office.NameForm):
    """Name and purpose. The texts are proposed; only the name has to be written."""

    @staticmethod
    def of(process: Process | None) -> dict[str, Any]:
        if process is None:
            return spread("lead", LEAD) | spread("purpose", PURPOSE)
        return office.NameForm.of(process)


class PursesForm(Form):
    """The money: a purse for the whole town, and a row for each area."""

    whole = MoneyField(N_("Money for the whole town"),
                       description=N_("Every voter decides about it. 0 if each area has its own "
                                      "money only."))

    @staticmethod
    def of(process: Process) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for index, area in enumerate(own_areas(process)):
            found |= spread(f"area_{index}", area.name)
            found[f"money_{index}"] = area.budget
        whole = next((area.budget for area in process.areas if area.whole), 0)
        return found | {"whole": whole or None}

    def rows(self, process: Process) -> list[tuple[int | None, AreaValue]]:
        known = own_areas(process)
        found: list[tuple[int | None, AreaValue]] = []
        for index in range(MOST_AREAS):
            name = by_language(self, f"area_{index}")
            if name:
                area = known[index] if index < len(known) else None
                found.append((
                    area.id if area else None,
                    AreaValue(name, {}, self[f"money_{index}"].data or 0, None),
                ))
        return found

    def validate(self, extra_validators: Any = None) -> bool:
        sound: bool = super().validate(extra_validators)
        filled = self.whole.data is not None
        for index in range(MOST_AREAS):
            named = by_language(self, f"area_{index}")
            money = self[f"money_{index}"]
            filled = filled or money.data is not None
            if money.data is not None and not named:
                field = self[f"area_{index}_{self.reader.languages[0]}"]
                field.errors = [*field.errors, self.reader.say(N_("Enter the area’s name."))]
                sound = False
            if named and money.data is None and not money.errors:
                money.errors = [self.reader.say(N_("Enter the budget, or 0."))]
                sound = False
        if sound and not filled:
            self.refuse("whole", "wizard.no_money")
            return False
        return sound


def own_areas(process: Process) -> list[Any]:
    return [area for area in process.areas if not area.whole]


for _index in range(MOST_AREAS):
    setattr(PursesForm, f"area_{_index}_en", LineField(N_("Area in English"), [Longest(150)]))
    setattr(PursesForm, f"area_{_index}_cy", LineField(N_("Area in Welsh"), [Longest(150)]))
    setattr(PursesForm, f"money_{_index}", MoneyField(N_("Budget")))


ROLL_WAYS = [
    ("list", N_("A list that the council has. Each voter on it gets one link by mail or one code "
                "by letter. A strong check.")),
    ("letters", N_("Codes by letter to each address. A good check.")),
    ("event", N_("Codes handed out at the door of an event. As good as the look at the door.")),
    ("declared", N_("People say that they live here and confirm a mail address. A weak check: it "
                    "keeps out carelessness more than fraud.")),
]


class WhoForm(Form):
    """Who may take part, and how strong the check is."""

    ways = TicksField(N_("How do we know that somebody may vote?"), choices=choices(ROLL_WAYS))
    least_age = Whole(N_("Age from which one may vote"), least=0, most=120)

    def validate_ways(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(self.reader.say(N_("Choose at least one way.")))

    def values(self, before: Any) -> WaysValue:
        return WaysValue(tuple(self.ways.data), self.least_age.data or 0, before.ask_street,
                         before.ask_birth_year, dict(before.words))


class WayForm(Form):
    """Ballot and rule as one choice, and the conditions of a result."""

    way = RadioField(N_("How people vote, and how the winners are found"),
                     choices=choices((name, way.name) for name, way in WAYS.items()))
    max_choices = Whole(N_("Most projects on a ballot"), least=1, most=1000,
                        description=N_("Empty: as many as one likes."))
    seats = Whole(N_("How many projects win"), least=1, most=1000,
                  description=N_("Only for the single transferable vote."))
    min_support = Whole(N_("Votes that a project needs at least"), least=0, most=1_000_000,
                        description=N_("0 means none. It is announced before the vote."))
    quorum = Whole(N_("People who must vote for the result to bind"), least=0, most=100_000_000,
                   description=N_("0 means none. If fewer vote, the result only advises the "
                                  "council, and the page of the result says so."))
    why_en = ProseField(N_("Why this way, in English"), [Longest(2000)])
    why_cy = ProseField(N_("Why this way, in Welsh"), [Longest(2000)])

    def validate_seats(self, field: Any) -> None:
        way = WAYS.get(self.way.data or "")
        if way and way.seats and not field.data and not field.errors:
            raise ValidationError(self.reader.say(N_("Say how many projects win.")))

    @staticmethod
    def of(process: Process, usual: Mapping[str, str]) -> dict[str, Any]:
        """``usual``: the usual reason of the way that is set; it is not shown as one's own, so that
        another way does not keep it."""
        own = {language: words for language, words in process.rule_reason.items()
               if words != usual.get(language)}
        return spread("why", own) | {
            "way": way_of(process.ballot_kind, process.method) or None,
            "max_choices": process.max_choices, "seats": process.seats or None,
            "min_support": process.min_support, "quorum": process.quorum,
        }

    def values(self, usual: Mapping[str, str]) -> RuleValue:
        """``usual``: the reason of this way by language, for languages in which none is written."""
        way = WAYS[self.way.data]
        return RuleValue(
            way.ballot, way.method, dict(way.settings), (self.seats.data or 0) if way.seats else 0,
            self.max_choices.data, 10 if way.ballot == "points" else None,
            {**usual, **by_language(self, "why")}, self.min_support.data or 0,
            self.quorum.data or 0,
        )


STEP_CHOICES = [
    ("ideas", N_("Ideas: residents put them forward, for 4 weeks")),
    ("assessment", N_("Assessment: officers cost the ideas, for 6 weeks")),
    ("jury", N_("Citizens’ jury: residents drawn by lot test the projects, for 2 weeks")),
    ("voting", N_("Vote: for 2 weeks")),
    ("count", N_("Count: in public, for 3 days")),
    ("results", N_("Result: to read and to object, for 4 weeks")),
    ("delivery", N_("Building what won: from then on")),
]
NEEDED = ("voting",)
USUAL_STEPS = ("ideas", "assessment", "voting", "count", "results", "delivery")


class StartForm(Form):
    """The timetable from one day on."""

    start = DayField(N_("The first day"), [Required(N_("Enter the first day."))])
    steps = TicksField(N_("The steps"), choices=choices(STEP_CHOICES))
    reply = DayField(N_("By when does the council answer what people decided?"),
                     description=N_("Empty: four weeks after the count. In the vote people decide "
                                    "together with the council; that is a word without this "
                                    "promise."))

    def validate_steps(self, field: Any) -> None:
        if not set(NEEDED) <= set(field.data or ()):
            raise ValidationError(self.reader.say(N_("There is no process without the vote.")))

    def validate_start(self, field: Any) -> None:
        if field.data and datetime.combine(field.data, time(9), self.reader.zone) <= self.now:
            raise ValidationError(self.reader.sentence("wizard.start_past"))

    now: datetime = datetime.min.replace(tzinfo=UTC)

    def reply_by(self, closes: datetime) -> datetime:
        """The moment of the promise: the end of that day, local time.

        Errors: ValidationError where it lies before the vote's end.
        """
        days = LASTS["count"] + LASTS["results"]
        day = self.reply.data or closes.astimezone(self.reader.zone).date() + timedelta(days=days)
        found = datetime.combine(day, time(23, 59), self.reader.zone).astimezone(UTC)
        if found <= closes:
            raise ValidationError(self.reader.sentence("wizard.reply_early"))
        return found


def first_monday(today: date) -> date:
    """The Monday with which the proposed timetable begins."""
    soonest = today + START_IN
    return soonest + timedelta(days=(7 - soonest.weekday()) % 7)


class SecondForm(Form):
    """Who confirms: a second official, where there is none yet."""

    second_name = LineField(N_("Name of a second official"),
                            [Required(N_("Enter the person’s name.")), Longest(200)])
    second_email = LineField(N_("Their email address"),
                             [Required(N_("Enter their email address.")), Longest(254), Email()])
    second_language = RadioField(N_("Language of the mail"),
                                 choices=choices([("en", "English"), ("cy", "Cymraeg")]))
