"""The council, its processes, their phases and areas."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.core.database import Model

PHASE_KINDS = ("ideas", "assessment", "jury", "voting", "count", "results", "delivery")


class Council(Model):
    """The one council of this installation."""

    __tablename__ = "council"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[dict[str, str]]
    claim: Mapped[dict[str, str]]
    """A line under the name: "Town money, town decisions"."""
    languages: Mapped[list[str]]
    time_zone: Mapped[str] = mapped_column(String(50))
    address: Mapped[dict[str, str]]
    phone: Mapped[str] = mapped_column(String(50), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    strip: Mapped[str] = mapped_column(String(60), default="")
    """The picture over the home page, a key of the storage."""
    made_at: Mapped[datetime]


class Process(Model):
    """One participatory run, with phases."""

    __tablename__ = "processes"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(20), default="draft")
    """draft, published, archived, rehearsal, or wiped: what is left of a rehearsal, so that its
    number is never given to another process."""
    name: Mapped[dict[str, str]]
    headline: Mapped[dict[str, str]]
    """What the home page says in large letters; empty: made from the sum."""
    lead: Mapped[dict[str, str]]
    """One or two sentences under it."""
    purpose: Mapped[dict[str, str]]
    who_decides: Mapped[dict[str, Any]]
    """``{"citizens": {"title": {"en": ...}, "text": {...}}, "jury": ..., "officers": ...}``; a part
    or a title may be missing."""
    rule_reason: Mapped[dict[str, str]]
    rule_chosen_at: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3), default="GBP")
    time_zone: Mapped[str] = mapped_column(String(50))
    ballot_kind: Mapped[str] = mapped_column(String(20))
    """ranked, approval, knapsack or points."""
    method: Mapped[str] = mapped_column(String(40))
    method_settings: Mapped[dict[str, Any]]
    seats: Mapped[int] = mapped_column(default=0)
    max_choices: Mapped[int | None]
    max_points: Mapped[int | None]
    min_support: Mapped[int] = mapped_column(default=0)
    """Votes (or points) that a project needs at least to be funded; 0: none."""
    quorum: Mapped[int] = mapped_column(default=0)
    """So many people must vote, or the result only advises; 0: none."""
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The design choices besides ballot and rule, with their public reasons:
    ``{"quorum": {"reason": {"en": ...}}}`` by the names of ``values.CHOICES``."""
    lot_seed: Mapped[str] = mapped_column(String(64))
    """The recorded seed from which the lot order is drawn (results/rules.py)."""
    map: Mapped[dict[str, Any]]
    """Wards and rivers to draw (components/map.html), or empty."""
    source: Mapped[dict[str, Any]]
    """Where an imported process came from: file name, digest, rule as recorded; else empty."""
    invented: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    copied_from: Mapped[int | None] = mapped_column(ForeignKey("processes.id"))
    """The earlier process whose choices, areas and texts this one began with."""
    rehearsal_of: Mapped[int | None] = mapped_column(ForeignKey("processes.id"), index=True)
    """Set for a rehearsal: a copy with everything of its own, which goes when it ends."""
    follows: Mapped[int | None] = mapped_column(ForeignKey("processes.id"), index=True)
    """Set for a second vote: the process whose projects are voted on once more."""
    roll_of: Mapped[int | None] = mapped_column(ForeignKey("processes.id"))
    """Set where the list of voters was taken over from another process: nobody comes onto it any
    more, and codes and addresses are known again by that process's fingerprints."""

    phases: Mapped[list[Phase]] = relationship(
        back_populates="process", order_by="Phase.opens_at, Phase.id", lazy="selectin"
    )
    areas: Mapped[list[Area]] = relationship(
        back_populates="process", order_by="Area.position, Area.id", lazy="selectin"
    )

    # -- as the subject of a permission (pb.access.policy.Subject) ---------------------------

    @property
    def scope_id(self) -> int:
        return self.id

    @property
    def is_public(self) -> bool:
        return self.state not in ("draft", "wiped")

    @property
    def is_rehearsal(self) -> bool:
        return self.rehearsal_of is not None

    def phase_kind(self, now: datetime) -> str:
        """The kind of the phase that is open now; "before" the first, "draft" while unpublished,
        "archived" afterwards. Between two phases the earlier one's successor has not begun:
        "between"; once voting has closed the count is open until results are, whatever the dates
        leave out."""
        from pb.processes.rules import phase_kind

        return phase_kind(self, now)


class Phase(Model):
    """A dated stage; its kind opens actions."""

    __tablename__ = "phases"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[dict[str, str]]
    summary: Mapped[dict[str, str]]
    opens_at: Mapped[datetime]
    """The day on which it is planned to open; it is open from ``opened_at`` on."""
    closes_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    """Since when it counts as open: its date had come and nothing was missing. Set by the worker,
    or by two officials who open it early."""
    closed_at: Mapped[datetime | None]
    """When its end was noticed and announced. It is over at ``closes_at``, noticed or not."""
    held_at: Mapped[datetime | None]
    """Since when it is held back because something is missing; the officials were told then."""
    band: Mapped[str] = mapped_column(String(12), default="")
    """How far people decide: informs, consults, involves or together (values.BANDS)."""
    who: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Who knows, decides and acts: ``{"knows": {"en": ...}, "decides": ..., "acts": ...}``."""
    reply_by: Mapped[datetime | None]
    """By when the council promises to answer what people said or decided in it."""

    process: Mapped[Process] = relationship(back_populates="phases")


class Area(Model):
    """A place or theme with its own budget; ``whole`` is everybody's."""

    __tablename__ = "areas"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    key: Mapped[str] = mapped_column(String(80))
    """Its id in counts and files; the whole area's is the empty text."""
    name: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]]
    budget: Mapped[int] = mapped_column(BigInteger)
    population: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    whole: Mapped[bool] = mapped_column(default=False)

    process: Mapped[Process] = relationship(back_populates="areas")

    __table_args__ = (UniqueConstraint("process_id", "key"),)


class Notice(Model):
    """A public notice of a change of rules or dates after publication, with its reason."""

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(50))
    """A code whose sentence says what changed, with ``details`` as parameters."""
    details: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(2000), default="")
    """As it was typed first."""
    texts: Mapped[dict[str, str]] = mapped_column(default=dict)
    """The reason by language, where the languages are known."""
