"""The switch of speaking, and the sentences of what can go wrong in a queue."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField

from deliberation.speaking.rules import LEAST_SECONDS, MOST_SECONDS
from pb.core.forms import Form, Required, Whole
from pb.core.i18n import N_, sentences

sentences(
    {
        "speaking.off": N_("This jury does not time its turns."),
        "speaking.seconds": N_("Enter seconds from %(least)s to %(most)s."),
        "speaking.juror": N_("This juror is not on the jury."),
        "speaking.not_here": N_("Only jurors who are here can speak."),
        "speaking.moved": N_("Somebody else has just called the next speaker."),
        "speaking.no_interpreter": N_("No interpreter’s clock is running on this screen."),
        "steward.nobody": N_("Nobody takes part from elsewhere in this session."),
        "steward.seated": N_("Those from elsewhere sit at one table now."),
        "talk.none": N_("Nobody has spoken yet"),
        "talk.even": N_("All speak about alike"),
        "talk.some": N_("Some speak more than others"),
        "talk.few": N_("A few speak most"),
    }
)


class SpeakingForm(Form):
    on = BooleanField(N_("Time the turns, and keep one queue"))
    seconds = Whole(N_("Seconds for a turn"), least=LEAST_SECONDS, most=MOST_SECONDS, default=45)
    invites = BooleanField(N_("Invite whoever has been silent for long, on their own phone alone"))

    def validate_seconds(self, field: Any) -> None:
        if field.data is None and not field.errors:
            Required(N_("Enter a number of seconds."))(self, field)
