"""Statements and recommendations of a jury."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_process_lines",
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"], name=op.f("fk_jury_process_lines_jury_id_juries")
        ),
        sa.PrimaryKeyConstraint("jury_id", name=op.f("pk_jury_process_lines")),
    )
    op.create_table(
        "jury_statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("project_number", sa.Integer(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("jurors", sa.Integer(), nullable=False),
        sa.Column("checked_at", instant(), nullable=True),
        sa.Column("locked_at", instant(), nullable=True),
        sa.Column("reopened", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"], name=op.f("fk_jury_statements_jury_id_juries")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_jury_statements_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_statements")),
        sa.UniqueConstraint("project_id", name=op.f("uq_jury_statements_project_id")),
    )
    op.create_index(
        op.f("ix_jury_statements_jury_id"), "jury_statements", ["jury_id"], unique=False
    )
    op.create_table(
        "jury_fact_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("answered_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["jury_statements.id"], name=op.f("fk_jury_fact_replies_statement_id_jury_statements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_fact_replies")),
    )
    op.create_index(
        op.f("ix_jury_fact_replies_statement_id"), "jury_fact_replies", ["statement_id"], unique=False
    )
    op.create_table(
        "jury_jargon_flags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=100), nullable=False),
        sa.Column("plain", sa.String(length=300), nullable=False),
        sa.Column("raised_at", instant(), nullable=False),
        sa.Column("resolved_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["jury_statements.id"], name=op.f("fk_jury_jargon_flags_statement_id_jury_statements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_jargon_flags")),
        sa.UniqueConstraint("statement_id", "word", name=op.f("uq_jury_jargon_flags_statement_id_word")),
    )
    op.create_index(
        op.f("ix_jury_jargon_flags_statement_id"), "jury_jargon_flags", ["statement_id"], unique=False
    )
    op.create_table(
        "jury_line_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("colour", sa.String(length=10), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["jury_statements.id"], name=op.f("fk_jury_line_checks_statement_id_jury_statements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_line_checks")),
    )
    op.create_index(
        op.f("ix_jury_line_checks_statement_id"), "jury_line_checks", ["statement_id"], unique=False
    )
    op.create_table(
        "jury_recommendations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=True),
        sa.Column("published_at", instant(), nullable=True),
        sa.Column("official_status", sa.String(length=20), nullable=False),
        sa.Column("official_status_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"], name=op.f("fk_jury_recommendations_jury_id_juries")
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["jury_polls.id"], name=op.f("fk_jury_recommendations_poll_id_jury_polls")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_recommendations")),
        sa.UniqueConstraint("jury_id", "number", name=op.f("uq_jury_recommendations_jury_id_number")),
    )
    op.create_index(
        op.f("ix_jury_recommendations_jury_id"), "jury_recommendations", ["jury_id"], unique=False
    )
    op.create_table(
        "jury_statement_versions",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("saved_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["jury_statements.id"], name=op.f("fk_jury_statement_versions_statement_id_jury_statements")
        ),
        sa.PrimaryKeyConstraint("statement_id", "version", name=op.f("pk_jury_statement_versions")),
    )
    op.create_table(
        "jury_minority_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("jurors", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["jury_recommendations.id"], name=op.f("fk_jury_minority_notes_recommendation_id_jury_recommendations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_minority_notes")),
    )
    op.create_index(
        op.f("ix_jury_minority_notes_recommendation_id"), "jury_minority_notes", ["recommendation_id"], unique=False
    )
    op.create_table(
        "jury_ratings",
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["jury_recommendations.id"], name=op.f("fk_jury_ratings_recommendation_id_jury_recommendations")
        ),
        sa.ForeignKeyConstraint(
            ["juror_id"], ["jurors.id"], name=op.f("fk_jury_ratings_juror_id_jurors")
        ),
        sa.PrimaryKeyConstraint("recommendation_id", "juror_id", name=op.f("pk_jury_ratings")),
    )
    op.create_table(
        "jury_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["jury_recommendations.id"], name=op.f("fk_jury_replies_recommendation_id_jury_recommendations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_replies")),
    )
    op.create_index(
        op.f("ix_jury_replies_recommendation_id"), "jury_replies", ["recommendation_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("jury_replies")
    op.drop_table("jury_ratings")
    op.drop_table("jury_minority_notes")
    op.drop_table("jury_statement_versions")
    op.drop_table("jury_recommendations")
    op.drop_table("jury_line_checks")
    op.drop_table("jury_jargon_flags")
    op.drop_table("jury_fact_replies")
    op.drop_table("jury_statements")
    op.drop_table("jury_process_lines")
