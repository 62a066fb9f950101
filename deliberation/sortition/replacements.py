"""Replacements: the same lottery again, for the seats that fell free.

Whoever still sits counts towards the targets, so what remains of each target is its minimum and
maximum less those who sit. Who withdrew, and with a household rule who shares a household with
somebody sitting, is not in the pool any more. Everything else is the same protocol; the record
of the new draw names the fingerprint of the one before.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from deliberation.sortition.faults import Fault, InputError
from deliberation.sortition.pool import Pool
from deliberation.sortition.targets import Targets, tally


@dataclass(frozen=True)
class Vacancies:
    """What is left to draw: the seats, the targets and the pool for them."""

    seats: int
    targets: Targets
    pool: Pool


def vacancies(
    pool: Pool,
    targets: Targets,
    seats: int,
    sitting: Collection[str],
    withdrawn: Collection[str] = (),
) -> Vacancies:
    """The draw that fills a panel of `seats` up again.

    `pool` and `targets` are those of the first draw, `sitting` the ids of who sits and stays,
    `withdrawn` of who is not available any more: drawn before, or not. Raises InputError:
    "replacement.unknown" (id), "replacement.sits_and_withdrew" (id), "replacement.no_seat_free"
    (sitting), "replacement.past_maximum" (value, sitting, maximum).
    """
    known = set(pool.ids)
    stays, gone = set(sitting), set(withdrawn)
    faults = [
        Fault("replacement.unknown", values={"id": name}) for name in sorted((stays | gone) - known)
    ]
    faults += [
        Fault("replacement.sits_and_withdrew", values={"id": name}) for name in sorted(stays & gone)
    ]
    if len(stays) >= seats:
        faults.append(Fault("replacement.no_seat_free", values={"sitting": len(stays)}))
    on_panel = [person for person in pool.people if person.id in stays]
    have = tally(targets, [person.traits for person in on_panel])
    for target, count in zip(targets.rows, have, strict=True):
        if count > target.maximum:
            faults.append(
                Fault(
                    "replacement.past_maximum",
                    column=target.category,
                    values={"value": target.value, "sitting": count, "maximum": target.maximum},
                )
            )
    if faults:
        raise InputError(tuple(faults))
    rows = tuple(
        replace(target, minimum=max(0, target.minimum - count), maximum=target.maximum - count)
        for target, count in zip(targets.rows, have, strict=True)
    )
    homes = {person.household for person in on_panel if person.household is not None}
    left = tuple(
        person
        for person in pool.people
        if person.id not in stays | gone and person.household not in homes
    )
    return Vacancies(seats - len(stays), Targets(rows), Pool(left))
