"""The words of the core's own codes."""

from pb.core.i18n import N_, sentences

sentences(
    {
        "page.not_found": N_("There is no page at this address."),
        "form.too_long": N_(
            "This is %(over)s characters too long. At most %(most)s characters fit."
        ),
        "form.email": N_(
            "Enter an email address in the correct format, like name@example.com."
        ),
        "form.money": N_("Enter an amount of money, like 12500 or 12500.50."),
        "form.money_range": N_("Enter an amount that is not below zero and not beyond reason."),
        "form.day": N_("Enter a day, like 2027-05-23."),
        "form.moment": N_("Enter a date and time, like 2027-05-23 20:00."),
        "rates.too_many": N_("That were too many tries in a short time."),
        "database.busy": N_("The database could not take it just now."),
        "link.unknown": N_("This link or code is not complete, or it was never ours."),
        "link.used": N_("This link was used at %(at)s. Each link works once."),
        "link.expired": N_("This link has expired."),
        "form.number": N_("Enter a whole number from %(least)s to %(most)s."),
        "access.not_you": N_("This page is for other people."),
        "access.not_now": N_("This cannot be done at this time."),
    }
)
