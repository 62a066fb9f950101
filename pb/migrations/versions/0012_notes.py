"""Notes of a jury's tables."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("table_number", sa.Integer(), nullable=True),
        sa.Column("juror_id", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("visibility", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("confirmed_at", instant(), nullable=True),
        sa.Column("written_at", instant(), nullable=False),
        sa.Column("received_at", instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hidden_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_items.id"], name=op.f("fk_jury_notes_item_id_agenda_items")),
        sa.ForeignKeyConstraint(["juror_id"], ["jurors.id"], name=op.f("fk_jury_notes_juror_id_jurors")),
        sa.ForeignKeyConstraint(["session_id"], ["jury_sessions.id"], name=op.f("fk_jury_notes_session_id_jury_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_notes")),
        sa.UniqueConstraint("session_id", "client_id", name=op.f("uq_jury_notes_session_id_client_id")),
    )
    op.create_index(op.f("ix_jury_notes_session_id"), "jury_notes", ["session_id"], unique=False)
    op.create_table(
        "jury_note_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("written_at", instant(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["jury_notes.id"], name=op.f("fk_jury_note_edits_note_id_jury_notes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_note_edits")),
        sa.UniqueConstraint("client_id", name=op.f("uq_jury_note_edits_client_id")),
    )
    op.create_index(op.f("ix_jury_note_edits_note_id"), "jury_note_edits", ["note_id"], unique=False)


def downgrade() -> None:
    op.drop_table("jury_note_edits")
    op.drop_table("jury_notes")
