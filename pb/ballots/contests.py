"""A process and its projects as a contest of the counting library, and its order of lots."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from pb.processes.models import Area, Process
from voting import Contest, Group, Option


class Votable(Protocol):
    """What a contest needs to know of a project; ``Project`` and ``ProjectRow`` both fit."""

    @property
    def option_id(self) -> str: ...
    @property
    def area_id(self) -> int: ...
    @property
    def cost(self) -> int: ...
    @property
    def title(self) -> Mapping[str, str]: ...
    @property
    def aside(self) -> Mapping[str, str]: ...


def areas_of_voter(process: Process, area_id: int | None) -> list[Area]:
    """The areas that a voter decides about: the own one and the whole town's; all without one."""
    if area_id is None:
        return list(process.areas)
    return [area for area in process.areas if area.whole or area.id == area_id]


def contest_of(
    process: Process, projects: Iterable[Votable], area_id: int | None = None
) -> Contest:
    """The contest of a process; with ``area_id`` only what a voter of that area votes on.

    The count takes the whole contest: a ballot that stands for an area stands in the whole.
    Projects that a jury left off the ballot are in no contest.
    Groups of projects of which one at most may win stand in the process's method settings:
    ``{"groups": [{"id": "school", "options": ["3", "9"], "exclusive_on_ballot": false}]}``.
    """
    areas = {area.id: area for area in areas_of_voter(process, area_id)}
    settings = dict(process.method_settings)
    groups = settings.pop("groups", [])
    options = tuple(
        Option(
            project.option_id,
            name=project.title.get("en") or next(iter(project.title.values()), ""),
            cost=project.cost,
            area=areas[project.area_id].key,
        )
        for project in projects
        if project.area_id in areas and not project.aside
    )
    known = {option.id for option in options}
    return Contest(
        options=options,
        kind=process.ballot_kind,
        method=process.method,
        seats=process.seats,
        budgets={area.key: area.budget for area in areas.values()},
        settings=settings,
        groups=tuple(
            Group(one["id"], frozenset(one["options"]) & known,
                  bool(one.get("exclusive_on_ballot", False)))
            for one in groups
        ),
        max_choices=process.max_choices,
        max_points=process.max_points,
        min_support=process.min_support,
    )


def lot_order_of(process: Process, option_ids: Sequence[str]) -> tuple[str, ...]:
    """The order of lots that settles ties, the earlier one favoured, drawn from the recorded seed.

    An option's lot is SHA-256 over the seed, a line feed and the option's id, all as UTF-8; the
    options stand in the order of their lots as numbers. Sorting by 256-bit lots leaves no
    remainder to favour anybody, needs no random generator, and can be repeated by
    ``printf '%s\\n%s' SEED ID | sha256sum`` for each option.
    """
    return tuple(sorted(option_ids, key=lambda option: (lot(process.lot_seed, option), option)))


def lot(seed: str, option: str) -> str:
    """The lot of an option: 64 hexadecimal digits."""
    return hashlib.sha256(f"{seed}\n{option}".encode()).hexdigest()
