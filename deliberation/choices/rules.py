"""Which projects a vote by consent leaves on the ballot. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


def label(number: int, title: Mapping[str, str], languages: Sequence[str]) -> str:
    """An option's words in a vote: its number, and its title in each language."""
    words = list(dict.fromkeys(title[one] for one in languages if title.get(one)))
    return f"{number}. {' / '.join(words)}"[:300]


def by_consent(
    numbers: Iterable[int], votes: Iterable[tuple[int, bool]]
) -> tuple[list[int], list[int]]:
    """(carried, not voted on) of projects, from (number, carried) of each vote in its order: the
    last vote on a project counts."""
    last = dict(votes)
    known = list(numbers)
    return [one for one in known if last.get(one)], [one for one in known if one not in last]
