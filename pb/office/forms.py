"""Inviting people, and answering what waits for a second person."""

from __future__ import annotations

from wtforms import RadioField

from pb.access.policy import ROLES
from pb.core.forms import Email, Form, LineField, Longest, ProseField, Required, choices
from pb.core.i18n import N_, sentences

sentences(
    {
        "access.sign_in": N_("Sign in to see this page."),
        "act.processes.publish": N_("Publish the process"),
        "act.processes.dates": N_("Change the timetable"),
        "act.processes.rule": N_("Change ballot and rule"),
        "act.processes.open_now": N_("Open a step before its date"),
        "act.processes.close_now": N_("Close a step before its date"),
        "act.processes.archive": N_("Put the process into the archive"),
        "rehearsal.exists": N_("A rehearsal is going on already."),
        "rehearsal.too_late": N_("There is nothing to rehearse any more: the vote has begun."),
        "rehearsal.over": N_("This rehearsal is over. Nothing of it was kept."),
        "rehearsal.started": N_("The rehearsal is open."),
        "rehearsal.ended": N_("The rehearsal is over, and everything in it is deleted."),
        "office.copied": N_("A new draft, with the choices, areas and texts of the other process."),
        "act.unknown": N_("Nothing waits at this address."),
        "office.taken_back": N_("Taken back."),
        "act.results.publish": N_("Publish the result"),
        "act.results.finish": N_("Declare the result final"),
        "act.results.withdraw": N_("Withdraw the result"),
        "act.ballots.destroy": N_("Destroy envelopes and key of the ballot box"),
        "act.ballots.void_batch": N_("Void a batch of codes"),
    }
)

ROLE_NAMES = {
    "lead_official": N_("Lead official"), "deputy": N_("Deputy"), "valuer": N_("Valuer"),
    "moderator": N_("Moderator"), "translator": N_("Translator"),
    "facilitator": N_("Facilitator"), "auditor": N_("Auditor"), "evaluator": N_("Evaluator"),
    "conflict_officer": N_("Person for complaints"),
}


class InviteForm(Form):
    name = LineField(N_("Name"), [Required(N_("Enter the person’s name.")), Longest(200)])
    email = LineField(N_("Email address"), [Required(N_("Enter their email address.")),
                                            Longest(254), Email()])
    mail_language = RadioField(N_("Language of the mail"),
                          choices=choices([("en", "English"), ("cy", "Cymraeg")]), default="en")
    role = RadioField(N_("Role"), choices=choices((role, ROLE_NAMES[role]) for role in ROLES),
                      default="deputy")


class ReasonedForm(Form):
    reason = ProseField(N_("Why? Your reason is public."), [Required(N_("Say why.")),
                                                           Longest(2000)])


class DeclineForm(Form):
    reason = ProseField(N_("Why not?"), [Required(N_("Say why, for whoever asked.")),
                                         Longest(2000)])
