"""Juries, their sessions and rooms."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "juries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("remit", sa.JSON(), nullable=False),
        sa.Column("promise", sa.JSON(), nullable=False),
        sa.Column("commissioners", sa.String(length=300), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=True),
        sa.Column("charter", sa.JSON(), nullable=False),
        sa.Column("charter_version", sa.Integer(), nullable=False),
        sa.Column("charter_accepted", sa.Integer(), nullable=False),
        sa.Column("conflict_name", sa.String(length=200), nullable=False),
        sa.Column("conflict_contact", sa.String(length=200), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.Column("made_at", instant(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_juries_made_by_people")),
        sa.ForeignKeyConstraint(["process_id"], ["processes.id"], name=op.f("fk_juries_process_id_processes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_juries")),
        sa.UniqueConstraint("process_id", name=op.f("uq_juries_process_id")),
    )
    op.create_table(
        "jurors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("reserve", sa.Boolean(), nullable=False),
        sa.Column("speaks", sa.String(length=2), nullable=False),
        sa.Column("needs", sa.String(length=1000), nullable=False),
        sa.Column("traits", sa.JSON(), nullable=False),
        sa.Column("accepted_charter", sa.Integer(), nullable=False),
        sa.Column("left_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["jury_id"], ["juries.id"], name=op.f("fk_jurors_jury_id_juries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jurors")),
        sa.UniqueConstraint("jury_id", "number", name=op.f("uq_jurors_jury_id_number")),
    )
    op.create_index(op.f("ix_jurors_jury_id"), "jurors", ["jury_id"], unique=False)
    op.create_table(
        "jury_interests",
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("project_number", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("declared_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["juror_id"], ["jurors.id"], name=op.f("fk_jury_interests_juror_id_jurors")),
        sa.PrimaryKeyConstraint("juror_id", "project_number", name=op.f("pk_jury_interests")),
    )
    op.create_table(
        "jury_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("starts_at", instant(), nullable=False),
        sa.Column("ends_by", instant(), nullable=False),
        sa.Column("tables", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("broadcast", sa.String(length=300), nullable=False),
        sa.Column("plain_line", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["jury_id"], ["juries.id"], name=op.f("fk_jury_sessions_jury_id_juries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_sessions")),
        sa.UniqueConstraint("jury_id", "number", name=op.f("uq_jury_sessions_jury_id_number")),
    )
    op.create_index(op.f("ix_jury_sessions_jury_id"), "jury_sessions", ["jury_id"], unique=False)
    op.create_table(
        "agenda_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("prompt", sa.JSON(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("out", sa.String(length=40), nullable=False),
        sa.Column("droppable", sa.Boolean(), nullable=False),
        sa.Column("started_at", instant(), nullable=True),
        sa.Column("ends_at", instant(), nullable=True),
        sa.Column("ended_at", instant(), nullable=True),
        sa.Column("dropped_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["jury_sessions.id"], name=op.f("fk_agenda_items_session_id_jury_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_items")),
    )
    op.create_index(op.f("ix_agenda_items_session_id"), "agenda_items", ["session_id"], unique=False)
    op.create_table(
        "session_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["jury_sessions.id"], name=op.f("fk_session_moves_session_id_jury_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_moves")),
    )
    op.create_index(op.f("ix_session_moves_session_id"), "session_moves", ["session_id"], unique=False)
    op.create_table(
        "jury_tables",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("facilitator", sa.String(length=200), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("help_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["jury_sessions.id"], name=op.f("fk_jury_tables_session_id_jury_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_tables")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_jury_tables_session_id_number")),
    )
    op.create_index(op.f("ix_jury_tables_session_id"), "jury_tables", ["session_id"], unique=False)
    op.create_table(
        "jury_seats",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("came_at", instant(), nullable=True),
        sa.Column("left_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["juror_id"], ["jurors.id"], name=op.f("fk_jury_seats_juror_id_jurors")),
        sa.ForeignKeyConstraint(["session_id"], ["jury_sessions.id"], name=op.f("fk_jury_seats_session_id_jury_sessions")),
        sa.PrimaryKeyConstraint("session_id", "juror_id", name=op.f("pk_jury_seats")),
    )
    op.create_table(
        "room_passes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=True),
        sa.Column("table_number", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("ended_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["juror_id"], ["jurors.id"], name=op.f("fk_room_passes_juror_id_jurors")),
        sa.ForeignKeyConstraint(["jury_id"], ["juries.id"], name=op.f("fk_room_passes_jury_id_juries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_passes")),
        sa.UniqueConstraint("tag", name=op.f("uq_room_passes_tag")),
    )
    op.create_index(op.f("ix_room_passes_jury_id"), "room_passes", ["jury_id"], unique=False)


def downgrade() -> None:
    for table in (
        "room_passes", "jury_seats", "jury_tables", "session_moves", "agenda_items",
        "jury_sessions", "jury_interests", "jurors", "juries",
    ):
        op.drop_table(table)
