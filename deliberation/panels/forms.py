"""Forms about a jury, and the sentences of what can go wrong."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField

from deliberation.panels.models import Jury
from deliberation.panels.values import JuryValue
from pb.core.forms import (
    DayField,
    Form,
    LineField,
    Longest,
    ProseField,
    Required,
    by_language,
    spread,
)
from pb.core.i18n import N_, sentences

sentences(
    {
        "jury.unknown": N_("There is no such jury."),
        "jury.exists": N_("This process has a jury already."),
        "jury.lacks_remit": N_("The question that the jury answers is missing."),
        "jury.lacks_promise": N_("The promise to reply, with its date, is missing."),
        "jury.lacks_charter": N_("The charter is missing."),
        "jury.lacks_acceptance": N_("A facilitator has not accepted the charter as it is now."),
        "charter.other": N_("The charter was changed meanwhile. Read it again."),
        "jury.lacks_conflict": N_("Nobody is named to whom jurors can turn in a conflict."),
        "jury.lacks_jurors": N_("Nobody is on the jury yet."),
        "jurors.there": N_("The jury has its people already. Let somebody go, or seat a reserve."),
        "jurors.number": N_("Enter at least one person and at most %(most)s."),
        "jurors.not_drawn": N_("These were drawn and are not in your list: %(ids)s."),
        "jurors.name": N_("Line %(line)s: the name is missing or too long."),
        "jurors.parts": N_("Line %(line)s: too many parts, or a part that is too long."),
        "jurors.speaks": N_("Line %(line)s: “%(word)s” is neither English nor Welsh."),
        "jurors.reserve": N_("Line %(line)s: write “reserve”, or nothing, instead of “%(word)s”."),
        "jurors.twice": N_("Line %(line)s: “%(word)s” is there twice."),
        "jurors.no_draw": N_("This file is not the list of a draw (drawn.csv of its record)."),
        "juror.unknown": N_("Nobody on this jury has that number."),
        "juror.left": N_("This juror has left already."),
        "interest.unknown": N_("There is no such project, or nobody said so."),
        "juror.no_reserve": N_("Only a reserve can take a seat that is free."),
    }
)


class JuryForm(Form):
    name_en = LineField(N_("Name in English"), [Longest(150)])
    name_cy = LineField(N_("Name in Welsh"), [Longest(150)])
    remit_en = ProseField(N_("The question it answers, in English"), [Longest(1000)])
    remit_cy = ProseField(N_("The question it answers, in Welsh"), [Longest(1000)])
    promise_en = ProseField(N_("What is promised about its answer, in English"), [Longest(1000)])
    promise_cy = ProseField(N_("What is promised about its answer, in Welsh"), [Longest(1000)])
    commissioners = LineField(N_("Who promises it"), [Longest(300)])
    reply_by = DayField(N_("Each recommendation is answered by"))
    conflict_name = LineField(N_("Whom jurors can turn to in a conflict"), [Longest(200)])
    conflict_contact = LineField(N_("How to reach that person"), [Longest(200)])

    def validate_name_en(self, field: Any) -> None:
        if not any(self[f"name_{language}"].data for language in self.reader.languages):
            Required(N_("Give the jury a name."))(self, field)

    @staticmethod
    def of(jury: Jury) -> dict[str, Any]:
        return (
            spread("name", jury.name) | spread("remit", jury.remit)
            | spread("promise", jury.promise)
            | {"commissioners": jury.commissioners, "reply_by": jury.reply_by,
               "conflict_name": jury.conflict_name, "conflict_contact": jury.conflict_contact}
        )

    def values(self) -> JuryValue:
        return JuryValue(
            by_language(self, "name"), by_language(self, "remit"), by_language(self, "promise"),
            self.commissioners.data or "", self.reply_by.data,
            self.conflict_name.data or "", self.conflict_contact.data or "",
        )


class CharterForm(Form):
    charter_en = ProseField(N_("The charter in English"), [Longest(8000)])
    charter_cy = ProseField(N_("The charter in Welsh"), [Longest(8000)])

    def validate_charter_en(self, field: Any) -> None:
        if not any(self[f"charter_{language}"].data for language in self.reader.languages):
            Required(N_("Write the charter."))(self, field)

    def values(self) -> dict[str, str]:
        return by_language(self, "charter")


class JurorsForm(Form):
    lines = ProseField(N_("One person a line"), [Required(N_("Enter who is on the jury.")),
                                                 Longest(60_000)])


class InterestForm(Form):
    """Who is too close to which project. The page says who and what there is to choose."""

    juror = SelectField(N_("Juror"))
    project = SelectField(N_("Project"))
    why = LineField(N_("In what way"), [Longest(500)])
