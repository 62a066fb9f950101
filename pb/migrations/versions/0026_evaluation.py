"""A jury's evaluation: census, published figures, the evaluator's files, withdrawals."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_census",
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.Column("pool", sa.JSON(), nullable=False),
        sa.Column("pool_people", sa.Integer(), nullable=False),
        sa.Column("pool_sha256", sa.String(length=64), nullable=False),
        sa.Column("set_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"], name=op.f("fk_jury_census_jury_id_juries")
        ),
        sa.PrimaryKeyConstraint("jury_id", name=op.f("pk_jury_census")),
    )
    op.create_table(
        "jury_evaluations",
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("published_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"], name=op.f("fk_jury_evaluations_jury_id_juries")
        ),
        sa.PrimaryKeyConstraint("jury_id", name=op.f("pk_jury_evaluations")),
    )
    op.create_table(
        "jury_exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"], name=op.f("fk_jury_exports_jury_id_juries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_exports")),
        sa.UniqueConstraint("jury_id", "number", name=op.f("uq_jury_exports_jury_id_number")),
    )
    op.create_index(op.f("ix_jury_exports_jury_id"), "jury_exports", ["jury_id"], unique=False)
    op.create_table(
        "jury_principle_words",
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("principle", sa.String(length=30), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"], name=op.f("fk_jury_principle_words_jury_id_juries")
        ),
        sa.PrimaryKeyConstraint("jury_id", "principle", name=op.f("pk_jury_principle_words")),
    )
    op.create_table(
        "jury_withdrawals",
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["juror_id"], ["jurors.id"], name=op.f("fk_jury_withdrawals_juror_id_jurors")
        ),
        sa.PrimaryKeyConstraint("juror_id", name=op.f("pk_jury_withdrawals")),
    )


def downgrade() -> None:
    op.drop_table("jury_withdrawals")
    op.drop_table("jury_principle_words")
    op.drop_table("jury_exports")
    op.drop_table("jury_evaluations")
    op.drop_table("jury_census")
