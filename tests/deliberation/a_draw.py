"""A small draw for the tests of records: a pool, a lottery made by hand, and its folder."""

import json
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from deliberation.sortition import draw, record, verify
from deliberation.sortition.beacon import Beacon
from deliberation.sortition.certificate import Certificate
from deliberation.sortition.exclusion import Case, Exclusion, Split
from deliberation.sortition.lottery import Lottery
from deliberation.sortition.pool import Person, Pool
from deliberation.sortition.targets import Target, Targets

WITNESSES = ("the town clerk", "a member of the public")


ROUND_1000 = Beacon(
    1000,
    bytes.fromhex(
        "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125"
        "e342b73a8dd2bacbe47e4b6b63ed5e39"
    ),
)


ROUND_12040883 = Beacon(
    12040883,
    bytes.fromhex(
        "929906c959032ab363c9f26570d215d66f5c06cb0c44fe508c12bb5839f04ec8"
        "95bb6868e5b9ff13ab289bdb5266b394"
    ),
)


TARGETS = Targets(
    (
        Target("sex", "f", 2, 2),
        Target("sex", "m", 2, 2),
        Target("place", "here", 4, 4),
        Target("place", "gone", 0, 0),
    )
)


PANELS = 60


# Nobody of a place that has no seat: the place's maximum costs as much as one person weighs. The
# split on the women is not needed, but it is a proof by cases all the same.
CASE = {"denominator": 1, "seat": 0, "at_least": (0,) * 4, "household": ()}


EXCLUSION = Split(
    (0, 1, 2, 3),
    1,
    Case(at_most=(0, 0, 0, 1), splits=(0,), **CASE),
    Case(at_most=(0, 0, 0, 1), splits=(0,), **CASE),
)


def a_pool() -> Pool:
    """Four women and six men for two seats each; a woman whom no panel can hold; one household."""
    people = [Person(f"f{at}", (0, 2)) for at in range(4)]
    people += [Person(f"m{at}", (1, 2), "Mill Lane 3" if at < 2 else None) for at in range(6)]
    return Pool((*people, Person("f-away", (0, 3))))


def a_lottery(seed: str = "7") -> Lottery:
    """Everybody of a kind in turn: each man's chance is 1/3, which is also the bound."""
    panels = []
    for turn in range(PANELS):
        women = {(2 * turn) % 4, (2 * turn + 1) % 4}
        first = turn % 3  # m0 with m2, m1 with m3, m4 with m5: never two of the household
        men = {(4, 6), (5, 7), (8, 9)}
        panels.append(tuple(sorted(women | set(sorted(men)[first]))))
    return Lottery(
        ids=a_pool().ids,
        seats=4,
        panels=tuple(panels),
        target=(0.5,) * 4 + (1 / 3,) * 6 + (0.0,),
        zero_chance=(10,),
        type_of=(0,) * 4 + (1, 1, 2, 2, 2, 2) + (3,),
        bound=Fraction(1, 3),
        # The men's two seats are shared by six: each man weighs 1 and the seat costs 1.
        certificate=Certificate(
            denominator=6,
            weights=(0,) * 4 + (1,) * 6 + (0,),
            seat=0,
            at_most=(0, 1, 0, 0),
            at_least=(0, 0, 0, 0),
            household=(("Mill Lane 3", 0),),
            ceiling=(0,) * 11,
            bound=Fraction(1, 3),
            excluded=(10,),
            exclusion=Exclusion(EXCLUSION),
        ),
        exact=True,
        gap=0.0,
        seed=seed,
    )


SALTS = [bytes([at]) * 16 for at in range(11)]


def stand_alone(folder: Path, *arguments: str, script: Path | None = None) -> tuple[int, str]:
    """verify.py alone: isolated and without any installed package."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script or verify.__file__), str(folder), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def alter(folder: Path, name: str, change: Callable[[Any], object], *, seal: bool) -> None:
    """Change a JSON file in good form; with ``seal`` its hashes too, as a careful forger would."""
    path = folder / name
    content = json.loads(path.read_bytes())
    changed = change(content)
    path.write_bytes(draw.canonical(content if changed is None else changed) + b"\n")
    if seal:
        record._seal(folder)


def files(folder: Path) -> list[str]:
    names = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return sorted(names)


def root_of(folder: Path) -> bytes:
    return bytes.fromhex(json.loads((folder / "commitment.json").read_bytes())["root"])
