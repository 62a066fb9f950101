"""Forms of surveys: one made of a wave's questions, and the one in which questions are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import RadioField, SelectField

from deliberation.surveys import rules
from pb.core.forms import Form, LineField, Longest, ProseField, Required, choices
from pb.core.i18n import N_, Reader, sentences

sentences(
    {
        "survey.asked": N_("The first survey was asked. Its questions stay, so that answers can "
                           "be compared."),
        "survey.no_questions": N_("Write at least one question."),
        "survey.unknown": N_("There is no such survey."),
        "survey.not_now": N_("This survey is not asked now. It opens with its part of the agenda."),
        "survey.there": N_("This survey was asked already."),
        "survey.closed": N_("This survey is closed."),
        "survey.code": N_("No slip or juror has this code. Look at it again."),
        "survey.rank": N_("Give each one its own place, from the first to the last, or leave all "
                          "of them open."),
        "survey.number": N_("Choose one of the numbers."),
        "survey.empty": N_("Answer at least one question."),
        "survey.line": N_("Line %(line)s: write the question in English, a stroke ( | ), and the "
                          "question in Welsh."),
        "survey.many": N_("At most %(most)s lines fit here."),
        "survey.answered": N_("Your answers are in. They bear no name."),
        "survey.typed": N_("The paper is typed in. Take the next one."),
        "survey.saved": N_("Saved."),
        "survey.kind_exit": N_("Three taps on the way out"),
        "survey.kind_before": N_("First survey"),
        "survey.kind_after": N_("Last survey"),
        "survey.kind_quality": N_("How good the jury’s work was"),
        "survey.section_attitude": N_("What do you think?"),
        "survey.section_consideration": N_("What matters to you in deciding?"),
        "survey.section_rank": N_("What comes first?"),
        "survey.section_trust": N_("Whom do you trust?"),
        "survey.section_exit": N_("Today"),
        "survey.section_quality": N_("All sessions together"),
    }
)


class SurveyForm(Form):
    """One person's answers; its fields are made of the wave's questions by ``survey_form``."""

    items: Sequence[rules.Item] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        sound = bool(super().validate(extra_validators))
        for item in self.items:
            if item["kind"] != "rank":
                continue
            places = [self[name].data or "" for name in names_of(item)]
            if any(places) and sorted(places) != sorted(
                str(place) for place in range(1, len(places) + 1)
            ):
                self.refuse(names_of(item)[0], "survey.rank")
                sound = False
        return sound

    def answers(self) -> dict[str, Any]:
        """What was answered, by the question's key."""
        found: dict[str, Any] = {}
        for item in self.items:
            given = [self[name].data or "" for name in names_of(item)]
            if item["kind"] == "rank":
                if all(given):
                    found[item["key"]] = sorted(range(len(given)), key=lambda at: int(given[at]))
            elif given[0]:
                found[item["key"]] = int(given[0])
        return found


def names_of(item: rules.Item) -> list[str]:
    """The fields of a question: one, or for a rank one an option."""
    key = f"q-{item['key']}"
    return [f"{key}-{place}" for place in range(len(item["options"]))] if (
        item["kind"] == "rank") else [key]


def survey_form(
    items: Sequence[rules.Item], reader: Reader, *, code: bool = False
) -> type[SurveyForm]:
    """The form of a wave in the reader's language; with ``code`` for papers, which bear one."""
    fields: dict[str, Any] = {"items": items}
    if code:
        fields["code"] = LineField(N_("The code on the paper"),
                                   [Required(N_("Enter the code on the paper.")), Longest(20)])
    for item in items:
        names = names_of(item)
        if item["kind"] == "rank":
            ranks: list[tuple[str, N_ | str]] = [
                ("", N_("No place")),
                *((str(at), str(at)) for at in range(1, len(names) + 1))]
            for name, option in zip(names, item["options"], strict=True):
                fields[name] = SelectField(
                    reader.plain(option), choices=choices(ranks), validate_choice=False)
        else:
            numbers = [(str(one), str(one)) for one in range(item["least"], item["most"] + 1)]
            fields[names[0]] = RadioField(
                reader.plain(item["text"]), choices=choices(numbers), validate_choice=False)
    return type("WaveForm", (SurveyForm,), fields)


class QuestionsForm(Form):
    """The questions of the first and last survey: one a line, in both languages."""

    attitude = ProseField(N_("Attitudes: sentences that people agree or disagree with"),
                          [Longest(6000)])
    consideration = ProseField(N_("Considerations: what may matter in deciding"), [Longest(6000)])
    rank = ProseField(N_("The question above the list that is put in order"), [Longest(600)])
    options = ProseField(N_("What is put in order"), [Longest(3000)])
    trust = ProseField(N_("Trust: sentences about whom people trust"), [Longest(6000)])

    def items(self) -> list[dict[str, Any]]:
        """The questions; faulty lines are refused beside their field."""
        scales = {
            section: self._lines(section, rules.MOST_QUESTIONS)
            for section in rules.SECTIONS if section != "rank"
        }
        options = self._lines("options", rules.MOST_OPTIONS)
        rank = self._lines("rank", 1)
        if options and not rank:
            self.refuse("rank", "survey.line", line=1)
        return rules.opinion_items(scales, rank[0] if rank else {}, options)

    def _lines(self, name: str, most: int) -> list[dict[str, str]]:
        languages = self.reader.languages
        found = []
        for number, line in enumerate((self[name].data or "").splitlines(), 1):
            if not line.strip():
                continue
            parts = [" ".join(part.split()) for part in line.split("|")]
            if len(parts) != len(languages) or not all(parts) or any(
                len(part) > 300 for part in parts
            ):
                self.refuse(name, "survey.line", line=number)
                break
            found.append(dict(zip(languages, parts, strict=True)))
        if len(found) > most:
            self.refuse(name, "survey.many", most=most)
        return found[:most]


def questions_as_lines(
    items: Sequence[rules.Item], languages: Sequence[str]
) -> dict[str, str]:
    """The other way: what the form shows first."""

    def line(text: Mapping[str, str]) -> str:
        return " | ".join(text.get(language, "") for language in languages)

    found = {
        section: "\n".join(line(one["text"]) for one in items if one["section"] == section)
        for section in rules.SECTIONS
    }
    ranked = next((one for one in items if one["kind"] == "rank"), None)
    return found | {"options": "\n".join(map(line, ranked["options"])) if ranked else ""}
