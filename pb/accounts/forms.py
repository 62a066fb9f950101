"""What people type about themselves, and the words of this feature's codes."""

from __future__ import annotations

from wtforms import RadioField

from pb.core.forms import Email, Form, LineField, Longest, Required
from pb.core.i18n import N_, sentences

sentences(
    {
        "code.wrong": N_("This code is not right. Check it against your mail and type it again."),
        "accounts.signed_in": N_("You are signed in."),
        "accounts.signed_out": N_("You are signed out."),
        "invitation.withdrawn": N_("This invitation was withdrawn. Ask whoever invited you."),
        "invitation.waiting": N_("This person has an invitation to this role that still waits."),
        "invitation.accepted": N_("This invitation was accepted a moment ago."),
        "invitation.foreign": N_("This invitation belongs to another process."),
        "role.unknown": N_("Choose one of the roles."),
        "role.gone": N_("Somebody was faster: this role has already been taken away."),
        "role.last_lead": N_("A process needs a lead official. Invite another one first."),
        "act.waiting": N_("This already waits for a second official."),
        "act.same_person": N_("A second person has to confirm what you asked for."),
        "account.holds_task": N_("You hold a task for the council. Hand it over first, so that "
                                 "somebody answers for it."),
        "account.erased": N_("Your account is deleted. Goodbye."),
        "act.gone": N_("This does not wait any more: somebody confirmed or declined it."),
    }
)


class SignInForm(Form):
    email = LineField(
        N_("Your email address"),
        [Required(N_("Enter your email address.")), Longest(254), Email()],
        description=N_("We send you a link and a code. There is no password."),
    )


class JoinForm(Form):
    name = LineField(
        N_("Your name"),
        [Required(N_("Enter your name.")), Longest(100)],
        description=N_("It stands beside what you write. A first name is enough. If you have "
                       "been here before, your name of then stays."),
    )
    email = LineField(
        N_("Your email address"),
        [Required(N_("Enter your email address.")), Longest(254), Email()],
        description=N_("Nobody sees it. We send you a link and a code. There is no password."),
    )


class EraseForm(Form):
    posts = RadioField(
        N_("What happens to your ideas and comments?"),
        [Required(N_("Choose what happens to your ideas and comments."))],
        choices=lambda: [
            ("keep", N_("They stay, as those of “a resident”. My name goes.")),
            ("drop", N_("They go with my account.")),
        ],
    )


class CodeForm(Form):
    code = LineField(
        N_("The code from your mail"),
        [Required(N_("Enter the code from your mail.")), Longest(40)],
        description=N_("Eight letters and figures. Small or capital does not matter."),
    )
