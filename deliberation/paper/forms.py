"""The form of what is typed in from paper."""

from __future__ import annotations

import secrets
from typing import Any

from wtforms import FileField, HiddenField, SelectField

from pb.core.forms import Form, LineField, Longest, ProseField, Required, Whole, written_in
from pb.core.i18n import N_, sentences

sentences(
    {
        "paper.juror": N_("No juror of this jury has this number."),
        "paper.saved": N_("Typed in. Its juror confirms it, or a second person who holds the "
                          "paper."),
        "paper.confirmed": N_("Confirmed."),
        "paper.printed": N_("Taken down: this pack lies on the tables."),
    }
)


class PaperForm(Form):
    """A sheet as it is typed in. ``client_id`` keeps one that is sent twice from being there
    twice."""

    client_id = HiddenField()
    item = SelectField(N_("Which part"), coerce=str)
    table = Whole(N_("Table"), least=1, most=30)
    juror = Whole(N_("Number of the juror, if it is one juror’s own"), least=1, most=500)
    written_in = written_in()
    text = ProseField(N_("What stands on the paper"),
                      [Required(N_("Type in what stands on the paper.")), Longest(2000)])
    photo = FileField(
        N_("A photo of it"),
        description=N_("JPEG, PNG or WebP, up to 12 MB. Where and when it was taken is removed."),
    )
    photo_alt = LineField(N_("What the photo shows, in words"), [Longest(300)])

    def validate_table(self, field: Any) -> None:
        if field.data is None and not field.errors:
            Required(N_("Enter the number of the table."))(self, field)

    @staticmethod
    def fresh() -> str:
        """An id for the note that this form will be."""
        return secrets.token_hex(16)
