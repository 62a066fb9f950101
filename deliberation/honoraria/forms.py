"""Forms of payments, and the sentences of what can go wrong."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField, SelectField

from deliberation.honoraria.models import CHOICES, KINDS
from pb.core.forms import Form, LineField, Longest, MoneyField, ProseField, Required, choices
from pb.core.i18n import N_, sentences

CHOICE_WORDS = {
    "money": N_("Money"), "voucher": N_("A voucher"), "declined": N_("Nothing, thank you"),
}
KIND_WORDS = {"care": N_("Care for a child or adult"), "travel": N_("Travel"),
              "other": N_("Something else")}
sentences(
    {
        "payment.amount": N_("Enter an amount of money above 0."),
        "payment.choice": N_("Choose one of the ways."),
        "payment.kind": N_("Choose what it was for."),
        "payment.unknown": N_("There is no such claim."),
        "payment.settled": N_("This claim was settled already."),
        "payment.reason": N_("Say why the costs are not met."),
        "payment.changed": N_("What is due has changed meanwhile. Look at the list again."),
        "payment.nobody": N_("This juror withdrew and left no name, so nobody can be paid."),
        "payment.head_number": N_("Number"),
        "payment.head_name": N_("Name"),
        "payment.head_way": N_("Way"),
        "payment.head_sessions": N_("Sessions"),
        "payment.head_due": N_("Due"),
        "payment.head_paid": N_("Paid"),
        "payment.head_currency": N_("Currency"),
        "certificate.heading": N_("Thank you"),
        "certificate.words": N_("for taking part in “%(jury)s”. Sessions: %(number)s. Where people "
                                "give their time, a town can decide together."),
        "payment.saved": N_("Saved."),
        "payment.paid": N_("Noted as paid."),
        "payment.claimed": N_("Your costs are noted. The office looks at them."),
        "payment.state_claimed": N_("Asked for"),
        "payment.state_agreed": N_("Agreed, not paid yet"),
        "payment.state_refused": N_("Refused"),
        "payment.state_paid": N_("Paid"),
        **{f"payment.choice_{one}": words for one, words in CHOICE_WORDS.items()},
        **{f"payment.kind_{one}": words for one, words in KIND_WORDS.items()},
    }
)


class TermsForm(Form):
    amount = MoneyField(N_("For each session that a juror came to"),
                        [Required(N_("Enter an amount, or 0."))])
    voucher = BooleanField(N_("A voucher can be had instead"))
    benefits_en = ProseField(N_("Whom to ask about benefits, in English"), [Longest(300)])
    benefits_cy = ProseField(N_("Whom to ask about benefits, in Welsh"), [Longest(300)])


class ChoiceForm(Form):
    choice = RadioField(N_("How would you like it?"), choices=choices(CHOICE_WORDS.items()),
                        validate_choice=False)

    def validate_choice(self, field: Any) -> None:
        if field.data not in CHOICES:
            self.refuse("choice", "payment.choice")


class ClaimForm(Form):
    kind = SelectField(N_("What was it for?"), choices=choices(
        [("", N_("Choose")), *KIND_WORDS.items()]), validate_choice=False)
    amount = MoneyField(N_("How much did it cost?"), [Required(N_("Enter what it cost."))])
    words = LineField(N_("What the office should know"), [Longest(300)])

    def validate_kind(self, field: Any) -> None:
        if field.data not in KINDS:
            self.refuse("kind", "payment.kind")
