"""What every reader of a file gives: the contest, the grouped ballots, and what was wrong.

A reader never raises for one ballot: it refuses the ballot, counts it and reports a
``Fault``. It raises ``FormatError`` when the file as a whole cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from voting.ballots import Content
from voting.contest import Contest
from voting.papers import Rankings


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file, as a code with parameters; the sentence is written elsewhere.

    ``line``     in the file, from 1; 0 where no line is to blame
    ``ballots``  how many ballots were refused for it; 0 for a remark that refused none
                 (a project listed twice, which counts once)
    """

    line: int
    code: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    ballots: int = 0

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.parameters.items())
        return f"{self.code} ({details})" if details else self.code


class FormatError(ValueError):
    """A file that cannot be read as a whole, with everything found wrong in it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.line}: {fault}" for fault in self.faults))


@dataclass(frozen=True)
class Election:
    """A file that was read.

    ``contest.method`` is the rule which the file records, else the usual one for its kind;
    ``method_recorded`` says which of the two.
    ``groups``      distinct content to its number of ballots, blank ballots included
    ``faults``      what was refused or remarked, in the order of the lines
    ``expected``    results that the file itself records ("selected", "votes", ...), for checks
    ``money_scale`` minor units in one unit of the file's money (100 where costs have cents)
    """

    contest: Contest
    groups: Mapping[Content, int]
    faults: tuple[Fault, ...] = ()
    expected: Mapping[str, object] = field(default_factory=dict)
    title: str = ""
    format: str = ""
    method_recorded: bool = False
    currency: str = ""
    money_scale: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "expected", MappingProxyType(dict(self.expected)))
        # Looked at once here, so that no count need look again.
        object.__setattr__(self, "groups", Rankings.of(self.groups, self.contest.by_id.keys()))

    @property
    def refused(self) -> int:
        """Ballots that the reader refused; they count as invalid in the tally."""
        return sum(fault.ballots for fault in self.faults)
