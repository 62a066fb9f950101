"""Drafts of a jury's options, and themes of notes."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0018"
down_revision = "0014"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"],
            name=op.f("fk_jury_drafts_jury_id_juries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_drafts")),
        sa.UniqueConstraint(
            "jury_id", "number", name=op.f("uq_jury_drafts_jury_id_number")
        ),
    )
    op.create_index(
        op.f("ix_jury_drafts_jury_id"), "jury_drafts", ["jury_id"], unique=False
    )
    op.create_table(
        "jury_draft_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("colour", sa.String(length=10), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["jury_drafts.id"],
            name=op.f("fk_jury_draft_checks_draft_id_jury_drafts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_draft_checks")),
    )
    op.create_index(
        op.f("ix_jury_draft_checks_draft_id"), "jury_draft_checks", ["draft_id"], unique=False
    )
    op.create_table(
        "jury_draft_objections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("answer_language", sa.String(length=2), nullable=False),
        sa.Column("answered_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["jury_drafts.id"],
            name=op.f("fk_jury_draft_objections_draft_id_jury_drafts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_draft_objections")),
    )
    op.create_index(
        op.f("ix_jury_draft_objections_draft_id"), "jury_draft_objections", ["draft_id"], unique=False
    )
    op.create_table(
        "jury_draft_versions",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("saved_by", sa.String(length=200), nullable=False),
        sa.Column("saved_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["jury_drafts.id"],
            name=op.f("fk_jury_draft_versions_draft_id_jury_drafts"),
        ),
        sa.PrimaryKeyConstraint("draft_id", "version", name=op.f("pk_jury_draft_versions")),
    )
    op.create_table(
        "jury_themes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["jury_sessions.id"],
            name=op.f("fk_jury_themes_session_id_jury_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_themes")),
    )
    op.create_index(
        op.f("ix_jury_themes_session_id"), "jury_themes", ["session_id"], unique=False
    )
    op.create_table(
        "jury_theme_notes",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["jury_notes.id"],
            name=op.f("fk_jury_theme_notes_note_id_jury_notes"),
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["jury_themes.id"],
            name=op.f("fk_jury_theme_notes_theme_id_jury_themes"),
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_jury_theme_notes")),
    )
    op.create_index(
        op.f("ix_jury_theme_notes_theme_id"), "jury_theme_notes", ["theme_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("jury_theme_notes")
    op.drop_table("jury_themes")
    op.drop_table("jury_draft_versions")
    op.drop_table("jury_draft_objections")
    op.drop_table("jury_draft_checks")
    op.drop_table("jury_drafts")
