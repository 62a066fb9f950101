"""Reporting, deciding, appealing and answering."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField
from wtforms.validators import ValidationError

from pb.core.forms import Form, Longest, ProseField, Required, choices
from pb.core.i18n import N_
from pb.moderation.rules import CODES
from pb.moderation.words import WHY

OUTCOMES = {
    "stays": N_("It stays. It is shown, and the same words are not hidden by a report again."),
    "hidden": N_("It is hidden for good, unless the author appeals and another person decides "
                 "otherwise."),
    "passed": N_("It stays, and the lead officials are asked to look at it."),
}
ANSWERS = {
    "stays": N_("The author is right: it is shown again."),
    "hidden": N_("It stays hidden. This is the last word here."),
}


def _chosen(form: Form, field: Any, words: N_) -> None:
    if field.data not in [choice.value for choice in field.choices]:
        field.errors = []
        raise ValidationError(form.reader.say(words))


class _Choice(RadioField):
    """Radios whose missing answer has our sentence."""

    def __init__(self, label: N_, wanted: N_, table: dict[str, N_], **rest: Any) -> None:
        self.wanted = wanted
        super().__init__(label, choices=choices(table.items()), validate_choice=False, **rest)

    def pre_validate(self, form: Any) -> None:
        _chosen(form, self, self.wanted)


class ReportForm(Form):
    """Why something is reported."""

    code = _Choice(N_("What is wrong with it?"), N_("Choose why."), WHY)
    words = ProseField(N_("More about it"), [Longest(1000)])

    def validate_words(self, field: Any) -> None:
        if self.code.data == "other" and not field.data:
            raise ValidationError(self.reader.say(N_("Say in a few words what is wrong.")))


class DecideForm(Form):
    """A moderator's decision. Which outcomes there are depends on the subject."""

    outcome = _Choice(N_("What is to happen?"), N_("Choose what is to happen."), OUTCOMES)
    code = _Choice(
        N_("The reason, for the public log"), N_("Choose the reason."), WHY, default="personal"
    )
    reason = ProseField(
        N_("What you write to the author"),
        [Required(N_("Say why. The author reads it.")), Longest(2000)],
        description=N_("Say which words, and what would be all right. The public log shows the "
                       "reason above, and not this."),
    )
    together = BooleanField(N_("Decide all near-copies that were held with it in the same way"))

    def offer(self, outcomes: tuple[str, ...]) -> None:
        self.outcome.choices = choices(
            (one, self.reader.say(OUTCOMES[one])) for one in outcomes
        )


class AppealForm(Form):
    words = ProseField(
        N_("Why should it be shown?"),
        [Required(N_("Say why it should be shown.")), Longest(2000)],
    )


class AnswerForm(Form):
    outcome = _Choice(N_("What is to happen?"), N_("Choose what is to happen."), ANSWERS)
    words = ProseField(
        N_("What you write to the author"),
        [Required(N_("Say why. The author reads it.")), Longest(2000)],
    )


assert set(WHY) == set(CODES)
