"""The demo's town as it stands in its files: ``town.toml``, ``projects/``, ``map.toml``,
``drawings/``. Everybody in it is invented."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from pb.processes.models import Area
from pb.processes.values import BAND_OF

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Town:
    """The parsed files, as plain tables."""

    folder: Path = HERE

    @cached_property
    def data(self) -> dict[str, Any]:
        return tomllib.loads((self.folder / "town.toml").read_text(encoding="utf-8"))

    @cached_property
    def map(self) -> dict[str, Any]:
        return tomllib.loads((self.folder / "map.toml").read_text(encoding="utf-8"))

    @cached_property
    def projects(self) -> list[dict[str, Any]]:
        """All projects, by process and number."""
        tables = [
            tomllib.loads(path.read_text(encoding="utf-8"))
            for path in sorted((self.folder / "projects").glob("*.toml"))
        ]
        return sorted(tables, key=lambda one: (one["process"], one["number"]))

    @cached_property
    def residents(self) -> dict[str, dict[str, Any]]:
        return {one["slug"]: one for one in self.data["residents"]}

    def drawing(self, slug: str) -> bytes:
        return (self.folder / "drawings" / f"{slug}.svg").read_bytes()


def areas_of(town: Town, budgets: Mapping[str, int]) -> list[Area]:
    """The town's areas for a process, each with its purse in minor units by the area's id."""
    return [
        Area(
            key="" if one["id"] == "town" else one["id"], name=one["name"],
            description=one["about"], budget=budgets[one["id"]],
            population=one["population"], position=position, whole=one["id"] == "town",
        )
        for position, one in enumerate(town.data["areas"])
    ]


def decides(kind: str, voted: datetime | None) -> dict[str, Any]:
    """How far people decide in a phase; in the vote together, with a reply two months after it."""
    band = BAND_OF[kind]
    promised = voted + timedelta(days=60) if voted is not None and band == "together" else None
    return {"band": band, "reply_by": promised, "who": {}}
