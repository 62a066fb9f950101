"""Forms of statements, and the sentences of what can go wrong with one."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField

from deliberation.statements import rules
from pb.core.forms import (
    Form,
    LineField,
    Longest,
    ProseField,
    Required,
    Whole,
    by_language,
    choices,
    spread,
)
from pb.core.i18n import N_, sentences

sentences(
    {
        "statement.no_pdf": N_("This site makes no PDF. The page of the booklet prints the same."),
        "statement.unknown": N_("There is no statement about this project yet."),
        "statement.locked": N_("This statement is locked. Open it again first."),
        "statement.open": N_("This statement is not locked."),
        "statement.moved": N_("Somebody else has saved version %(version)s meanwhile. Your text is "
                              "still here: compare, and send it again."),
        "statement.words": N_("This has %(number)s words. At most %(most)s fit."),
        "statement.agree": N_("At most %(jurors)s jurors can agree: the others are not on the "
                              "jury, or too close to this project."),
        "statement.line": N_("Choose a line of this statement."),
        "statement.source": N_("Say where the right fact can be looked up."),
        "statement.not_checked": N_("Another table has not yet called every line green or amber."),
        "statement.fact": N_("Say which fact is wrong, and what is right."),
        "statement.replies": N_("There are %(most)s comments from this side already."),
        "statement.answer": N_("Choose whether the jury keeps or changes it, and give the reason."),
        "statement.unanswered": N_("A comment on facts has no answer yet."),
        "statement.reply_time": N_("Facts can be disputed for 48 hours. It can be locked from "
                                   "%(until)s."),
        "statement.reason": N_("Say why it is opened again."),
        "statement.saved": N_("Saved."),
        "statement.sent": N_("Your comment is in. The jury answers it in public."),
        "statement.lacks_what": N_("It does not say what the project is."),
        "statement.lacks_for": N_("There are no reasons for it. If no juror took this position, "
                                  "say so."),
        "statement.lacks_care": N_("There are no reasons for care. If no juror took this position, "
                                   "say so."),
        "statement.lacks_language": N_("A line is missing in one language."),
        "statement.lacks_brevity": N_("All together it has more than 250 words."),
    }
)

LINES = {
    "what": N_("What it is"), "finding-1": N_("Finding 1"), "finding-2": N_("Finding 2"),
    "finding-3": N_("Finding 3"), "finding-4": N_("Finding 4"), "finding-5": N_("Finding 5"),
    "finding-6": N_("Finding 6"), "for": N_("Strongest reasons for it"),
    "care": N_("Strongest reasons for care"), "unknown": N_("What we could not find out"),
}
sentences({f"line.{line}": words for line, words in LINES.items()})

ANSWERS = {"text": N_("They are written below"), "nobody": N_("No juror took this position")}


class WordsAtMost:
    """At most so many words; a text that is longer stays in its field."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: Form, field: Any) -> None:
        number = rules.words(field.data or "")
        if number > self.most:
            field.errors = [
                *field.errors,
                form.reader.sentence("statement.words", number=number, most=self.most),
            ]


class ProcessLineForm(Form):
    text_en = ProseField(N_("In English"), [WordsAtMost(rules.PROCESS_LINE)])
    text_cy = ProseField(N_("In Welsh"), [WordsAtMost(rules.PROCESS_LINE)])


class StatementForm(Form):
    """A whole statement. Findings are fields ``finding1_en`` to ``finding6_cy`` with ``agree1``."""

    table = Whole(N_("The table that writes it"), least=1, most=30)
    what_en = ProseField(N_("What it is, in English"), [WordsAtMost(30)])
    what_cy = ProseField(N_("What it is, in Welsh"), [WordsAtMost(30)])
    for_kind = RadioField(N_("Strongest reasons for it"), choices=choices(ANSWERS.items()),
                          default="text")
    for_en = ProseField(N_("Reasons for it, in English"), [WordsAtMost(60)])
    for_cy = ProseField(N_("Reasons for it, in Welsh"), [WordsAtMost(60)])
    care_kind = RadioField(N_("Strongest reasons for care"), choices=choices(ANSWERS.items()),
                           default="text")
    care_en = ProseField(N_("Reasons for care, in English"), [WordsAtMost(60)])
    care_cy = ProseField(N_("Reasons for care, in Welsh"), [WordsAtMost(60)])
    unknown_en = ProseField(N_("What we could not find out, in English"), [Longest(1500)])
    unknown_cy = ProseField(N_("What we could not find out, in Welsh"), [Longest(1500)])
    finding1_en = LineField(N_("Finding 1, in English"), [Longest(400)])
    finding1_cy = LineField(N_("Finding 1, in Welsh"), [Longest(400)])
    agree1 = Whole(N_("Jurors who agree with finding 1"), least=0, most=100)
    finding2_en = LineField(N_("Finding 2, in English"), [Longest(400)])
    finding2_cy = LineField(N_("Finding 2, in Welsh"), [Longest(400)])
    agree2 = Whole(N_("Jurors who agree with finding 2"), least=0, most=100)
    finding3_en = LineField(N_("Finding 3, in English"), [Longest(400)])
    finding3_cy = LineField(N_("Finding 3, in Welsh"), [Longest(400)])
    agree3 = Whole(N_("Jurors who agree with finding 3"), least=0, most=100)
    finding4_en = LineField(N_("Finding 4, in English"), [Longest(400)])
    finding4_cy = LineField(N_("Finding 4, in Welsh"), [Longest(400)])
    agree4 = Whole(N_("Jurors who agree with finding 4"), least=0, most=100)
    finding5_en = LineField(N_("Finding 5, in English"), [Longest(400)])
    finding5_cy = LineField(N_("Finding 5, in Welsh"), [Longest(400)])
    agree5 = Whole(N_("Jurors who agree with finding 5"), least=0, most=100)
    finding6_en = LineField(N_("Finding 6, in English"), [Longest(400)])
    finding6_cy = LineField(N_("Finding 6, in Welsh"), [Longest(400)])
    agree6 = Whole(N_("Jurors who agree with finding 6"), least=0, most=100)

    jurors = 0
    """Of how many a tally is; set by the page before it is checked."""

    def validate(self, extra_validators: Any = None) -> bool:
        sound = super().validate(extra_validators)
        for place in range(1, rules.FINDINGS + 1):
            text = by_language(self, f"finding{place}")
            agree = self[f"agree{place}"]
            if text and not agree.errors and (agree.data is None or agree.data > self.jurors):
                self.refuse(f"agree{place}", "statement.agree", jurors=self.jurors)
                sound = False
        sections = self.sections()
        for language in self.reader.languages:
            number = rules.length(sections, language)
            if number > rules.TOTAL:
                self.refuse(f"unknown_{language}", "statement.words", number=number,
                            most=rules.TOTAL)
                sound = False
        return sound and not any(field.errors for field in self)

    def sections(self) -> dict[str, Any]:
        """What was typed, as a statement keeps it. A side that nobody took has no text."""
        nobody = [side for side in rules.SIDES if self[f"{side}_kind"].data == "nobody"]
        found: dict[str, Any] = {
            name: by_language(self, name) for name in ("what", *rules.SIDES, "unknown")
            if name not in nobody
        }
        found["findings"] = [
            {"text": text, "agree": self[f"agree{place}"].data or 0}
            for place in range(1, rules.FINDINGS + 1)
            if (text := by_language(self, f"finding{place}"))
        ]
        found["nobody"] = nobody
        return found

    @staticmethod
    def of(sections: dict[str, Any], table: int | None) -> dict[str, Any]:
        """The form's defaults of a statement."""
        found: dict[str, Any] = {"table": table}
        for name in ("what", *rules.SIDES, "unknown"):
            found |= spread(name, sections.get(name, {}))
        for side in sections.get("nobody", ()):
            found[f"{side}_kind"] = "nobody"
        for place, one in enumerate(sections.get("findings", ()), 1):
            found |= spread(f"finding{place}", one["text"]) | {f"agree{place}": one["agree"]}
        return found


class FactForm(Form):
    """A comment on a fact, from the proposer, an opponent or an official."""

    line = SelectField(N_("Which line"), choices=choices(LINES.items()), default="what")
    text = ProseField(
        N_("What is wrong, and what is right"),
        [Required(N_("Say which fact is wrong, and what is right.")), Longest(1000)],
    )
    side = RadioField(N_("Whose comment it is"), choices=choices([
        ("proposer", N_("The proposer’s")), ("opponent", N_("An opponent’s"))]),
        default="proposer")
    name = LineField(N_("Their name, as it is shown"), [Longest(200)])
    source = LineField(N_("Where it can be looked up"), [Longest(500)])
