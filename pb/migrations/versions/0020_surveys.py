"""Surveys of a jury: their questions, waves and answers."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_survey_sets",
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"], name=op.f("fk_jury_survey_sets_jury_id_juries")
        ),
        sa.PrimaryKeyConstraint("jury_id", name=op.f("pk_jury_survey_sets")),
    )
    op.create_table(
        "jury_survey_waves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("opened_at", instant(), nullable=False),
        sa.Column("closed_at", instant(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"], name=op.f("fk_jury_survey_waves_jury_id_juries")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["jury_sessions.id"],
            name=op.f("fk_jury_survey_waves_session_id_jury_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_survey_waves")),
        sa.UniqueConstraint(
            "jury_id", "kind", "session_id",
            name=op.f("uq_jury_survey_waves_jury_id_kind_session_id"),
        ),
    )
    op.create_index(
        op.f("ix_jury_survey_waves_jury_id"), "jury_survey_waves", ["jury_id"], unique=False
    )
    op.create_table(
        "jury_survey_answers",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["jury_survey_waves.id"],
            name=op.f("fk_jury_survey_answers_wave_id_jury_survey_waves"),
        ),
        sa.PrimaryKeyConstraint("wave_id", "tag", name=op.f("pk_jury_survey_answers")),
    )


def downgrade() -> None:
    op.drop_table("jury_survey_answers")
    op.drop_table("jury_survey_waves")
    op.drop_table("jury_survey_sets")
