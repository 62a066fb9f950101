"""Turns of a jury's speakers, and the sums that are left of them."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_speaking",
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("invites", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["jury_id"], ["juries.id"], name=op.f("fk_jury_speaking_jury_id_juries")),
        sa.PrimaryKeyConstraint("jury_id", name=op.f("pk_jury_speaking")),
    )
    op.create_table(
        "jury_ways",
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("interpreter", sa.String(length=100), nullable=False),
        sa.Column("heard_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["juror_id"], ["jurors.id"], name=op.f("fk_jury_ways_juror_id_jurors"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("juror_id", name=op.f("pk_jury_ways")),
    )
    op.create_table(
        "jury_turns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("asked_at", instant(), nullable=False),
        sa.Column("began_at", instant(), nullable=True),
        sa.Column("ended_at", instant(), nullable=True),
        sa.Column("paused_at", instant(), nullable=True),
        sa.Column("paused_seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["juror_id"], ["jurors.id"], name=op.f("fk_jury_turns_juror_id_jurors")),
        sa.ForeignKeyConstraint(["session_id"], ["jury_sessions.id"], name=op.f("fk_jury_turns_session_id_jury_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_turns")),
    )
    op.create_index(op.f("ix_jury_turns_session_id"), "jury_turns", ["session_id"], unique=False)
    op.create_table(
        "jury_nudges",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_items.id"], name=op.f("fk_jury_nudges_item_id_agenda_items")),
        sa.ForeignKeyConstraint(["juror_id"], ["jurors.id"], name=op.f("fk_jury_nudges_juror_id_jurors")),
        sa.ForeignKeyConstraint(["session_id"], ["jury_sessions.id"], name=op.f("fk_jury_nudges_session_id_jury_sessions")),
        sa.PrimaryKeyConstraint("item_id", "juror_id", name=op.f("pk_jury_nudges")),
    )
    op.create_index(op.f("ix_jury_nudges_session_id"), "jury_nudges", ["session_id"], unique=False)
    op.create_table(
        "jury_talk_totals",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("balance", sa.String(length=20), nullable=False),
        sa.Column("nudges", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["jury_sessions.id"], name=op.f("fk_jury_talk_totals_session_id_jury_sessions")),
        sa.PrimaryKeyConstraint("session_id", "table_number", name=op.f("pk_jury_talk_totals")),
    )


def downgrade() -> None:
    for table in ("jury_talk_totals", "jury_nudges", "jury_turns", "jury_ways", "jury_speaking"):
        op.drop_table(table)
