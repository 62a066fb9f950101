"""Projects: valued proposals with their fixed public number, as they stand on the ballot."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.core.database import Model


class Project(Model):
    """One option of a vote."""

    __tablename__ = "projects"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), index=True)
    number: Mapped[int]
    """Fixed and public: the same on screen, letter and paper."""
    option_id: Mapped[str] = mapped_column(String(80))
    """Its id in counts and files: the number, or the id of an imported file."""
    title: Mapped[dict[str, str]]
    summary: Mapped[dict[str, str]]
    body: Mapped[dict[str, str]]
    place: Mapped[dict[str, str]]
    x: Mapped[int | None]
    y: Mapped[int | None]
    """On the process's map, 0 to 1000 and 0 to 700."""
    cost: Mapped[int] = mapped_column(BigInteger)
    """Minor units; the sum of its cost lines where it has any."""
    picture: Mapped[str] = mapped_column(String(60), default="")
    picture_alt: Mapped[dict[str, str]]
    author: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[dict[str, str]]
    """An officer's published word on whether and how it can be done."""
    reason_by: Mapped[str] = mapped_column(String(200), default="")
    aside: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Why it does not stand on the ballot, though its page stays; empty where it stands on it."""

    costs: Mapped[list[CostLine]] = relationship(
        order_by="CostLine.position", cascade="all, delete-orphan"
    )
    objections: Mapped[list[ProjectObjection]] = relationship(
        order_by="ProjectObjection.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("process_id", "number"),
        UniqueConstraint("process_id", "option_id"),
    )


class CostLine(Model):
    """One line of a project's cost."""

    __tablename__ = "cost_lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    position: Mapped[int]
    label: Mapped[dict[str, str]]
    amount: Mapped[int] = mapped_column(BigInteger)


class ProjectObjection(Model):
    """What somebody says against a project, shown beside it."""

    __tablename__ = "project_objections"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    author: Mapped[str] = mapped_column(String(200))
    text: Mapped[dict[str, str]]
