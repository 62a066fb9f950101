"""Forms of drafts and themes, and the words of this feature's codes."""

from __future__ import annotations

from typing import Any

from deliberation.drafts import rules
from pb.core.forms import (
    Form,
    LineField,
    Longest,
    MoneyField,
    ProseField,
    Required,
    Whole,
    by_language,
    spread,
)
from pb.core.i18n import N_, sentences

sentences(
    {
        "draft.unknown": N_("There is no such draft."),
        "draft.closed": N_("This draft is closed: it is ready, voted on, or set aside."),
        "draft.moved": N_("Somebody saved version %(version)s meanwhile. Your text is still here: "
                          "look at theirs, then save again."),
        "draft.title": N_("Give the option a title."),
        "draft.words": N_("This has %(number)s words. At most %(most)s fit."),
        "draft.costs": N_("At most %(most)s cost lines fit."),
        "draft.table": N_("Enter the number of a table, from 1 to %(most)s."),
        "draft.enough": N_("A table drafts at most %(most)s options at a time. Set one aside "
                           "first."),
        "draft.own_table": N_("A table cannot test its own draft."),
        "draft.objection": N_("Write what would go wrong."),
        "draft.objections": N_("There are %(most)s objections already. Answer those first."),
        "draft.answer": N_("Write an answer."),
        "draft.reason": N_("Give a reason."),
        "draft.lacks_text": N_("It needs a title and a text."),
        "draft.lacks_cost": N_("It needs its costs."),
        "draft.lacks_language": N_("Something is written in one language only."),
        "draft.lacks_checks": N_("Another table has to mark every line green or amber."),
        "draft.lacks_answers": N_("An objection waits for an answer."),
        "draft.saved": N_("Saved."),
        "theme.name": N_("Give the theme a name."),
        "theme.enough": N_("There are %(most)s themes already: bring some together."),
        "theme.unknown": N_("There is no such theme."),
    }
)


class DraftForm(Form):
    """An option as a table writes it. Cost lines that stay empty are left out."""

    title_en = LineField(N_("Title in English"), [Longest(150)])
    title_cy = LineField(N_("Title in Welsh"), [Longest(150)])
    text_en = ProseField(N_("The option, in English"), [Longest(4000)])
    text_cy = ProseField(N_("The option, in Welsh"), [Longest(4000)])
    table = Whole(N_("The table that writes it"), least=1, most=30)

    def validate_title_en(self, field: Any) -> None:
        if not any(self[f"title_{language}"].data for language in self.reader.languages):
            Required(N_("Give the option a title."))(self, field)

    def validate(self, extra_validators: Any = None) -> bool:
        """Within the words, and each cost line whole: what for, and how much."""
        sound = bool(super().validate(extra_validators))
        say = self.reader.say
        for language in self.reader.languages:
            number = rules.words(self[f"text_{language}"].data or "")
            if number > rules.WORDS:
                self.refuse(f"text_{language}", "draft.words", number=number, most=rules.WORDS)
        for line in range(rules.COST_LINES):
            label, amount = by_language(self, f"cost_{line}"), self[f"amount_{line}"]
            if label and amount.data is None and not amount.errors:
                amount.errors = [say(N_("Enter the amount of this line."))]
            elif amount.data and not label:
                first = f"cost_{line}_{self.reader.languages[0]}"
                self[first].errors = [say(N_("Say what this amount is for."))]
        return sound and not self.errors

    def sections(self) -> dict[str, Any]:
        """What was typed, as a draft keeps it."""
        costs = []
        for line in range(rules.COST_LINES):
            label, amount = by_language(self, f"cost_{line}"), self[f"amount_{line}"].data
            if label and amount is not None:
                costs.append({"label": label, "amount": int(amount)})
        return {"title": by_language(self, "title"), "text": by_language(self, "text"),
                "costs": costs}

    def open_lines(self) -> int:
        """How many cost lines stand open: those that are filled or wrong, and two to fill."""
        filled = [
            line for line in range(rules.COST_LINES)
            if any(self[name].data or self[name].errors
                   for name in (f"amount_{line}", f"cost_{line}_en", f"cost_{line}_cy"))
        ]
        return min(rules.COST_LINES, (max(filled) + 1 if filled else 0) + 2)

    @staticmethod
    def of(sections: dict[str, Any]) -> dict[str, Any]:
        """The form's defaults of a draft."""
        found = spread("title", sections.get("title", {})) | spread(
            "text", sections.get("text", {}))
        for line, one in enumerate(sections.get("costs", ())):
            found |= spread(f"cost_{line}", one["label"]) | {f"amount_{line}": one["amount"]}
        return found


for _line in range(rules.COST_LINES):
    setattr(DraftForm, f"cost_{_line}_en", LineField(N_("For, in English"), [Longest(150)]))
    setattr(DraftForm, f"cost_{_line}_cy", LineField(N_("For, in Welsh"), [Longest(150)]))
    setattr(DraftForm, f"amount_{_line}", MoneyField(N_("Amount")))


class ThemeForm(Form):
    name_en = LineField(N_("A theme, in English"), [Longest(150)])
    name_cy = LineField(N_("A theme, in Welsh"), [Longest(150)])

    def validate_name_en(self, field: Any) -> None:
        if not any(self[f"name_{language}"].data for language in self.reader.languages):
            Required(N_("Give the theme a name."))(self, field)
