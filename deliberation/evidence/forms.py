"""Forms of evidence, and the words of this feature's codes."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField

from deliberation.evidence.models import EvidenceItem
from deliberation.evidence.services import MOST_MINUTES, EvidenceValue
from pb.core.forms import (
    DayField,
    Form,
    LineField,
    Longest,
    MomentField,
    ProseField,
    Required,
    Whole,
    by_language,
    choices,
    spread,
)
from pb.core.i18n import N_, sentences

STANCE_NAMES = {
    "background": N_("Background"), "for": N_("Reasons for"),
    "care": N_("Reasons for care"), "own": N_("The process’s own words"),
}
GIVEN_NAMES = {
    "live": N_("The witness spoke"), "recorded": N_("A recorded statement stood in"),
    "written": N_("It was read"), "missing": N_("The witness did not come"),
}
sentences(
    {
        "evidence.unknown": N_("There is no such evidence."),
        "evidence.title": N_("Give the evidence a title."),
        "evidence.stance": N_("Choose what it speaks for."),
        "evidence.minutes": N_("Enter minutes from 0 to %(most)s."),
        "evidence.link": N_("Enter an address that begins with https://."),
        "evidence.alt": N_("Say in words what the file says or shows, for who cannot open it."),
        "evidence.project": N_("There is no project with this number."),
        "evidence.enough": N_("There are %(most)s items already. Change one of them."),
        "evidence.withdrawn": N_("This evidence was taken out. Put it in anew if it is wanted."),
        "evidence.why": N_("Say why it is taken out. The reason stands on the page."),
        "evidence.given": N_("Choose how the jury heard it."),
        "evidence.recorded": N_("Say what stood in for the witness, and why."),
        "evidence.even": N_("Both sides have had much the same time: there is nothing to explain."),
        "evidence.note": N_("Write why one side has more time than the other."),
        "evidence.unbalanced": N_("One side had more than a fifth less time than the other. Even "
                                  "it out, or say why on the page of the evidence."),
        "evidence.witness": N_("Say first who gives it."),
        "question.unknown": N_("There is no such question."),
        "question.empty": N_("Write the question."),
        "question.long": N_("Write at most %(most)s characters."),
        "question.witness": N_("Nobody of this name gives evidence."),
        "question.enough": N_("There are very many questions already. Choose among them."),
        "question.no_gap": N_("Only a question that fills a gap is added."),
        "question.sent": N_("This question has been sent already."),
        "question.not_sent": N_("This question has not been sent."),
        "question.due": N_("Name a day from today on."),
        "question.nothing": N_("There is no question to send."),
        "question.answer": N_("Write the answer."),
        "question.slip": N_("Slip %(line)s cannot be read: “%(word)s”."),
        **{f"stance.{stance}": words for stance, words in STANCE_NAMES.items()},
        **{f"given.{given}": words for given, words in GIVEN_NAMES.items()},
        "given.planned": N_("Still to come"),
    }
)


class EvidenceForm(Form):
    title_en = LineField(N_("Title in English"), [Longest(200)])
    title_cy = LineField(N_("Title in Welsh"), [Longest(200)])
    stance = RadioField(N_("What it speaks for"), choices=choices(STANCE_NAMES.items()),
                        default="background")
    witness = LineField(N_("Who gives it"), [Longest(200)])
    minutes = Whole(N_("Minutes planned"), least=0, most=MOST_MINUTES, default=0,
                    description=N_("0 for what is only read."))
    session_number = Whole(N_("In session"), least=1, most=50)
    slot_at = MomentField(N_("It begins at"))
    text_en = ProseField(N_("What it says, in English"), [Longest(8000)])
    text_cy = ProseField(N_("What it says, in Welsh"), [Longest(8000)])
    link = LineField(N_("Address of a file or page"), [Longest(500)])
    alt_en = ProseField(N_("What the file says or shows, in English"), [Longest(2000)])
    alt_cy = ProseField(N_("What the file says or shows, in Welsh"), [Longest(2000)])
    project_number = Whole(N_("Number of the project, if it is about one"), least=1, most=100_000)

    def validate_title_en(self, field: Any) -> None:
        if not any(self[f"title_{language}"].data for language in self.reader.languages):
            Required(N_("Give the evidence a title."))(self, field)

    @staticmethod
    def of(item: EvidenceItem) -> dict[str, Any]:
        return (
            spread("title", item.title) | spread("text", item.text) | spread("alt", item.alt)
            | {name: getattr(item, name) for name in (
                "stance", "witness", "minutes", "session_number", "slot_at", "link",
                "project_number")}
        )

    def value(self) -> EvidenceValue:
        return EvidenceValue(
            by_language(self, "title"), self.stance.data, self.minutes.data or 0,
            self.witness.data or "", by_language(self, "text"), self.link.data or "",
            by_language(self, "alt"), self.project_number.data, self.session_number.data,
            self.slot_at.data,
        )


class HeardForm(Form):
    """How an item was given, written by who leads."""

    given = RadioField(N_("How the jury heard it"), choices=choices(GIVEN_NAMES.items()),
                       default="live")
    heard = Whole(N_("Minutes it really took"), least=0, most=MOST_MINUTES)
    recorded_en = ProseField(N_("What stood in for the witness, and why, in English"),
                             [Longest(2000)])
    recorded_cy = ProseField(N_("What stood in for the witness, and why, in Welsh"),
                             [Longest(2000)])

    def validate_heard(self, field: Any) -> None:
        if field.data is None and not field.errors and self.given.data != "missing":
            Required(N_("Enter a number of minutes."))(self, field)


class NoteForm(Form):
    text_en = ProseField(N_("Why, in English"), [Longest(2000)])
    text_cy = ProseField(N_("Why, in Welsh"), [Longest(2000)])


class QuestionForm(Form):
    """A question of a juror, or one from paper."""

    witness = SelectField(N_("Whom it is for"), choices=[], default="", validate_choice=False)
    text = ProseField(N_("The question"), [Required(N_("Write the question.")), Longest(500)])

    def offer(self, names: list[str]) -> None:
        """The witnesses to choose from."""
        self.witness.choices = choices(
            [("", self.reader.say(N_("Whoever knows"))), *((name, name) for name in names)])


class SendForm(Form):
    due = DayField(N_("Answers are due by"))

    def validate_due(self, field: Any) -> None:
        if field.data is None and not field.errors:
            Required(N_("Name the day by which they are answered."))(self, field)
