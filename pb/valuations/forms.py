"""The officers' and the author's forms, and the words of this feature's codes."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from pb.core.forms import (
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
from pb.core.i18n import N_, PN_, sentences
from pb.valuations.models import Valuation
from pb.valuations.values import Findings, Score
from pb.valuations.words import FEASIBILITY_WORDS, KIND_WORDS, OUTCOME_WORDS, WAY_WORDS

MOST_LINES = 12

sentences(
    {
        "valuation.gone": N_("This idea was withdrawn, or made one with another. There is "
                             "nothing to decide any more."),
        "valuation.changed": N_("Somebody else changed this while you were writing."),
        "valuation.not_open": N_("This is decided already."),
        "valuation.not_decided": N_("This is not decided yet."),
        "valuation.being_answered": N_("The author has been told of the refusal. Take the idea "
                                       "up again before you change anything."),
        "valuation.has_project": N_("It stands on the ballot as a project. Remove the project "
                                    "first."),
        "valuation.officer": N_("Choose somebody who may assess ideas here."),
        "valuation.outcome": N_("Choose what you decide."),
        "valuation.feasibility_needed": N_("Say first that it can be done, as proposed or with "
                                           "changes."),
        "valuation.changes_needed": N_("Say first what would be done otherwise than proposed."),
        "valuation.cost_needed": N_("It has no cost yet. Enter at least one line."),
        "valuation.advice_needed": N_("It is complicated: enter first whom you asked, and what "
                                      "they say."),
        "valuation.reason_needed": N_("Write the public reason first. Everybody can read it beside "
                                      "the decision."),
        "valuation.jury_first": N_("This belongs to the jury. Officers cannot refuse it before the "
                                   "jury has met."),
        "valuation.area_needed": N_("It belongs to no area. Choose one for it first."),
        "valuation.why_needed": N_("Say why. The decision is known, so the change needs a public "
                                   "reason."),
        "valuation.too_late": N_("The time to answer is over."),
        "valuation.saved": N_("Saved."),
        "valuation.scored": N_("Your view is saved. Nobody is shown that it is yours."),
        "valuation.assigned": N_("Saved who looks at it."),
        "valuation.noted": N_("The note is added."),
        "valuation.reopened": N_("It is open again."),
        "valuation.done": N_("Decided. Everybody can read it now."),
        "valuation.told": N_("Decided. The author is told first, and can answer."),
        "valuation.answered": N_("Your answer is with the officers. They look again before the "
                                 "decision is public."),
    }
)


class TicksField(SelectMultipleField):
    """Several boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class FindingsForm(Form):
    """What officers found out. Cost lines that stay empty are left out."""

    feasibility = RadioField(
        N_("Can it be done?"), choices=lambda: choices(FEASIBILITY_WORDS.items()),
        validate_choice=False,
    )
    changes_en = ProseField(N_("What would change, in English"), [Longest(2000)])
    changes_cy = ProseField(N_("What would change, in Welsh"), [Longest(2000)])
    legal_en = ProseField(N_("What the law says, in English"), [Longest(2000)])
    legal_cy = ProseField(N_("What the law says, in Welsh"), [Longest(2000)])
    long_term_en = ProseField(N_("Who has what of it in 25 years? In English"), [Longest(2000)])
    long_term_cy = ProseField(N_("Who has what of it in 25 years? In Welsh"), [Longest(2000)])
    ways = TicksField(N_("Which of the five ways of working does it serve?"),
                      choices=lambda: choices(WAY_WORDS.items()), validate_choice=False)
    equality_en = ProseField(N_("Who gains, who could lose, and what helps? In English"),
                             [Longest(2000)])
    equality_cy = ProseField(N_("Who gains, who could lose, and what helps? In Welsh"),
                             [Longest(2000)])
    expert = LineField(N_("Name and calling of the expert"), [Longest(200)])
    advice_en = ProseField(N_("What the expert says, in English"), [Longest(2000)])
    advice_cy = ProseField(N_("What the expert says, in Welsh"), [Longest(2000)])
    reason_en = ProseField(N_("The public reason, in English"), [Longest(2000)])
    reason_cy = ProseField(N_("The public reason, in Welsh"), [Longest(2000)])
    why = ProseField(N_("Why do you change it?"), [Longest(2000)])

    def validate(self, extra_validators: Any = None) -> bool:
        """Each cost line is whole or empty."""
        sound = bool(super().validate(extra_validators))
        say, first = self.reader.say, self.reader.languages[0]
        for line in range(MOST_LINES):
            label, amount = by_language(self, f"cost_{line}"), self[f"amount_{line}"]
            if label and amount.data is None and not amount.errors:
                amount.errors = [say(N_("Enter the amount of this line."))]
            elif amount.data and not label:
                self[f"cost_{line}_{first}"].errors = [say(N_("Say what this amount is for."))]
        return sound and not self.errors

    @staticmethod
    def of(valuation: Valuation | None) -> dict[str, Any]:
        if valuation is None:
            return {}
        found: dict[str, Any] = {
            "feasibility": valuation.feasibility, "ways": valuation.ways,
            "expert": valuation.expert,
        }
        for name in ("changes", "legal", "long_term", "equality", "advice", "reason"):
            found |= spread(name, getattr(valuation, name))
        for line, one in enumerate(valuation.cost_lines[:MOST_LINES]):
            found |= spread(f"cost_{line}", one["label"]) | {f"amount_{line}": one["amount"]}
        return found

    def findings(self) -> Findings:
        costs = []
        for line in range(MOST_LINES):
            label, amount = by_language(self, f"cost_{line}"), self[f"amount_{line}"].data
            if label and amount is not None:
                costs.append((label, int(amount)))
        feasibility = self.feasibility.data or ""
        return Findings(
            feasibility=feasibility if feasibility in FEASIBILITY_WORDS else "",
            changes=by_language(self, "changes"), costs=tuple(costs),
            legal=by_language(self, "legal"), long_term=by_language(self, "long_term"),
            ways=tuple(one for one in WAY_WORDS if one in (self.ways.data or ())),
            equality=by_language(self, "equality"), expert=self.expert.data or "",
            advice=by_language(self, "advice"), reason=by_language(self, "reason"),
        )

    def open_lines(self, spare: int = 2) -> int:
        """How many cost lines stand open: those that are filled or wrong, and some to fill."""
        names = ["amount_%d", *(f"cost_%d_{one}" for one in self.reader.languages)]
        filled = [
            line for line in range(MOST_LINES)
            if any(self[name % line].data or self[name % line].errors for name in names)
        ]
        return min(MOST_LINES, (max(filled) + 1 if filled else 0) + spare)


for _line in range(MOST_LINES):
    setattr(FindingsForm, f"cost_{_line}_en", LineField(N_("For, in English"), [Longest(150)]))
    setattr(FindingsForm, f"cost_{_line}_cy", LineField(N_("For, in Welsh"), [Longest(150)]))
    setattr(FindingsForm, f"amount_{_line}", MoneyField(N_("Amount")))


class ScoreForm(Form):
    """One officer's own view."""

    kind = RadioField(
        N_("What kind of matter is it?"), [Required(N_("Choose what kind of matter it is."))],
        choices=lambda: choices(KIND_WORDS.items()), validate_choice=False,
    )
    impact = Whole(N_("How much would it bring? 1 to 6"), least=1, most=6)
    effort = Whole(N_("How much work would it take? 1 to 6"), least=1, most=6)

    def validate_kind(self, field: Any) -> None:
        if field.data not in KIND_WORDS:
            raise ValidationError(self.reader.say(N_("Choose what kind of matter it is.")))

    def score(self) -> Score:
        return Score(str(self.kind.data), self.impact.data, self.effort.data)


class AssignForm(Form):
    """Who looks at it until when."""

    person = SelectField(N_("Who looks at it"), coerce=str, validate_choice=False)
    due_at = MomentField(N_("Until when"))


class NoteForm(Form):
    note = ProseField(
        N_("A note for the other officers"),
        [Required(N_("Write something first.")), Longest(4000)],
    )


class DecideForm(Form):
    outcome = RadioField(
        PN_("valuation", "Your decision"), [Required(N_("Choose what you decide."))],
        choices=lambda: choices(OUTCOME_WORDS.items()), validate_choice=False,
    )


class WhyForm(Form):
    why = ProseField(
        N_("Why do you look at it again?"),
        [Required(N_("Say why you look at it again.")), Longest(2000)],
    )


class AnswerForm(Form):
    answer = ProseField(
        N_("Your answer"), [Required(N_("Write your answer.")), Longest(4000)],
    )
