"""Reports of notes and complaints of jurors."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_complaints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("settled_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["juror_id"], ["jurors.id"],
            name=op.f("fk_jury_complaints_juror_id_jurors"),
        ),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"],
            name=op.f("fk_jury_complaints_jury_id_juries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_complaints")),
    )
    op.create_index(
        op.f("ix_jury_complaints_jury_id"), "jury_complaints", ["jury_id"], unique=False
    )
    op.create_table(
        "jury_note_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("decided_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"],
            name=op.f("fk_jury_note_reports_jury_id_juries"),
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["jury_notes.id"],
            name=op.f("fk_jury_note_reports_note_id_jury_notes"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["jury_sessions.id"],
            name=op.f("fk_jury_note_reports_session_id_jury_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_note_reports")),
    )
    op.create_index(
        op.f("ix_jury_note_reports_jury_id"), "jury_note_reports", ["jury_id"], unique=False
    )
    op.create_index(
        op.f("ix_jury_note_reports_note_id"), "jury_note_reports", ["note_id"], unique=False
    )
    op.create_index(
        op.f("ix_jury_note_reports_session_id"), "jury_note_reports", ["session_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("jury_note_reports")
    op.drop_table("jury_complaints")
