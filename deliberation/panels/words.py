"""Plain English for what can be wrong with a draw; the web app has its own, in two languages."""

from collections.abc import Iterable

from deliberation.sortition.faults import Fault
from deliberation.sortition.feasibility import Change

SENTENCES = {
    "file.not_utf8": "is not UTF-8 text; save the file as CSV UTF-8",
    "file.column_missing": "there is no such column",
    "file.column_repeated": "there is more than one such column",
    "targets.empty": "there are no targets",
    "targets.name_missing": "the cell is empty",
    "targets.not_a_count": "“{cell}” is not a whole number",
    "targets.minimum_above_maximum": (
        "the minimum {minimum} of “{value}” is above its maximum {maximum}"
    ),
    "targets.repeated": "“{value}” has a target already, in row {first}",
    "targets.minimums_past_seats": (
        "the minimums sum to {sum}, but there are {seats} seats; lower some minimums"
    ),
    "targets.maximums_below_seats": (
        "the maximums sum to {sum}, but there are {seats} seats; raise some maximums"
    ),
    "targets.too_few_people": (
        "“{value}” needs at least {minimum}, but the pool has {have}; lower the minimum or invite"
        " more people"
    ),
    "pool.smaller_than_seats": "there are more seats than people in the pool ({pool})",
    "people.empty": "there is nobody in the pool",
    "people.too_many_cells": "there are more cells than the heading has columns",
    "people.id_missing": "the id is empty",
    "people.repeated": "“{id}” is in row {first} already",
    "people.trait_missing": "the cell is empty",
    "replacement.unknown": "nobody in the pool has the id “{id}”",
    "replacement.sits_and_withdrew": "“{id}” is said both to sit and to have withdrawn",
    "replacement.no_seat_free": "{sitting} sit already, so that no seat is free",
    "replacement.past_maximum": (
        "{sitting} who sit have “{value}”, which is above the maximum {maximum}"
    ),
    "people.value_unknown": "no target names “{value}”",
}


def sentence(fault: Fault, file: str = "") -> str:
    """Where it is, and what is wrong."""
    place = [file] if file else []
    if fault.row is not None:
        place.append(f"row {fault.row}")
    if fault.column is not None:
        place.append(f"column {fault.column}" if fault.row is not None else fault.column)
    words = SENTENCES[fault.code].format(**fault.values)
    return f"{', '.join(place)}: {words}" if place else words


def changes(found: Iterable[Change]) -> str:
    """Changes of targets, as advice."""
    return "; ".join(
        f"{change.target.category}, {change.target.value}: {change.end} "
        f"{getattr(change.target, change.end)} to {change.to}"
        for change in found
    )
