"""Valuations."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _instant(name: str, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, pb.core.database.Instant(timezone=True), nullable=nullable)


def _key(table: str, column: str, other: str, **rest: Any) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"), **rest
    )


def upgrade() -> None:
    op.create_table(
        "valuations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("route", sa.String(length=20), nullable=False),
        sa.Column("assigned_to", sa.Integer(), nullable=True),
        _instant("due_at"),
        sa.Column("feasibility", sa.String(length=20), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("cost_lines", sa.JSON(), nullable=False),
        sa.Column("legal", sa.JSON(), nullable=False),
        sa.Column("long_term", sa.JSON(), nullable=False),
        sa.Column("ways", sa.JSON(), nullable=False),
        sa.Column("equality", sa.JSON(), nullable=False),
        sa.Column("expert", sa.String(length=200), nullable=False),
        sa.Column("advice", sa.JSON(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_name", sa.String(length=200), nullable=False),
        sa.Column("decided_role", sa.String(length=30), nullable=False),
        _instant("decided_at"),
        _instant("answer_until"),
        sa.Column("answer", sa.String(length=4000), nullable=False),
        sa.Column("answer_language", sa.String(length=2), nullable=False),
        _instant("answered_at"),
        _instant("public_at"),
        sa.Column("project_id", sa.Integer(), nullable=True),
        _key("valuations", "process_id", "processes"),
        _key("valuations", "proposal_id", "proposals"),
        _key("valuations", "assigned_to", "people"),
        _key("valuations", "decided_by", "people"),
        _key("valuations", "project_id", "projects", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuations")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_valuations_proposal_id")),
        sa.UniqueConstraint("project_id", name=op.f("uq_valuations_project_id")),
    )
    op.create_index(op.f("ix_valuations_process_id"), "valuations", ["process_id"])
    op.create_index(op.f("ix_valuations_assigned_to"), "valuations", ["assigned_to"])
    op.create_table(
        "valuation_scores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("valuation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=True),
        sa.Column("effort", sa.Integer(), nullable=True),
        _instant("at", nullable=False),
        _key("valuation_scores", "valuation_id", "valuations"),
        _key("valuation_scores", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuation_scores")),
        sa.UniqueConstraint(
            "valuation_id", "person_id", name=op.f("uq_valuation_scores_valuation_id_person_id")
        ),
    )
    op.create_index(op.f("ix_valuation_scores_valuation_id"), "valuation_scores", ["valuation_id"])
    op.create_index(op.f("ix_valuation_scores_person_id"), "valuation_scores", ["person_id"])
    op.create_table(
        "valuation_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("valuation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        _instant("at", nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        _key("valuation_notes", "valuation_id", "valuations"),
        _key("valuation_notes", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuation_notes")),
    )
    op.create_index(op.f("ix_valuation_notes_valuation_id"), "valuation_notes", ["valuation_id"])
    op.create_table(
        "valuation_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("valuation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _instant("at", nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        _key("valuation_changes", "valuation_id", "valuations"),
        _key("valuation_changes", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuation_changes")),
    )
    op.create_index(
        op.f("ix_valuation_changes_valuation_id"), "valuation_changes", ["valuation_id"]
    )


def downgrade() -> None:
    for name in ("valuation_changes", "valuation_notes", "valuation_scores", "valuations"):
        op.drop_table(name)
