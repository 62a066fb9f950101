"""The form of a minority note, and the sentences of what can go wrong."""

from __future__ import annotations

from typing import Any

from pb.core.forms import Form, ProseField, Required, Whole
from pb.core.i18n import N_, sentences

sentences(
    {
        "minority.text": N_("Enter the note."),
        "minority.words": N_("This has %(number)s words. At most %(most)s fit."),
        "minority.jurors": N_("A minority note needs at least 2 jurors, and there are %(most)s."),
        "minority.unknown": N_("There is no such note."),
        "minority.enough": N_("There are %(most)s minority notes already."),
        "minority.language": N_("A minority note is missing in one language."),
    }
)


class NoteForm(Form):
    text_en = ProseField(N_("The note in English"))
    text_cy = ProseField(N_("The note in Welsh"))
    jurors = Whole(N_("How many jurors stand behind it"), least=0, most=100)

    def validate_jurors(self, field: Any) -> None:
        if field.data is None and not field.errors:
            Required(N_("Enter how many jurors stand behind it."))(self, field)
