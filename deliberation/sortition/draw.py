"""The draw itself: ticket numbers, and which panel of the published portfolio it shall be.

Whoever draws must not be able to choose. So the sources of chance are promised before anything
depends on them, and looked at afterwards: a round to come of the public beacon, dice thrown in
the hall before witnesses, numbers that somebody else draws in public. A bare seed is a source
too, for trials and tests; it shows that a draw was followed, not that it was left to chance.

    seed   = SHA-256("seed-v1" || root || material of the first source), in hexadecimal;
             a bare seed is taken as it is
    index  = (h mod m + D) mod m, where m is the number of panels,
    h      = SHA-256("draw-v1" || portfolio hash || R2) as a number, big end first,
    R2     = the beacon's randomness; SHA-256("seed-v1" || seed) of a bare seed; else empty
    D      = the number of the dice, or of the numbers drawn elsewhere; 0 without them

No index is likelier than another: a number from 0 to N - 1 counts only below the largest
multiple of m that N holds. Above it the hash is taken again with a counter, and dice are thrown
again; all throws stay in the record.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod

from deliberation.sortition import beacon
from deliberation.sortition.beacon import Beacon
from deliberation.sortition.chance import Chance
from deliberation.sortition.lottery import Lottery

WITNESSES = 2


class DrawError(ValueError):
    """A draw that cannot be made, as a code with parameters.

    ``source.kind``; ``source.witnesses`` (least); ``source.name``; ``dice.faces``; ``dice.few``
    (outcomes, panels): too few dice for so many panels; ``dice.throw`` (throw): not what these
    dice show; ``dice.unfair`` (throw, below): it must be thrown again; ``dice.superfluous``
    (throws): something was thrown after the throw that counts; ``numbers.none``.
    """

    def __init__(self, code: str, **parameters: object) -> None:
        self.code = code
        self.parameters = parameters
        details = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
        super().__init__(f"{code} ({details})" if details else code)


@dataclass(frozen=True, slots=True)
class Seed:
    """A bare seed."""

    seed: str


@dataclass(frozen=True, slots=True)
class Dice:
    """Dice, balls or coins of which all faces are alike likely, each drawn afresh.

    ``faces`` is the lowest and highest number of each in turn: three ten-sided dice are
    ``((0, 9),) * 3``. ``throws`` holds every throw, the last of which counts.
    """

    name: str
    faces: tuple[tuple[int, int], ...]
    throws: tuple[tuple[int, ...], ...]
    witnesses: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_words(self.name, self.witnesses)
        if not self.faces or any(low >= high for low, high in self.faces):
            raise DrawError("dice.faces")
        if not self.throws:
            raise DrawError("dice.throw", throw=())
        for throw in self.throws:
            if len(throw) != len(self.faces) or not all(
                low <= number <= high for number, (low, high) in zip(throw, self.faces, strict=True)
            ):
                raise DrawError("dice.throw", throw=throw)

    @property
    def outcomes(self) -> int:
        return prod(high - low + 1 for low, high in self.faces)

    def value(self, throw: Sequence[int]) -> int:
        """From 0 to ``outcomes`` - 1; the first die counts most."""
        value = 0
        for number, (low, high) in zip(throw, self.faces, strict=True):
            value = value * (high - low + 1) + number - low
        return value


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers that somebody else draws in public: a named lottery's of a named day."""

    name: str
    numbers: tuple[int, ...]
    witnesses: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_words(self.name, self.witnesses)
        if not self.numbers:
            raise DrawError("numbers.none")


Source = Beacon | Seed | Dice | Numbers


@dataclass(frozen=True, slots=True)
class Promise:
    """A source of chance before it has spoken.

    ``kind`` is seed, beacon (with ``round``), dice (with ``name`` and ``faces``) or numbers (with
    ``name``).
    """

    kind: str
    round: int = 0
    name: str = ""
    faces: tuple[tuple[int, int], ...] = ()

    def as_json(self) -> dict[str, object]:
        found: dict[str, object] = {"kind": self.kind}
        if self.kind == "beacon":
            found["round"] = self.round
        if self.kind in ("dice", "numbers"):
            found["name"] = self.name
        if self.kind == "dice":
            found["faces"] = self.faces
        return found


def promise(source: Source) -> Promise:
    """What would have been promised of a source."""
    match source:
        case Seed():
            return Promise("seed")
        case Beacon(round=number):
            return Promise("beacon", round=number)
        case Dice():
            return Promise("dice", name=source.name, faces=source.faces)
        case Numbers():
            return Promise("numbers", name=source.name)


def outcome(source: Source) -> dict[str, object]:
    """What a source has said, as the record holds it."""
    found = promise(source).as_json()
    match source:
        case Seed(seed):
            found["seed"] = seed
        case Beacon():
            found["signature"] = source.signature.hex()
        case Dice():
            found |= {"throws": source.throws, "witnesses": source.witnesses}
        case Numbers():
            found |= {"numbers": source.numbers, "witnesses": source.witnesses}
    return found


def _check_words(name: str, witnesses: tuple[str, ...]) -> None:
    if not name.strip():
        raise DrawError("source.name")
    if len({witness.strip() for witness in witnesses if witness.strip()}) < WITNESSES:
        raise DrawError("source.witnesses", least=WITNESSES)


def uniform(candidates: Iterable[int], span: int, count: int) -> int:
    """The first candidate of 0 to span - 1 that is fair, modulo ``count``.

    Rejection: span need not be a multiple of count, but below ``span // count * count`` each
    remainder is there equally often.
    """
    fair = span // count * count
    return next(candidate for candidate in candidates if candidate < fair) % count


def _hashes(content: bytes) -> Iterator[int]:
    """SHA-256 of the content, then of the content with a counter of 4 bytes from 1, as numbers."""
    yield int.from_bytes(hashlib.sha256(content).digest(), "big")
    counter = 1
    while True:
        block = content + counter.to_bytes(4, "big")
        yield int.from_bytes(hashlib.sha256(block).digest(), "big")
        counter += 1


def canonical(content: object) -> bytes:
    """JSON of which there is one form: keys sorted, no spaces, UTF-8, no floats."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def portfolio_bytes(panels: Sequence[Sequence[int]]) -> bytes:
    """The published portfolio, panels of ticket numbers; its SHA-256 is the portfolio's hash."""
    return canonical({"panels": panels}) + b"\n"


def tickets(people: int, seed: str) -> tuple[int, ...]:
    """A ticket number from 1 for each person, in the pool's order: a permutation by chance."""
    return tuple(Chance(seed, "tickets").shuffled(range(1, people + 1)))


def numbered(lottery: Lottery) -> tuple[tuple[int, ...], ...]:
    """The lottery's panels as they are published: sorted ticket numbers."""
    ticket = tickets(len(lottery.ids), lottery.seed)
    return tuple(tuple(sorted(ticket[person] for person in panel)) for panel in lottery.panels)


def seed_from(source: Source, root: bytes) -> str:
    """The seed of ties, dealing and ticket numbers, from the first source."""
    match source:
        case Seed(seed):
            return seed
        case Beacon():
            material = beacon.check(source, source.round)
        case Dice():
            material = canonical([source.name, source.throws])
        case Numbers():
            material = canonical([source.name, source.numbers])
    return hashlib.sha256(b"seed-v1" + root + material).hexdigest()


def index_of(portfolio_hash: bytes, panels: int, sources: Sequence[Source]) -> int:
    """Which panel, from 0. ``sources``: a beacon or a seed, dice or numbers, or one of each.

    Errors: DrawError, BeaconError.
    """
    if not 1 <= len(sources) <= 2 or len({_place(source) for source in sources}) != len(sources):
        raise DrawError("source.kind")
    randomness, hall = b"", 0
    for source in sources:
        match source:
            case Seed(seed):
                randomness = hashlib.sha256(b"seed-v1" + seed.encode()).digest()
            case Beacon():
                randomness = beacon.check(source, source.round)
            case Dice():
                hall = _dice(source, panels)
            case Numbers():
                content = b"numbers-v1" + canonical([source.name, source.numbers])
                hall = uniform(_hashes(content), 2**256, panels)
    drawn = uniform(_hashes(b"draw-v1" + portfolio_hash + randomness), 2**256, panels)
    return (drawn + hall) % panels


def _place(source: Source) -> str:
    return "hall" if isinstance(source, Dice | Numbers) else "hash"


def _dice(dice: Dice, panels: int) -> int:
    if dice.outcomes < panels:
        raise DrawError("dice.few", outcomes=dice.outcomes, panels=panels)
    fair = dice.outcomes // panels * panels
    *before, counted = dice.throws
    for throw in before:
        if dice.value(throw) < fair:
            raise DrawError("dice.superfluous", throws=len(dice.throws))
    if dice.value(counted) >= fair:
        raise DrawError("dice.unfair", throw=counted, below=fair)
    return dice.value(counted) % panels


def draw(lottery: Lottery, sources: Sequence[Source] | None = None) -> int:
    """The place of the drawn panel in ``lottery.panels``; by the lottery's own seed if None."""
    digest = hashlib.sha256(portfolio_bytes(numbered(lottery))).digest()
    if sources is None:
        sources = (Seed(lottery.seed),)
    return index_of(digest, len(lottery.panels), sources)
