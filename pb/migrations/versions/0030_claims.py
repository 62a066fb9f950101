"""Claims that a jury weighs, and the criteria it judges by."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=True),
        sa.Column("hidden_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"],
            name=op.f("fk_jury_claims_jury_id_juries"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["jury_rounds.id"],
            name=op.f("fk_jury_claims_round_id_jury_rounds"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["jury_sessions.id"],
            name=op.f("fk_jury_claims_session_id_jury_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_claims")),
        sa.UniqueConstraint(
            "jury_id", "number", name=op.f("uq_jury_claims_jury_id_number")
        ),
    )
    op.create_index(op.f("ix_jury_claims_jury_id"), "jury_claims", ["jury_id"], unique=False)
    op.create_table(
        "jury_criteria",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"],
            name=op.f("fk_jury_criteria_jury_id_juries"),
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["jury_polls.id"],
            name=op.f("fk_jury_criteria_poll_id_jury_polls"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_criteria")),
    )
    op.create_index(op.f("ix_jury_criteria_jury_id"), "jury_criteria", ["jury_id"], unique=False)
    op.create_table(
        "jury_criterion_ideas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["jury_criteria.id"],
            name=op.f("fk_jury_criterion_ideas_criterion_id_jury_criteria"),
        ),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"],
            name=op.f("fk_jury_criterion_ideas_jury_id_juries"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["jury_sessions.id"],
            name=op.f("fk_jury_criterion_ideas_session_id_jury_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_criterion_ideas")),
    )
    op.create_index(op.f("ix_jury_criterion_ideas_jury_id"), "jury_criterion_ideas", ["jury_id"], unique=False)


def downgrade() -> None:
    op.drop_table("jury_criterion_ideas")
    op.drop_table("jury_criteria")
    op.drop_table("jury_claims")
