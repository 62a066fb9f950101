"""The words of moderation's codes."""

from __future__ import annotations

from pb.core.i18n import N_, Reader, sentences
from pb.moderation.rules import Contact

WHY = {
    "personal": N_("It gives away something private about a person"),
    "insult": N_("It insults or threatens somebody, or sets people against a group"),
    "unlawful": N_("It may break the law"),
    "advert": N_("It is advertising, or the same again and again"),
    "misleading": N_("It pretends to be from somebody else, or to be official"),
    "other": N_("Something else"),
}
"""Reasons to report and reasons to hide. Not to like an idea is none of them."""

HELD_BACK = {
    "ballot": N_("It is on a ballot that is open. A report does not hide it."),
    "decision": N_("Officials decided it. A report does not hide it."),
    "statement": N_("The jury’s statement is locked. A report does not hide it."),
    "stays": N_("A moderator decided before that these words stay. A report does not hide them "
                "again."),
    "unfounded": N_("Whoever reported it was wrong several times in a row. So it is still shown."),
    "many": N_("Very many reports came in within an hour. So it is still shown."),
}

CONTACTS = {
    "email": N_("You are about to publish an email address: %(text)s."),
    "phone": N_("You are about to publish a phone number: %(text)s."),
    "address": N_("You are about to publish where somebody lives: %(text)s."),
    "link": N_("You are about to publish a link: %(text)s."),
}

CONTACT_NAMES = {
    "email": N_("Email address: %(text)s"), "phone": N_("Phone number: %(text)s"),
    "address": N_("Address: %(text)s"), "link": N_("Link: %(text)s"),
}
"""The same for a moderator, who is publishing nothing."""

sentences(
    {
        "report.code": N_("Choose why."),
        "report.words": N_("Say in a few words what is wrong."),
        "report.gone": N_("This is not shown any more."),
        "report.enough": N_("You have reported as much as one person may in a day. A moderator "
                            "looks at what you reported."),
        "report.enough_stranger": N_("Enough was reported from this connection today. Sign in to "
                                     "report more."),
        "case.unknown": N_("There is no report at this address."),
        "case.decided": N_("%(by)s has decided this already. Nothing of yours was put over it."),
        "case.reason": N_("Say why. The author reads it."),
        "case.outcome": N_("Choose what is to happen."),
        "case.own_post": N_("You wrote this yourself. Somebody else has to decide it."),
        "case.same_person": N_("You decided this yourself. Another person has to answer the "
                               "appeal."),
        "case.saved": N_("Decided. The author is told."),
        "appeal.words": N_("Say why it should be shown."),
        "appeal.over": N_("No appeal can be made any more."),
        "appeal.none": N_("Nobody has appealed."),
        "appeal.answered": N_("%(by)s has answered this appeal already."),
        "appeal.sent": N_("Sent. Another person looks at it."),
        "appeal.saved": N_("Answered. The author is told."),
    }
)


def contact_sentences(reader: Reader, found: list[Contact]) -> list[str]:
    """What an author is told before posting, a sentence for each contact in the text."""
    return [reader.say(CONTACTS[one.kind], text=one.text) for one in found]
