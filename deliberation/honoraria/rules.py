"""What is due to a juror. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

MOST = 100_000_000


@dataclass(frozen=True)
class Cost:
    """A claim, as the sum sees it."""

    id: int
    amount: int
    state: str


@dataclass(frozen=True)
class Account:
    """What a juror has had and has to come, in minor units. ``sessions`` are the numbers of those
    that are not paid yet; ``claims`` the agreed ones that are not."""

    sessions: tuple[int, ...]
    claims: tuple[int, ...]
    due: int
    paid: int


def account(
    amount: int, choice: str, attended: Collection[int], paid: Iterable[tuple[int, int]],
    claims: Sequence[Cost],
) -> Account:
    """``attended``: sessions that the juror came to; ``paid``: (session, amount). Who declined is
    owed nothing for sessions; costs that were agreed are owed to everybody."""
    known = dict(paid)
    open_sessions = () if choice == "declined" else tuple(sorted(set(attended) - set(known)))
    open_claims = tuple(one.id for one in claims if one.state == "agreed")
    return Account(
        open_sessions, open_claims,
        amount * len(open_sessions)
        + sum(one.amount for one in claims if one.state == "agreed"),
        sum(known.values()) + sum(one.amount for one in claims if one.state == "paid"),
    )
