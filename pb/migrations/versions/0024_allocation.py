"""The tables of projects, and reserves who took a seat."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jury_allocations",
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("project_number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("session_number", sa.Integer(), nullable=False),
        sa.Column("tests", sa.Integer(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["jury_id"], ["juries.id"], name=op.f("fk_jury_allocations_jury_id_juries")),
        sa.PrimaryKeyConstraint("jury_id", "project_number", name=op.f("pk_jury_allocations")),
    )
    op.create_table(
        "jury_substitutions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("away_id", sa.Integer(), nullable=False),
        sa.Column("reserve_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["away_id"], ["jurors.id"], name=op.f("fk_jury_substitutions_away_id_jurors")),
        sa.ForeignKeyConstraint(["reserve_id"], ["jurors.id"], name=op.f("fk_jury_substitutions_reserve_id_jurors")),
        sa.ForeignKeyConstraint(["session_id"], ["jury_sessions.id"], name=op.f("fk_jury_substitutions_session_id_jury_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_substitutions")),
    )
    op.create_index(op.f("ix_jury_substitutions_session_id"), "jury_substitutions", ["session_id"], unique=False)


def downgrade() -> None:
    op.drop_table("jury_substitutions")
    op.drop_table("jury_allocations")
