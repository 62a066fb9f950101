"""Grouped rankings that need not be looked at again, and very many of them as one array.

A million ballots as a million Python objects would take a gigabyte and most of the time of a
count. ``Papers`` is a mapping of contents to numbers like any other (made only if somebody
looks inside), while the rules that know it count from its array.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import cached_property
from typing import TYPE_CHECKING, Any

from voting.ballots import Content, Ranking

if TYPE_CHECKING:  # who only asks whether something is Papers need not wait for numpy
    import numpy as np
    import numpy.typing as npt

    Codes = npt.NDArray[Any]
    """Option numbers by paper (rows) and rank (columns), signed integers; -1 after the last."""


class Rankings(dict[Content, int]):
    """Groups in which whoever read them saw only rankings of ``known`` options, none of them
    blank and each at least once. Nobody adds to them."""

    __slots__ = ("known",)

    def __init__(self, groups: Mapping[Content, int], known: Set[str]) -> None:
        super().__init__(groups)
        self.known = known

    @staticmethod
    def of(groups: Mapping[Content, int], known: Set[str]) -> Mapping[Content, int]:
        """The same groups, as ``Rankings`` where they are such; looked at as a whole."""
        if isinstance(groups, (Rankings, Papers)) or set(map(type, groups)) != {Ranking}:
            return groups
        chosen = [content.options for content in groups]
        if min(groups.values()) > 0 and all(chosen) and known >= set().union(*chosen):
            return Rankings(groups, known)
        return groups


class Papers(Mapping[Content, int]):
    """Rankings as ``codes`` over ``options``, each paper ``numbers`` times, and ``others``.

    Each row of ``codes`` must be a ranking: no option twice, nothing after the first -1.
    ``others`` are contents that no row can hold (marks with skips, repeats or overvotes).
    """

    def __init__(
        self,
        options: tuple[str, ...],
        codes: Codes,
        numbers: npt.NDArray[np.int64] | None = None,
        others: Mapping[Content, int] | None = None,
    ) -> None:
        import numpy as np

        self.options = options
        self.codes = codes
        self.numbers = np.ones(len(codes), np.int64) if numbers is None else numbers
        self.others = dict(others or {})

    @cached_property
    def _groups(self) -> dict[Content, int]:
        groups: dict[Content, int] = {}
        names = self.options
        for row, number in zip(self.codes.tolist(), self.numbers.tolist(), strict=True):
            ranking = Ranking(tuple(names[code] for code in row if code >= 0))
            groups[ranking] = groups.get(ranking, 0) + number
        for content, number in self.others.items():
            groups[content] = groups.get(content, 0) + number
        return groups

    def __getitem__(self, content: Content) -> int:
        return self._groups[content]

    def __iter__(self) -> Iterator[Content]:
        return iter(self._groups)

    def __len__(self) -> int:
        return len(self._groups)

    @property
    def ballots(self) -> int:
        return int(self.numbers.sum()) + sum(self.others.values())

    def names(self) -> tuple[str, ...]:
        """All options that a reader knows of: those of the array, in its order."""
        return self.options

    def parted(self) -> tuple[Papers, int]:
        """The papers with at least one preference, and the number of blank ones."""
        if self.codes.shape[1] == 0:
            return Papers(self.options, self.codes[:0], self.numbers[:0]), int(self.numbers.sum())
        filled = self.codes[:, 0] >= 0
        if filled.all():
            return Papers(self.options, self.codes, self.numbers), 0
        blank = int(self.numbers[~filled].sum())
        return Papers(self.options, self.codes[filled], self.numbers[filled]), blank

    def joined(self, contents: Mapping[Content, int]) -> Papers:
        """With more contents: rankings go into the array, others stand beside it."""
        rows = {content: n for content, n in contents.items() if isinstance(content, Ranking)}
        others = {content: n for content, n in contents.items() if content not in rows}
        if not rows:
            return Papers(self.options, self.codes, self.numbers, others)
        known = tuple(dict.fromkeys((*self.options, *(o for r in rows for o in r.options))))
        place = {option: number for number, option in enumerate(known)}
        width = max(self.codes.shape[1], *(len(content.options) for content in rows))
        import numpy as np

        kind = np.promote_types(self.codes.dtype, np.min_scalar_type(-len(known) - 1))
        codes = np.full((len(self.codes) + len(rows), width), -1, kind)
        codes[: len(self.codes), : self.codes.shape[1]] = self.codes
        for row, content in enumerate(rows, len(self.codes)):
            codes[row, : len(content.options)] = [place[option] for option in content.options]
        numbers = np.concatenate([self.numbers, np.array(list(rows.values()), np.int64)])
        return Papers(known, codes, numbers, others)
