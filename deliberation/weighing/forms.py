"""The words of what can go wrong in a round of private marks."""

from __future__ import annotations

from pb.core.i18n import N_, sentences

sentences(
    {
        "round.unknown": N_("There is no such round."),
        "round.open": N_("This is open already."),
        "round.closed": N_("This is closed: nothing can be marked any more."),
        "round.mark": N_("A mark cannot be read. Choose among what is offered."),
        "round.not_eligible": N_("Only jurors who are here, at this table and not too close to "
                                 "the matter, mark it."),
        "round.too_many": N_("There are more marks than jurors who may mark. Count the slips "
                             "again."),
        "round.marked": N_("Your marks are in. You can change them until it is closed."),
    }
)
