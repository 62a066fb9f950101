"""Valuations, the officers' private scores and notes, and what was changed by whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.core.database import Model


class Valuation(Model):
    """What the council found out about one proposal, and its decision.

    Everything but the notes, the scores and who is to do it becomes public with the decision.
    """

    __tablename__ = "valuations"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    """Grows with each change: whoever saves over an older one is shown what the other did."""
    state: Mapped[str] = mapped_column(String(20), default="open")
    """open; told (the author knows of a refusal, nobody else); answered (the author did); decided
    (public)."""
    outcome: Mapped[str] = mapped_column(String(20), default="")
    """pass, refuse, park (kept for another year) or act (done at once); empty while open."""
    route: Mapped[str] = mapped_column(String(20), default="")
    """Who deals with it, by the officers' classifications (rules.route)."""
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    due_at: Mapped[datetime | None]
    feasibility: Mapped[str] = mapped_column(String(20), default="")
    """yes, no, changed (only with changes) or empty."""
    changes: Mapped[dict[str, str]]
    """What would have to be done otherwise than proposed."""
    cost: Mapped[int] = mapped_column(BigInteger, default=0)
    """Minor units: the sum of the lines."""
    cost_lines: Mapped[list[Any]]
    """``{"label": {"en": ...}, "amount": minor units}`` each."""
    legal: Mapped[dict[str, str]]
    long_term: Mapped[dict[str, str]]
    """Who has what of it in 25 years."""
    ways: Mapped[list[str]]
    """Which of the five ways of working it serves (rules.WAYS)."""
    equality: Mapped[dict[str, str]]
    expert: Mapped[str] = mapped_column(String(200), default="")
    """Name and calling of the expert who was asked."""
    advice: Mapped[dict[str, str]]
    reason: Mapped[dict[str, str]]
    """The public reason of the decision."""
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_name: Mapped[str] = mapped_column(String(200), default="")
    """As it is shown; a name that changes later changes nothing here."""
    decided_role: Mapped[str] = mapped_column(String(30), default="")
    decided_at: Mapped[datetime | None]
    answer_until: Mapped[datetime | None]
    """Until when the author may answer a refusal before it is public."""
    answer: Mapped[str] = mapped_column(String(4000), default="")
    answer_language: Mapped[str] = mapped_column(String(2), default="")
    answered_at: Mapped[datetime | None]
    public_at: Mapped[datetime | None]
    project_id: Mapped[int | None] = mapped_column(
        ForeignKey("projects.id", ondelete="SET NULL"), unique=True
    )

    history: Mapped[list[ValuationChange]] = relationship(order_by="ValuationChange.id")
    notes: Mapped[list[ValuationNote]] = relationship(order_by="ValuationNote.id")


class ValuationScore(Model):
    """One officer's own view: what kind of matter it is, how much it brings, how much it takes.

    Nobody is ever shown whose view it is.
    """

    __tablename__ = "valuation_scores"
    id: Mapped[int] = mapped_column(primary_key=True)
    valuation_id: Mapped[int] = mapped_column(ForeignKey("valuations.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="")
    """simple, complicated, complex or urgent."""
    impact: Mapped[int | None]
    effort: Mapped[int | None]
    """1 to 6 each."""
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("valuation_id", "person_id"),)


class ValuationNote(Model):
    """A private note among the officers. Notes are added, never changed."""

    __tablename__ = "valuation_notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    valuation_id: Mapped[int] = mapped_column(ForeignKey("valuations.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(String(4000))


class ValuationChange(Model):
    """One change: who, when, which parts. ``public`` from the first decision on."""

    __tablename__ = "valuation_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    valuation_id: Mapped[int] = mapped_column(ForeignKey("valuations.id"), index=True)
    version: Mapped[int]
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(30))
    kind: Mapped[str] = mapped_column(String(30))
    """saved, assigned, told, answered, upheld, reopened, decided, published, corrected."""
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    """The changed parts by their names."""
    reason: Mapped[str] = mapped_column(String(2000), default="")
    public: Mapped[bool] = mapped_column(default=False)
