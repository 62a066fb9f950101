"""Forms of a jury's votes, on screens and from slips of paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField

from deliberation.measures.agreement import COMFORT
from deliberation.votes.models import KINDS, Poll
from deliberation.votes.rules import CONSENT, Vote
from deliberation.votes.services import PollValue
from pb.core.forms import (
    Form,
    LineField,
    Longest,
    ProseField,
    Required,
    Whole,
    choices,
    written_in,
)
from pb.core.i18n import N_, sentences

KIND_NAMES = {
    "comfort": N_("Comfort: love, like, live with, lament, loathe"),
    "consent": N_("Consent: fair and ready, or pull; for a rule: no objection, or one"),
    "ranked": N_("Ranks: put options in order, some of them win"),
    "dots": N_("Dots: share out dots among options"),
}
ANSWERS = {
    "love": N_("Love it"), "like": N_("Like it"), "live": N_("Can live with it"),
    "lament": N_("Lament it"), "loathe": N_("Loathe it"),
    "ready": N_("Fair and ready"), "pull": N_("Pull it"),
}
OBJECTIONS = {"ready": N_("No objection"), "pull": N_("I object")}
"""What the two answers of consent are called where it is not about a project's page."""
sentences(
    {
        "poll.unknown": N_("There is no such vote."),
        "poll.title": N_("Say what is voted on."),
        "poll.options": N_("Write from 2 to %(most)s options, each once, one a line."),
        "poll.each": N_("Enter how many, within what the options allow."),
        "poll.open": N_("Another vote is open. Close it first."),
        "poll.closed": N_("This vote is closed."),
        "poll.repaired": N_("There is no second round here: only a first vote that did not carry "
                            "has one."),
        "poll.not_eligible": N_("Only jurors who are here, were here when it was tested, and "
                                "are not too close to the matter, vote."),
        "poll.answer": N_("Choose one of the answers."),
        "poll.order": N_("Put at least one option first, and none twice."),
        "poll.dots": N_("Give at least one dot, and not more than you have."),
        "poll.too_many": N_("There are more votes than jurors who may vote. Count the slips "
                            "again."),
        "poll.keyed": N_("Two people have read the slips already: %(names)s."),
        "poll.one_keying": N_("Only %(name)s has read the slips. A second person has to read them "
                              "too, by themselves."),
        "poll.keyings_differ": N_("Two people read these slips differently: %(listed)s. Look at "
                                  "them again, then each puts their own list right."),
        "poll.slip": N_("Slip %(line)s cannot be read: “%(word)s”."),
        **{f"answer.{answer}": words for answer, words in ANSWERS.items()},
        **{f"objection.{answer}": words for answer, words in OBJECTIONS.items()},
        **{f"poll.kind_{kind}": words for kind, words in KIND_NAMES.items()},
    }
)


class PollForm(Form):
    kind = SelectField(N_("How the jury votes"), choices=choices(KIND_NAMES.items()),
                       default="comfort")
    title = LineField(N_("What is voted on"), [Required(N_("Say what is voted on.")),
                                               Longest(300)])
    text = ProseField(N_("The wording"), [Longest(4000)])
    written_in = written_in()
    options = ProseField(N_("The options, one a line"), [Longest(4000)],
                         description=N_("For ranks and dots."))
    each = Whole(N_("How many win, or how many dots each juror has"), least=1, most=50)
    project_number = Whole(N_("Number of the project, if it is about one"), least=1, most=100_000)

    def validate_kind(self, field: Any) -> None:
        if field.data not in KINDS:
            Required(N_("Choose how the jury votes."))(self, field)

    def value(self) -> PollValue:
        options = tuple(
            " ".join(line.split()) for line in (self.options.data or "").splitlines()
            if line.strip()
        )
        listed = self.kind.data in ("ranked", "dots")
        return PollValue(
            self.kind.data, self.title.data, self.text.data or "", options if listed else (),
            (self.each.data or 0) if listed else 0, self.project_number.data,
            self.written_in.data,
        )


def vote_of(poll: Poll, value: Any) -> Vote:
    """A juror's vote from the fields of their screen; ``value`` gives a field's text."""
    if poll.kind in ("comfort", "consent"):
        return {"answer": value("answer")}
    numbers = [value(f"option-{place}").strip() for place in range(len(poll.options))]
    given = {
        option: int(number) if number.isascii() and number.isdecimal() and len(number) < 4 else 0
        for option, number in zip(poll.options, numbers, strict=True)
    }
    if poll.kind == "dots":
        return {"dots": given}
    ranked = sorted((rank, place) for place, rank in enumerate(given.values()) if rank)
    ranks = [rank for rank, _ in ranked]
    if len(set(ranks)) != len(ranks):
        return {"order": []}  # two options at one rank: no order
    return {"order": [poll.options[place] for _, place in ranked]}


def slips(poll: Poll, text: str) -> tuple[list[Vote], tuple[int, str] | None]:
    """Votes from slips of paper, one a line in the order of their numbers; or the first slip that
    cannot be read. Empty lines are no slips.

    Comfort and consent: the answer's letter or word in English. Ranks: the options' numbers in
    order. Dots: the option's number once for each dot.
    """
    found: list[Vote] = []
    lines = [words for words in text.splitlines() if words.strip()]
    for line, words in enumerate(lines, 1):
        parts = words.replace(",", " ").split()
        if poll.kind in ("comfort", "consent"):
            answers = COMFORT if poll.kind == "comfort" else CONSENT
            if len(parts) != 1 or parts[0].casefold() not in answers:
                return [], (line, words[:40])
            found.append({"answer": parts[0].casefold()})
            continue
        known = {str(place): option for place, option in enumerate(poll.options, 1)}
        if any(part not in known for part in parts):
            return [], (line, words[:40])
        chosen = [known[part] for part in parts]
        if poll.kind == "ranked":
            found.append({"order": chosen})
        else:
            found.append({"dots": {one: chosen.count(one) for one in chosen}})
    return found, None


def slips_text(poll: Poll, votes: Sequence[Vote]) -> str:
    """A person's own reading as they typed it, to be put right."""
    number = {option: str(place) for place, option in enumerate(poll.options, 1)}
    lines = []
    for one in votes:
        if "answer" in one:
            lines.append(str(one["answer"]))
        elif "order" in one:
            lines.append(" ".join(number[option] for option in one["order"]))
        else:
            lines.append(" ".join(number[option] for option in poll.options
                                  for _ in range(one["dots"].get(option, 0))))
    return "\n".join(lines)
