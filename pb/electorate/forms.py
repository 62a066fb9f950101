"""Forms about who may vote."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.datastructures import UploadFile
from wtforms import BooleanField, FileField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from pb.core.forms import (
    Email,
    Form,
    LineField,
    Longest,
    ProseField,
    Required,
    Whole,
    by_language,
    choices,
    spread,
)
from pb.core.i18n import N_
from pb.electorate import words as _words  # the codes' sentences come with the forms
from pb.electorate.queries import Ways
from pb.electorate.values import Declared, WaysValue

__all__ = ["_words"]

LARGEST_FILE = 12_000_000
WAYS = [
    ("list", N_("A list of voters: the council has one, and each voter gets a link by mail or a "
                "code by letter. Strong: it is as good as the list.")),
    ("letters", N_("Codes by letter to each address. Good: whoever opens the post there can vote "
                   "with each code once.")),
    ("event", N_("A code handed out at an event, after a look at who comes in. Good: it is as "
                 "careful as the people at the door.")),
    ("declared", N_("Self-declared: people say that they live here and are old enough, and "
                    "confirm a mail address. Weak: an address is easily had twice.")),
]


class CheckboxesField(SelectMultipleField):
    """Several boxes, each of which may be ticked."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class WaysForm(Form):
    ways = CheckboxesField(N_("How people come onto the roll"), choices=choices(WAYS))
    least_age = Whole(N_("Age from which one may vote"), least=0, most=120)
    ask_street = BooleanField(N_("Ask self-declared voters for name and street"),
                              description=N_("So that the same person twice is noticed. Both are "
                                             "deleted with the roll."))
    ask_birth_year = BooleanField(N_("Ask self-declared voters for their year of birth"),
                                  description=N_("Only for the board of oddities."))
    words_en = ProseField(N_("Who may vote, in your words, in English"), [Longest(1000)])
    words_cy = ProseField(N_("Who may vote, in your words, in Welsh"), [Longest(1000)])
    reason = ProseField(N_("Why you change it now"), [Longest(2000)])
    reason_too = ProseField(N_("The same reason in the other language"), [Longest(2000)])

    def why(self) -> dict[str, str]:
        """The reason by language: as typed in the reader's, and in the other where it was given."""
        own = self.reader.language
        found = {own: self.reason.data or ""}
        for other in self.reader.languages:
            if other != own and self.reason_too.data:
                found[other] = self.reason_too.data
        return {language: words for language, words in found.items() if words}

    @staticmethod
    def of(ways: Ways) -> dict[str, Any]:
        return spread("words", ways.words) | {
            "ways": list(ways.ways), "least_age": ways.least_age, "ask_street": ways.ask_street,
            "ask_birth_year": ways.ask_birth_year,
        }

    def values(self) -> WaysValue:
        return WaysValue(
            tuple(self.ways.data or ()), self.least_age.data or 0, self.ask_street.data,
            self.ask_birth_year.data, by_language(self, "words"),
        )


KINDS = [
    ("people", N_("A line is a voter. The columns are an identifier, perhaps an area, a mail "
                  "address and a language.")),
    ("households", N_("A line is an address. The columns are the address, perhaps an area, and how "
                      "many voters get a code there.")),
]


class UploadForm(Form):
    kind = RadioField(N_("What stands on a line"), choices=choices(KINDS), default="people")
    file = FileField(N_("The table, as a CSV file"))

    def validate_file(self, field: Any) -> None:
        if not isinstance(field.data, UploadFile) or not field.data.filename:
            raise ValidationError(self.reader.sentence("list.no_file"))
        if (field.data.size or 0) > LARGEST_FILE:
            raise ValidationError(self.reader.sentence("list.too_big"))


class PutForm(Form):
    """What is read from which column, and on which basis the list may be used."""

    default = SelectField(N_("Lines that name no area"))
    basis = ProseField(
        N_("Legal basis"), [Longest(2000)],
        description=N_("Which law or consent allows the council to use this list for this vote? "
                       "It is kept in the log, and in the public record when voters are added "
                       "while the vote is open."))
    leave_out = BooleanField(N_("Leave the faulty lines out"))
    not_full_register = BooleanField(
        N_("The list is not taken from the full electoral register, or a law allows this use"))


class VoterForm(Form):
    voter = LineField(
        N_("Identifier, mail address or code"),
        [Required(N_("Enter an identifier, a mail address or a code.")), Longest(300)],
        description=N_("As it stands in the list or on the letter. For a self-declared voter also "
                       "the number, like #12."))
    void_reason = ProseField(N_("Why this voter is to come off the roll"), [Longest(500)])


class DecideForm(Form):
    reason = LineField(N_("Reason"), [Required(N_("Say why. It is kept, and mailed to somebody who "
                                                  "is refused.")), Longest(500)])


class SendForm(Form):
    email = LineField(
        N_("Your mail address"),
        [Required(N_("Enter your email address.")), Longest(254), Email()],
        description=N_("The one that the council has for you."))


class DeclareForm(Form):
    area = SelectField(N_("Where do you live?"))
    name = LineField(N_("Your name"), [Longest(200)])
    street = LineField(N_("Street and number"), [Longest(300)])
    birth_year = Whole(N_("Year of birth"), least=1900, most=2200)
    email = LineField(
        N_("Your mail address"),
        [Required(N_("Enter your email address.")), Longest(254), Email()],
        description=N_("We send a link and a code to it. One address, one vote."))
    lives = BooleanField(N_("I live here"))
    old_enough = BooleanField(N_("I am old enough to vote here"))

    least_age = 0
    asks: tuple[str, ...] = ()

    def validate_lives(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(self.reader.say(N_("Tick this if you live here. Only then can "
                                                     "you vote.")))

    def validate_old_enough(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(self.reader.say(
                N_("Tick this if you are %(age)s or older. Only then can you vote."),
                age=self.least_age))

    def validate_name(self, field: Any) -> None:
        if "name" in self.asks and not field.data:
            raise ValidationError(self.reader.say(N_("Enter your name.")))

    def validate_street(self, field: Any) -> None:
        if "street" in self.asks and not field.data:
            raise ValidationError(self.reader.say(N_("Enter street and number.")))

    def check_birth_year(self, now: datetime) -> None:
        """A year of birth that cannot be, or that is too young whatever the day."""
        if "birth_year" not in self.asks or self.birth_year.errors:
            return
        year = self.birth_year.data
        if year is None:
            self.birth_year.errors = [self.reader.say(N_("Enter your year of birth."))]
        elif not self.least_age <= now.year - year <= 120:
            self.birth_year.errors = [self.reader.say(
                N_("You must be %(age)s or older to vote here."), age=self.least_age)]

    def value(self) -> Declared:
        area = self.area.data
        return Declared(
            int(area) if area and area.isdecimal() else None, self.email.data.lower(),
            self.name.data if "name" in self.asks else "",
            self.street.data if "street" in self.asks else "",
            self.birth_year.data if "birth_year" in self.asks else None,
        )


class JoinCodeForm(Form):
    code = LineField(
        N_("The code from your mail"),
        [Required(N_("Enter the code from your mail.")), Longest(40)],
        description=N_("Eight letters and figures. Small or capital does not matter."))
