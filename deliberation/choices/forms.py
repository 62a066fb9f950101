"""The form of the declaration, and the words of this feature's codes."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField

from deliberation.choices.services import MOST_SEATS, ChoiceValue
from pb.core.forms import Form, Longest, ProseField, Required, Whole, by_language, choices
from pb.core.i18n import N_, sentences

KIND_NAMES = {
    "options": N_("The jury writes options, and a ranked vote chooses some of them"),
    "ranked": N_("The jury shortlists projects by a ranked vote"),
    "consent": N_("The jury shortlists projects by consent, one by one"),
}
sentences(
    {
        "choice.undeclared": N_("What the jury chooses for the ballot has not been declared."),
        "choice.kind": N_("Choose what the jury does."),
        "choice.seats": N_("Enter how many are chosen, from 1 to %(most)s."),
        "choice.reason": N_("Say in every language why the ballot is made so."),
        "choice.session": N_("Enter the number of a session of this jury."),
        "choice.area": N_("Choose the area whose money pays for the options."),
        "choice.begun": N_("That session has begun: what was declared stays."),
        "choice.by_consent": N_("This is decided by a consent vote on each project."),
        "choice.asked": N_("The jury has been asked already."),
        "choice.too_few": N_("There is nothing to choose: %(number)s are ready, and %(seats)s "
                             "would be chosen."),
        "choice.question": N_("What stands on the ballot?"),
        "choice.decided": N_("What the jury chose was taken down already."),
        "choice.open": N_("The vote is not closed yet."),
        "choice.unvoted": N_("These projects were not voted on by consent: %(listed)s."),
        "choice.none": N_("No project was carried. The ballot cannot be empty."),
        "choice.undecided": N_("The jury has not chosen yet."),
        "choice.over_budget": N_("These options cost more than the area has: %(listed)s."),
        "choice.applied": N_("This stands on the ballot already."),
        "choice.saved": N_("Saved."),
        "choice.sent": N_("Another official is asked to confirm it."),
        **{f"choice.kind_{kind}": words for kind, words in KIND_NAMES.items()},
    }
)


class ChoiceForm(Form):
    kind = RadioField(N_("What the jury does for the ballot"), choices=choices(KIND_NAMES.items()),
                      default="options")
    seats = Whole(N_("How many are chosen"), least=1, most=MOST_SEATS,
                  description=N_("Not needed with consent: what is carried stands."))
    session_number = Whole(N_("In which session it is decided"), least=1, most=100)
    area = SelectField(N_("Which money pays for the jury’s options"), coerce=str)
    reason_en = ProseField(N_("Why, in English"), [Longest(1000)])
    reason_cy = ProseField(N_("Why, in Welsh"), [Longest(1000)])

    def validate_session_number(self, field: Any) -> None:
        if field.data is None and not field.errors:
            Required(N_("Enter the number of a session of this jury."))(self, field)

    def value(self) -> ChoiceValue:
        area = self.area.data or ""
        return ChoiceValue(
            self.kind.data, self.seats.data or 0, self.session_number.data or 0,
            int(area) if area.isdecimal() else None, by_language(self, "reason"),
        )
