"""The words of the record's codes."""

from pb.core.i18n import N_, sentences

sentences(
    {
        "record.not_begun": N_("There is no record at this address yet."),
        "record.begun": N_("The record of this process has begun already."),
        "record.no_head": N_("The record has no signed head yet. It has one within ten seconds."),
        "record.numbers": N_("Give whole numbers, like 0 or 25."),
        "record.beyond": N_("The signed record does not reach so far. It holds %(size)s entries."),
        "record.order": N_("The first number must not be larger than the second."),
        "record.from_nothing": N_("A proof begins with at least one entry."),
    }
)
