"""One field of each kind, with its error, for the style guide."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, SelectField

from pb.core.forms import Form, LineField, MoneyField, ProseField, Required
from pb.core.i18n import N_


class SampleForm(Form):
    title = LineField(
        N_("Title"), [Required(N_("Give it a title."))], description=N_("In a few words.")
    )
    body = ProseField(N_("What should happen?"))
    area = SelectField(N_("Area"), choices=lambda: [("a", N_("Riverside")), ("b", N_("The Quay"))])
    cost = MoneyField(N_("Cost"))
    who = RadioField(
        N_("For whom?"), choices=lambda: [("a", N_("Everyone")), ("b", N_("Young people"))],
        validators=[Required(N_("Choose for whom."))],
    )
    agreed = BooleanField(N_("I have read the rules"), [Required(N_("Tick the box."))])
