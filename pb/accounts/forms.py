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
        "keys.step_up": N_("Show once more who you are."),
        "keys.needed": N_("Set up a second key first."),
        "keys.code_wrong": N_("This code is not right, or it was used already. Wait for the next "
                              "one and type that."),
        "keys.code_missing": N_("Type the code that your app shows."),
        "keys.passkey_wrong": N_("This passkey was not accepted. Try again, or use a code."),
        "keys.passkey_late": N_("That took too long, or the page was used before. Try again."),
        "keys.passkey_known": N_("This passkey is set up already."),
        "keys.setup_old": N_("This page is more than half an hour old. Scan the new square below."),
        "keys.too_many": N_("You have ten keys. Take one away first."),
        "keys.none": N_("There is no key."),
        "keys.unknown": N_("This key is not there any more."),
        "keys.reason": N_("Say how you know that the keys are lost."),
        "keys.not_own": N_("Others decide about your own lost keys."),
        "keys.added": N_("The key is set up. Print recovery codes as well."),
        "keys.removed": N_("The key is taken away."),
        "act.accounts.reset_keys": N_("Take away somebody’s lost keys"),
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


class AppForm(Form):
    name = LineField(
        N_("A name for this app"),
        [Required(N_("Enter a name by which you will know it.")), Longest(100)],
        description=N_("Like “My telephone”. It is for you alone."))
    code = LineField(
        N_("The code that the app shows now"),
        [Required(N_("Type the code that your app shows.")), Longest(20)],
        description=N_("Six figures. They change every 30 seconds."))


class PasskeyForm(Form):
    name = LineField(
        N_("A name for this passkey"),
        [Required(N_("Enter a name by which you will know it.")), Longest(100)],
        description=N_("Like “My laptop”. It is for you alone."))
