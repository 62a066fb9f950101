"""The sentences of what can go wrong with tables."""

from __future__ import annotations

from pb.core.i18n import N_, sentences

sentences(
    {
        "allocation.tables": N_("There must be two tables at least: one tests, another checks."),
        "allocation.no_slots": N_("No session of this plan has a part in which tables test a "
                                  "project step by step."),
        "allocation.no_seats": N_("Plan the seats of session %(session)s first: who sits where "
                                  "decides which table may test what."),
        "allocation.too_close": N_("At every table somebody is too close to project %(project)s, "
                                   "or the tables are full. Change a seat and try again."),
        "allocation.begun": N_("The tests have begun: the tables of the projects stay."),
        "allocation.merge": N_("These tables cannot be put together."),
        "allocation.too_late": N_("Reserves take seats only until the second session begins."),
        "allocation.too_early": N_("The seat is kept until %(time)s. From then on a reserve can be "
                                  "drawn for it."),
        "allocation.is_here": N_("This juror has come, or has no seat."),
        "allocation.no_reserve": N_("No reserve is here any more."),
    }
)
