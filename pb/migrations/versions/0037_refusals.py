"""What was refused in a jury's room."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_refusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("seen_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["jury_sessions.id"], name=op.f("fk_jury_refusals_session_id_jury_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_refusals")),
    )
    op.create_index(op.f("ix_jury_refusals_session_id"), "jury_refusals", ["session_id"], unique=False)


def downgrade() -> None:
    op.drop_table("jury_refusals")
