"""One translation, and a table of many."""

from __future__ import annotations

from wtforms import BooleanField, FileField, HiddenField

from pb.core.forms import Form, ProseField
from pb.core.i18n import N_


class TranslationForm(Form):
    """What is too long or empty, and what changed meanwhile, is the command's to say."""

    text = ProseField(N_("Translation"))
    digest = HiddenField()
    version = HiddenField()


class TableForm(Form):
    table = FileField(
        N_("The table"),
        description=N_("The CSV file that you fetched here, with your translations in it."),
    )
    sound_only = BooleanField(N_("Take in the lines that are right, and leave out the others"))
