"""The form of a complaint, and the words of this feature's codes."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField

from pb.core.forms import Form, Longest, ProseField, Required, choices
from pb.core.i18n import N_, sentences

ABOUT_NAMES = {
    "remark": N_("What somebody said or wrote in the room"),
    "facilitator": N_("The facilitator: only the person for complaints reads it"),
    "other": N_("Something else"),
}
sentences(
    {
        "report.unknown": N_("There is no such report."),
        "report.decided": N_("This was decided already."),
        "report.reason": N_("Give a reason: the table hears it."),
        "report.sent": N_("It is out of sight. The facilitator decides in this session."),
        "complaint.about": N_("Choose what it is about."),
        "complaint.text": N_("Say what happened, in at most %(most)s letters."),
        "complaint.enough": N_("You have %(most)s complaints that wait for an answer. Speak with "
                               "the person for complaints."),
        "complaint.unknown": N_("There is no such complaint."),
        "complaint.state": N_("Choose what happens with it."),
        "complaint.answer": N_("Tell the juror what came of it."),
        "complaint.settled": N_("This complaint is settled."),
        "complaint.sent": N_("Your complaint has been passed on."),
        **{f"complaint.about_{one}": words for one, words in ABOUT_NAMES.items()},
    }
)


class ComplaintForm(Form):
    about = RadioField(N_("What is it about?"), choices=choices(ABOUT_NAMES.items()))
    text = ProseField(N_("What happened?"), [Required(N_("Say what happened.")), Longest(2000)])

    def validate_about(self, field: Any) -> None:
        if field.data not in ABOUT_NAMES:
            field.errors = []
            Required(N_("Choose what it is about."))(self, field)
