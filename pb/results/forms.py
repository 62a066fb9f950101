"""The forms of a result, and the words of its codes."""

from __future__ import annotations

from wtforms import RadioField

from pb.core.forms import (
    Email,
    Form,
    LineField,
    Longest,
    MomentField,
    ProseField,
    Required,
    choices,
)
from pb.core.i18n import N_, sentences

sentences(
    {
        "result.not_yet": N_("There is no published result here yet."),
        "result.published": N_("A result is published already. It has to be withdrawn first."),
        "result.not_published": N_("No result is published."),
        "result.not_provisional": N_("There is no provisional result."),
        "result.until_past": N_("The date until which anyone may object has to be in the future."),
        "result.objections_run": N_("Anyone may still object until %(at)s."),
        "result.objections_open": N_("An objection has no answer yet."),
        "result.reason_needed": N_("Say why. The reason is published."),
        "count.running": N_("A count is running already."),
        "count.unknown": N_("There is no such count."),
        "count.not_counted": N_("This count cannot be published."),
        "count.failed": N_("The count could not be finished."),
        "objection.late": N_("Objections are not taken any more, or not yet."),
        "objection.unknown": N_("There is no such objection."),
        "objection.answer_sent": N_("The answer is published and on its way by mail."),
        "objection.answered": N_("This objection has been answered already."),
    }
)


class ObjectionForm(Form):
    """Anyone's objection. Name and address are for the answer only."""

    text = ProseField(
        N_("What is wrong with this result?"),
        [Required(N_("Say what is wrong.")), Longest(4000)],
    )
    name = LineField(N_("Your name"), [Required(N_("Enter your name.")), Longest(200)])
    email = LineField(N_("Your email address"),
                      [Required(N_("Enter your email address.")), Longest(254), Email()])


class PublishForm(Form):
    until = MomentField(
        N_("Until when may anyone object?"),
        [Required(N_("Enter the date and time until which anyone may object."))],
    )


class AnswerForm(Form):
    answer = ProseField(N_("The public answer"),
                        [Required(N_("Write the answer.")), Longest(4000)])
    upheld = RadioField(
        N_("Is the objection right?"),
        choices=choices([("no", N_("No, the result stands")),
                         ("yes", N_("Yes, it is right"))]),
        default="no",
    )


class WithdrawForm(Form):
    reason = ProseField(N_("Why is the result withdrawn?"),
                        [Required(N_("Say why. The reason is published.")), Longest(2000)])
