"""Forms of plain words, and the sentences of what can go wrong."""

from __future__ import annotations

from wtforms import BooleanField

from pb.core.forms import Form, LineField, Longest, ProseField, Required
from pb.core.i18n import N_, sentences

sentences(
    {
        "word.empty": N_("Write the word that is not plain."),
        "word.many": N_("At most %(most)s words can be flagged."),
        "word.not_plain": N_("These words are not plain yet: %(listed)s."),
        "word.unknown": N_("There is no such word."),
        "word.plain": N_("Say it in plain words in both languages."),
        "word.flagged": N_("The word is flagged. It will be explained."),
        "word.saved": N_("The word is explained, and stands in the glossary."),
    }
)


class FlagForm(Form):
    word = LineField(N_("A word I do not understand"),
                     [Required(N_("Write the word that is not plain.")), Longest(100)])


class PlainForm(Form):
    names_en = LineField(N_("The word in English"), [Longest(100)])
    plain_en = ProseField(N_("In plain words, in English"),
                          [Required(N_("Say it in plain words in both languages.")),
                           Longest(300)])
    names_cy = LineField(N_("The word in Welsh"), [Longest(100)])
    plain_cy = ProseField(N_("In plain words, in Welsh"),
                          [Required(N_("Say it in plain words in both languages.")),
                           Longest(300)])
    wall = BooleanField(N_("Show it on the wall now"), default=True)
