"""What a jury hears: its evidence, and the note on the balance of time."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("witness", sa.String(length=200), nullable=False),
        sa.Column("stance", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("heard", sa.Integer(), nullable=True),
        sa.Column("given", sa.String(length=20), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("alt", sa.JSON(), nullable=False),
        sa.Column("recorded", sa.JSON(), nullable=False),
        sa.Column("project_number", sa.Integer(), nullable=True),
        sa.Column("session_number", sa.Integer(), nullable=True),
        sa.Column("slot_at", instant(), nullable=True),
        sa.Column("withdrawn_at", instant(), nullable=True),
        sa.Column("withdrawn_why", sa.String(length=500), nullable=False),
        sa.Column("changed_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"],
            name=op.f("fk_jury_evidence_jury_id_juries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_evidence")),
        sa.UniqueConstraint(
            "jury_id", "number", name=op.f("uq_jury_evidence_jury_id_number")
        ),
    )
    op.create_index(op.f("ix_jury_evidence_jury_id"), "jury_evidence", ["jury_id"], unique=False)
    op.create_table(
        "jury_ledger_notes",
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("longer", sa.Integer(), nullable=False),
        sa.Column("shorter", sa.Integer(), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"],
            name=op.f("fk_jury_ledger_notes_jury_id_juries"),
        ),
        sa.PrimaryKeyConstraint("jury_id", name=op.f("pk_jury_ledger_notes")),
    )


def downgrade() -> None:
    op.drop_table("jury_ledger_notes")
    op.drop_table("jury_evidence")
