"""Minority notes on a jury's statements."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_statement_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=True),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("jurors", sa.Integer(), nullable=False),
        sa.Column("written_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["jury_statements.id"], name=op.f("fk_jury_statement_notes_statement_id_jury_statements")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_statement_notes")),
    )
    op.create_index(op.f("ix_jury_statement_notes_statement_id"), "jury_statement_notes", ["statement_id"], unique=False)


def downgrade() -> None:
    op.drop_table("jury_statement_notes")
