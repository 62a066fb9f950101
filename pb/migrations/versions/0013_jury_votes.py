"""Private votes of a jury."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_polls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("each", sa.Integer(), nullable=False),
        sa.Column("project_number", sa.Integer(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=True),
        sa.Column("lot_seed", sa.String(length=64), nullable=False),
        sa.Column("opened_at", instant(), nullable=False),
        sa.Column("closed_at", instant(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["before_id"], ["jury_polls.id"], name=op.f("fk_jury_polls_before_id_jury_polls")),
        sa.ForeignKeyConstraint(["session_id"], ["jury_sessions.id"], name=op.f("fk_jury_polls_session_id_jury_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_polls")),
    )
    op.create_index(op.f("ix_jury_polls_session_id"), "jury_polls", ["session_id"], unique=False)
    op.create_table(
        "jury_poll_votes",
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["juror_id"], ["jurors.id"], name=op.f("fk_jury_poll_votes_juror_id_jurors")),
        sa.ForeignKeyConstraint(["poll_id"], ["jury_polls.id"], name=op.f("fk_jury_poll_votes_poll_id_jury_polls")),
        sa.PrimaryKeyConstraint("poll_id", "juror_id", name=op.f("pk_jury_poll_votes")),
    )


def downgrade() -> None:
    op.drop_table("jury_poll_votes")
    op.drop_table("jury_polls")
