"""The sentences of what can go wrong when a table reads a line."""

from __future__ import annotations

from pb.core.i18n import N_, sentences

sentences(
    {
        "check.line": N_("This line does not stand in the text, or the colour is none of the "
                         "three."),
        "check.table": N_("Enter the number of the table that checks."),
        "check.own_table": N_("Another table checks than the one that wrote it."),
        "check.comment": N_("Say what is wrong with an amber or red line."),
        "check.moved": N_("Somebody saved version %(version)s meanwhile. Read the line again."),
    }
)
