"""What can be wrong with a draw, as codes with parameters; the words are the caller's."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and where: `row` as a spreadsheet counts (the heading is row 1)."""

    code: str
    row: int | None = None
    column: str | None = None
    values: dict[str, object] = field(default_factory=dict)


class InputError(ValueError):
    """A file or a form that cannot be read; it lists every fault, not the first alone."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(", ".join(fault.code for fault in faults))
        self.faults = faults


class LotteryError(Exception):
    """A lottery that cannot be held, for the reason in `code`."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class TimeUp(Exception):
    """The time limit came; whoever catches it returns the best so far and says the gap."""


class Cancelled(Exception):
    """Somebody asked to stop; nothing is returned."""
