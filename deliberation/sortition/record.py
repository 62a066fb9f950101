"""The record of a draw as files, in the three acts of a public draw.

``commit``    the pool is closed: a leaf for each volunteer, their root, targets, seats, number of
              panels, and the sources of chance that shall decide, before anybody knows them
``publish``   the first source is known: seed, ticket numbers, portfolio, counts, certificate
``conclude``  the second is known: the index and the panel

``write`` does all three where nobody is waiting; ``check`` examines what is there. README.txt
in the folder says what each file holds, and verify.py beside it checks all of it without this
program. Traits and ids are in ``sealed/`` alone, which is not for publication: the public files
are whole without it, and 60 to 86 of 100 volunteers are unique in their traits.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from deliberation.sortition import draw, verify
from deliberation.sortition.beacon import time_of
from deliberation.sortition.certificate import Certificate
from deliberation.sortition.draw import Promise, Seed, Source, canonical, outcome, promise
from deliberation.sortition.exclusion import Case, Exclusion, Split
from deliberation.sortition.lottery import Lottery
from deliberation.sortition.pool import Person, Pool
from deliberation.sortition.targets import Targets
from deliberation.sortition.verify import Finding

__all__ = [
    "Finding",
    "Promise",
    "RecordError",
    "check",
    "commit",
    "conclude",
    "fingerprint",
    "promise",
    "publish",
    "write",
]

FORMAT = "draw-record/1"
METHOD = "leximin-portfolio/1"
SALT_BYTES = 16
SEALED = "sealed"

README = Path(__file__).with_name("record_readme.txt")


class RecordError(ValueError):
    """A record that cannot be written so, as a code with parameters.

    ``record.folder`` (folder): it is not empty; ``record.stage`` (expected): the act before is
    missing or this one was done; ``record.people`` (missing, unknown): the lottery is of another
    pool than was committed to; ``record.settings`` (name, promised, found); ``record.seed``:
    the lottery's seed is not its source's; ``record.promise`` (promised, found): another source
    of chance than the one promised; ``record.rounds`` (first, second): the beacon's second round
    must follow the first; ``record.closed`` (closed, due): the pool closes after the first round.
    """

    def __init__(self, code: str, **parameters: object) -> None:
        self.code = code
        self.parameters = parameters
        details = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
        super().__init__(f"{code} ({details})" if details else code)


def commit(
    pool: Pool,
    targets: Targets,
    folder: Path,
    *,
    seats: int,
    panels: int,
    first: Promise,
    second: Sequence[Promise],
    ceiling: Fraction | None = None,
    closed: datetime | None = None,
    previous: str | None = None,
    salts: Sequence[bytes] | None = None,
) -> str:
    """The first act: what is fixed before chance speaks. Gives the record's fingerprint.

    ``closed`` is when the pool was closed; ``previous`` the fingerprint of the record which this
    one continues (replacements); ``salts``, 16 bytes a person, are for tests alone.
    """
    if folder.exists() and any(folder.iterdir()):
        raise RecordError("record.folder", folder=str(folder))
    if previous is not None and not re.fullmatch(r"[0-9a-f]{64}", previous):
        raise RecordError("record.settings", name="previous", promised="64 digits", found=previous)
    rounds = [one.round for one in second if one.kind == first.kind == "beacon"]
    if any(later <= first.round for later in rounds):
        raise RecordError("record.rounds", first=first.round, second=rounds[0])
    if closed is not None and first.kind == "beacon" and closed >= time_of(first.round):
        raise RecordError("record.closed", closed=closed, due=time_of(first.round))
    if salts is None:
        salts = [secrets.token_bytes(SALT_BYTES) for _ in pool.people]
    people = [_told(person, entry, targets) for entry, person in enumerate(pool.people, start=1)]
    leaves = [
        hashlib.sha256(b"\x00" + salt + canonical(person)).digest()
        for person, salt in zip(people, salts, strict=True)
    ]
    rows = [
        {
            "category": row.category,
            "value": row.value,
            "minimum": row.minimum,
            "maximum": row.maximum,
        }
        for row in targets.rows
    ]
    folder.mkdir(parents=True, exist_ok=True)
    sealed = folder / SEALED
    sealed.mkdir(mode=0o700)
    receipts = [{**person, "salt": salt.hex()} for person, salt in zip(people, salts, strict=True)]
    _write(folder, f"{SEALED}/people.json", receipts)
    (sealed / "people.json").chmod(0o600)
    _write(folder, "targets.json", rows)
    _write(folder, "leaves.json", [leaf.hex() for leaf in leaves])
    commitment = {
        "format": FORMAT,
        "method": METHOD,
        "people": len(people),
        "root": merkle_root(leaves).hex(),
        "seats": seats,
        "panels": panels,
        "targets": _sha256(folder, "targets.json"),
        "ceiling": None if ceiling is None else _fraction(ceiling),
        "first": first.as_json(),
        "second": [one.as_json() for one in second],
        "closed": None if closed is None else closed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "previous": previous,
    }
    _write(folder, "commitment.json", commitment)
    shutil.copyfile(README, folder / "README.txt")
    shutil.copyfile(Path(verify.__file__), folder / "verify.py")
    return _seal(folder)


def publish(lottery: Lottery, folder: Path, *, first: Source) -> str:
    """The second act: the lottery, held with the seed that the first source gave.

    Errors: RecordError; BeaconError and DrawError where the source is not genuine.
    """
    commitment = _stage(folder, before="commitment.json", now="portfolio.json")
    people = _read(folder, f"{SEALED}/people.json")
    ids = [person["id"] for person in people]
    if list(lottery.ids) != ids:
        raise RecordError(
            "record.people",
            missing=tuple(sorted(set(ids) - set(lottery.ids))),
            unknown=tuple(sorted(set(lottery.ids) - set(ids))),
        )
    ceiling = None if lottery.ceiling is None else _fraction(lottery.ceiling)
    settings = {"seats": lottery.seats, "panels": len(lottery.panels), "ceiling": ceiling}
    for name, found in settings.items():
        if commitment[name] != found:
            raise RecordError("record.settings", name=name, promised=commitment[name], found=found)
    _kept(commitment["first"], first)
    if draw.seed_from(first, bytes.fromhex(commitment["root"])) != lottery.seed:
        raise RecordError("record.seed")
    ticket = draw.tickets(len(ids), lottery.seed)
    by_ticket = [person for _, person in sorted(zip(ticket, range(len(ids)), strict=True))]
    _write(folder, "seed.json", {"first": outcome(first), "seed": lottery.seed})
    _write(folder, "tickets.json", ticket)
    (folder / "portfolio.json").write_bytes(draw.portfolio_bytes(draw.numbered(lottery)))
    panels_of = lottery.counts
    counts = {
        "counts": [panels_of[person] for person in by_ticket],
        "no_chance": sorted(ticket[person] for person in lottery.zero_chance),
        "target": [_decimal(lottery.target[person]) for person in by_ticket],
    }
    _write(folder, "counts.json", counts)
    certificate = {
        "bound": _fraction(lottery.bound),
        "lowest": _fraction(lottery.lowest),
        "exact": lottery.exact,
        "gap": _decimal(lottery.gap),
        "notes": lottery.notes,
        "certificate": None,
        "exclusion": None,
    }
    if lottery.certificate is not None:
        certificate["certificate"] = _certificate(lottery.certificate, people, ticket)
        exclusion = lottery.certificate.exclusion
        if exclusion is not None:
            _write(folder, f"{SEALED}/exclusion.json", _nodes(exclusion))
            (folder / SEALED / "exclusion.json").chmod(0o600)
            certificate["exclusion"] = _sha256(folder, f"{SEALED}/exclusion.json")
    _write(folder, "certificate.json", certificate)
    return _seal(folder)


def conclude(folder: Path, *, second: Sequence[Source]) -> tuple[str, int]:
    """The last act: the index that the second sources give. The fingerprint, and the index from 0.

    Errors: RecordError; BeaconError and DrawError where a source is not genuine.
    """
    commitment = _stage(folder, before="portfolio.json", now="draw.json", give="commitment.json")
    if len(second) != len(commitment["second"]):
        raise RecordError("record.promise", promised=len(commitment["second"]), found=len(second))
    for promised, source in zip(commitment["second"], second, strict=True):
        _kept(promised, source)
    panels = _read(folder, "portfolio.json")["panels"]
    portfolio = _sha256(folder, "portfolio.json")
    index = draw.index_of(bytes.fromhex(portfolio), len(panels), second)
    drawn = {
        "commitment": _sha256(folder, "commitment.json"),
        "portfolio": portfolio,
        "second": [outcome(source) for source in second],
        "index": index,
        "panel": index + 1,
        "tickets": panels[index],
    }
    _write(folder, "draw.json", drawn)
    entry = {ticket: at for at, ticket in enumerate(_read(folder, "tickets.json"), start=1)}
    people = _read(folder, f"{SEALED}/people.json")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("ticket", "entry", "id"))
    for ticket in panels[index]:
        writer.writerow((ticket, entry[ticket], people[entry[ticket] - 1]["id"]))
    listed = folder / SEALED / "drawn.csv"
    listed.write_text(text.getvalue(), encoding="utf-8", newline="\n")
    listed.chmod(0o600)
    return _seal(folder), index


def write(
    lottery: Lottery,
    pool: Pool,
    targets: Targets,
    folder: Path,
    *,
    second: Sequence[Source] | None = None,
    previous: str | None = None,
    salts: Sequence[bytes] | None = None,
) -> tuple[str, int]:
    """All three acts at once, from a bare seed: the lottery's own. The fingerprint, the index.

    ``second``: what decides the index, by default the same seed. The index is that of
    ``draw.draw(lottery, second)``. For sources that were promised before they spoke, ``commit``,
    ``publish`` and ``conclude`` are called in their time.
    """
    seed = Seed(lottery.seed)
    sources: Sequence[Source] = (seed,) if second is None else second
    commit(
        pool,
        targets,
        folder,
        seats=lottery.seats,
        panels=len(lottery.panels),
        first=promise(seed),
        second=[promise(source) for source in sources],
        ceiling=lottery.ceiling,
        previous=previous,
        salts=salts,
    )
    publish(lottery, folder, first=seed)
    return conclude(folder, second=sources)


def check(folder: Path, *, previous: Path | None = None) -> list[Finding]:
    """Everything that is wrong with a record, each with the file it was seen in; empty if sound.

    ``previous``: the folder of the record that this one continues. What could not be checked is
    in ``verify.examine(folder).unchecked``.
    """
    return verify.examine(folder, previous=previous).findings


def fingerprint(folder: Path) -> str:
    """SHA-256 of the manifest, in hexadecimal: what is read out and published."""
    return _sha256(folder, "manifest.json")


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root of RFC 9162's tree over leaf hashes, built up level by level."""
    level = list(leaves)
    while len(level) > 1:
        paired = [
            hashlib.sha256(b"\x01" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def _told(person: Person, entry: int, targets: Targets) -> dict[str, object]:
    """What a leaf says of a volunteer: all that the lottery knows of them, and nothing else."""
    return {
        "entry": entry,
        "id": person.id,
        "traits": {targets.rows[at].category: targets.rows[at].value for at in person.traits},
        "household": person.household,
    }


def _certificate(
    proof: Certificate, people: Sequence[Mapping[str, object]], ticket: Sequence[int]
) -> dict[str, object]:
    """The certificate by ticket; a household is named by its smallest ticket, not its address."""
    smallest: dict[str, int] = {}
    for number, person in zip(ticket, people, strict=True):
        household = person["household"]
        if household is not None:
            name = str(household)
            smallest[name] = min(number, smallest.get(name, number))
    by_ticket = [person for _, person in sorted(zip(ticket, range(len(ticket)), strict=True))]
    return {
        "denominator": proof.denominator,
        "weights": [proof.weights[person] for person in by_ticket],
        "ceiling": [proof.ceiling[person] for person in by_ticket],
        "seat": proof.seat,
        "at_most": proof.at_most,
        "at_least": proof.at_least,
        "household": sorted((smallest[name], price) for name, price in proof.household),
        "excluded": sorted(ticket[person] for person in proof.excluded),
    }


def _nodes(exclusion: Exclusion) -> list[dict[str, object]]:
    """The tree of cases as a list, the root first; people are entries from 1.

    Sealed, because its splits name those who share a trait.
    """
    nodes: list[dict[str, object]] = []
    stack: list[tuple[Split | Case, int, str]] = [(exclusion.root, -1, "")]
    while stack:
        node, parent, side = stack.pop()
        if parent >= 0:
            nodes[parent][side] = len(nodes)
        if isinstance(node, Split):
            stack += [(node.high, len(nodes), "high"), (node.low, len(nodes), "low")]
            people = [person + 1 for person in node.people]
            nodes.append({"people": people, "at_most": node.at_most})
        else:
            nodes.append(asdict(node))
    return nodes


def _kept(promised: Mapping[str, object], source: Source) -> None:
    found = promise(source).as_json()
    if canonical(promised) != canonical(found):
        raise RecordError("record.promise", promised=promised, found=found)


def _stage(folder: Path, *, before: str, now: str, give: str | None = None) -> Any:
    if not (folder / before).is_file() or (folder / now).exists():
        raise RecordError("record.stage", expected=before)
    return _read(folder, give or before)


def _fraction(number: Fraction) -> str:
    return f"{number.numerator}/{number.denominator}"


def _decimal(number: float) -> str:
    return repr(float(number))


def _write(folder: Path, name: str, content: object) -> None:
    (folder / name).write_bytes(canonical(content) + b"\n")


def _read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_bytes())


def _sha256(folder: Path, name: str) -> str:
    return hashlib.sha256((folder / name).read_bytes()).hexdigest()


def _seal(folder: Path) -> str:
    """Write the manifest over all public files that are there; gives the fingerprint.

    The sealed ones need no mention: the leaves cover every byte of people.json, and drawn.csv
    follows from it.
    """
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    manifest = {
        "format": FORMAT,
        "files": {name: _sha256(folder, name) for name in names if name != "manifest.json"},
    }
    _write(folder, "manifest.json", manifest)
    return fingerprint(folder)
