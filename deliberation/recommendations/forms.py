"""Forms of recommendations, replies and ratings, and the sentences of what can go wrong."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField

from deliberation.recommendations import rules
from pb.core.forms import Form, LineField, Longest, ProseField, Required, choices
from pb.core.i18n import N_, sentences

sentences(
    {
        "recommendation.unknown": N_("There is no such recommendation."),
        "recommendation.text": N_("Enter the recommendation."),
        "recommendation.poll": N_("Choose a vote of this jury that is over."),
        "recommendation.published": N_("This recommendation is handed over. Its words stay."),
        "recommendation.not_published": N_("This recommendation is not handed over yet."),
        "recommendation.nothing": N_("There is nothing to hand over."),
        "recommendation.verdict": N_("Choose accept, accept in part, or reject."),
        "recommendation.reason": N_("Give the reason."),
        "recommendation.owner": N_("Say who sees to it."),
        "recommendation.status": N_("Choose what has come of it."),
        "recommendation.no_reply": N_("There is no reply to rate yet."),
        "recommendation.rating": N_("Choose a number from 0 to 10, and what has come of it."),
        "recommendation.saved": N_("Saved."),
        "recommendation.score": N_("Choose a number from 0 to 10."),
        "recommendation.rated": N_("Your answer is in. It is shown only in sums."),
    }
)

STATUS_WORDS = {
    "not_begun": N_("Not begun"), "begun": N_("Begun"), "done": N_("Done"),
}
VERDICT_WORDS = {
    "accept": N_("Accepted"), "part": N_("Accepted in part"), "reject": N_("Rejected"),
}
sentences({f"status_of.{one}": words for one, words in STATUS_WORDS.items()})
sentences({f"verdict.{one}": words for one, words in VERDICT_WORDS.items()})


class RecommendationForm(Form):
    text_en = ProseField(N_("The recommendation in English"), [Longest(3000)])
    text_cy = ProseField(N_("The recommendation in Welsh"), [Longest(3000)])
    poll = SelectField(N_("The vote on it"), choices=[])

    def validate_text_en(self, field: Any) -> None:
        if not any(self[f"text_{language}"].data for language in self.reader.languages):
            Required(N_("Enter the recommendation."))(self, field)


class ReplyForm(Form):
    verdict = RadioField(N_("The reply"), choices=choices([
        ("accept", N_("Accept")), ("part", N_("Accept in part")), ("reject", N_("Reject"))]),
        validate_choice=False)
    reason_en = ProseField(N_("The reason in English"), [Longest(3000)])
    reason_cy = ProseField(N_("The reason in Welsh"), [Longest(3000)])
    owner = LineField(N_("Who sees to it"), [Longest(200)])


SCORES = tuple(str(one) for one in range(11))


class RateForm(Form):
    """A juror's word on one reply."""

    score = SelectField(N_("How well does the reply answer what you recommended?"), choices=choices(
        [("", N_("Choose")), ("0", N_("0: not at all")), *((one, one) for one in SCORES[1:10]),
         ("10", N_("10: fully"))]), validate_choice=False)
    status = RadioField(N_("What has come of it, as far as you see?"),
                        choices=choices(STATUS_WORDS.items()), validate_choice=False)

    def validate_score(self, field: Any) -> None:
        if field.data not in SCORES:
            self.refuse("score", "recommendation.score")

    def validate_status(self, field: Any) -> None:
        if field.data not in rules.STATUSES:
            self.refuse("status", "recommendation.status")
