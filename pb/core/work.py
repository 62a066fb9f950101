"""Transactions: every change of the database goes through ``Runner.run(command, ...)``.

A command is a function marked with ``@command``; its first argument is a ``Work``. It makes four
moves: require, check, change, record; it never commits. How commands are run, alone or in groups,
is ``core/runner.py``'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sqlalchemy import Connection, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from pb.core import events, jobs
from pb.core.database import Model

if TYPE_CHECKING:
    from pb.core.site import Site

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Actor:
    """Who acts: ``grants`` are (role, scope) pairs, ``passes`` a scope's id to a pass's id."""

    person_id: int | None = None
    name: str = ""
    grants: frozenset[tuple[str, int | None]] = frozenset()
    passes: Mapping[int, int] = field(default_factory=dict)
    system: bool = False
    claimed: str = ""
    """The hash of a session whose passes are claimed here and looked at by the command itself, for
    many at once; empty where they were looked up."""
    keyed: bool = False
    """Whether the person has set up a second proof of who they are (a passkey, a code app)."""
    second_at: datetime | None = None
    """When they last gave it in this session."""


NOBODY = Actor()
SYSTEM = Actor(name="system", system=True)


class Once(Model):
    """The answer that a form's one-time key got; a retry of the form gets it again."""

    __tablename__ = "once"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    command: Mapped[str] = mapped_column(String(100))
    result: Mapped[dict[str, Any]]
    made_on: Mapped[str] = mapped_column(String(10))
    """The day only: a row here must not date what was cast."""


@dataclass(frozen=True)
class Together:
    """The grouped form of a command.

    ``run`` gets a ``Work`` and the arguments of each call, all of one transaction, and gives the
    result of each. It raises when anything is not as usual: then each call runs alone.
    ``apart`` is asked of a call's arguments; calls with the same value never share a group.
    """

    run: Callable[[Sequence[Work], Sequence[tuple[Any, ...]]], list[Any]]
    apart: Callable[..., Hashable]


@dataclass(frozen=True)
class CommandInfo:
    name: str
    audited: bool
    isolation: str
    together: Together | None = None


COMMANDS: dict[str, CommandInfo] = {}


def command(
    *, audited: bool = True, isolation: str = "SERIALIZABLE", together: Together | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a service function as a command. Its module's feature and its name are its name."""
    if together is not None and audited:
        raise ValueError("a command with a grouped form writes no audit row")

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        feature = function.__module__.split(".")[-2]
        info = CommandInfo(f"{feature}.{function.__name__}", audited, isolation, together)
        COMMANDS[info.name] = info
        function.command = info  # type: ignore[attr-defined]
        return function

    return mark


class Work:
    """One transaction, as a command sees it."""

    def __init__(self, site: Site, connection: Connection, actor: Actor, now: datetime) -> None:
        self.site = site
        self.connection = connection
        self.actor = actor
        self.now = now
        self.subject: tuple[str, int | None] = ("", None)
        self.scope: int | None = None
        self.details: dict[str, Any] = {}
        self.left_jobs = False
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = Session(self.connection, join_transaction_mode="rollback_only")
        return self._session

    def about(
        self, kind: str, id: int | None, *, scope: int | None = None, **details: Any
    ) -> None:
        """Say what the audit row is about. Details are JSON values, never secrets."""
        self.subject = (kind, id)
        self.scope = scope if scope is not None else self.scope
        self.details.update(details)

    def later(self, job: jobs.Job, at: datetime | None = None, **arguments: Any) -> None:
        """Leave a job to be done after this transaction has been committed."""
        jobs.leave(self.connection, job, arguments, self.now, at)
        self.left_jobs = True

    def record(self, event: events.Event) -> None:
        """Announce what happened; each subscriber becomes a job."""
        for job in events.subscribers(type(event)):
            self.later(job, **events.as_arguments(event))

    def finish(self) -> None:
        if self._session is not None:
            self._session.flush()
            self._session.close()
