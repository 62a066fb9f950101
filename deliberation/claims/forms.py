"""Forms of claims, criteria and ratings, and the words of this feature's codes."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField

from pb.core.forms import Form, LineField, Longest, ProseField, Required, Whole, choices
from pb.core.i18n import N_, sentences

KIND_NAMES = {
    "fact": N_("A fact: it can be checked"), "estimate": N_("An estimate: it may come true"),
    "value": N_("A value: it says what matters"),
}
TRUST_NAMES = {"reliable": N_("Reliable"), "unsure": N_("Unsure"), "not": N_("Not reliable")}
sentences(
    {
        "claim.unknown": N_("There is no such claim."),
        "claim.kind": N_("Choose what kind of claim it is."),
        "claim.text": N_("Write the claim."),
        "claim.source": N_("Say where it comes from."),
        "claim.open": N_("The claims are being weighed: nothing is changed until that is closed."),
        "claim.none": N_("There is no claim to weigh."),
        "claim.enough": N_("There are %(most)s claims already."),
        "criterion.unknown": N_("There is no such criterion."),
        "criterion.text": N_("Write what you would judge by."),
        "criterion.enough": N_("There are %(most)s ideas already."),
        "criterion.most": N_("There are %(most)s criteria already: bring some together."),
        "criterion.twice": N_("There is a criterion of this name."),
        "criterion.asked": N_("The jury has been asked about these criteria: they stay."),
        "criterion.number": N_("The jury chooses among %(least)s to %(most)s criteria."),
        "rating.project": N_("There is no project with this number."),
        "claim.slip": N_("Slip %(line)s cannot be read: “%(word)s”."),
        **{f"claim.{kind}_name": words for kind, words in KIND_NAMES.items()},
        **{f"trust.{trust}": words for trust, words in TRUST_NAMES.items()},
        "rate.complexity": N_("How complex is it?"),
        "rate.impact": N_("How much would it change?"),
        "rate.effort": N_("How much work would it be?"),
        "rate.complexity_scale": N_("1 is simple, 6 is very complex."),
        "rate.impact_scale": N_("1 is little, 5 is much."),
        "rate.effort_scale": N_("1 is little, 5 is much."),
    }
)


class ClaimForm(Form):
    kind = RadioField(N_("What kind of claim it is"), choices=choices(KIND_NAMES.items()),
                      default="fact")
    text = ProseField(N_("The claim"), [Required(N_("Write the claim.")), Longest(500)])
    source = LineField(N_("Where it comes from"),
                       [Required(N_("Say where it comes from.")), Longest(500)])


class IdeaForm(Form):
    text = LineField(N_("What would you judge by?"),
                     [Required(N_("Write what you would judge by.")), Longest(200)])


class CriterionForm(Form):
    name_en = LineField(N_("A criterion, in English"), [Longest(90)])
    name_cy = LineField(N_("A criterion, in Welsh"), [Longest(90)])

    def validate_name_en(self, field: Any) -> None:
        if not any(self[f"name_{language}"].data for language in self.reader.languages):
            Required(N_("Write what you would judge by."))(self, field)


class RatingForm(Form):
    project_number = Whole(N_("Number of the project"), least=1, most=100_000)

    def validate_project_number(self, field: Any) -> None:
        if field.data is None and not field.errors:
            Required(N_("Enter the number of the project."))(self, field)
