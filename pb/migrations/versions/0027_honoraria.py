"""What jurors get for their time: terms, choices, payments and costs."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_payment_terms",
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("voucher", sa.Boolean(), nullable=False),
        sa.Column("benefits", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"], name=op.f("fk_jury_payment_terms_jury_id_juries")
        ),
        sa.PrimaryKeyConstraint("jury_id", name=op.f("pk_jury_payment_terms")),
    )
    op.create_table(
        "jury_payment_choices",
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["juror_id"], ["jurors.id"], name=op.f("fk_jury_payment_choices_juror_id_jurors")
        ),
        sa.PrimaryKeyConstraint("juror_id", name=op.f("pk_jury_payment_choices")),
    )
    op.create_table(
        "jury_session_payments",
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=10), nullable=False),
        sa.Column("paid_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["juror_id"], ["jurors.id"], name=op.f("fk_jury_session_payments_juror_id_jurors")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["jury_sessions.id"],
            name=op.f("fk_jury_session_payments_session_id_jury_sessions"),
        ),
        sa.PrimaryKeyConstraint(
            "juror_id", "session_id", name=op.f("pk_jury_session_payments")
        ),
    )
    op.create_table(
        "jury_expense_claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("claimed_at", instant(), nullable=False),
        sa.Column("settled_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["juror_id"], ["jurors.id"], name=op.f("fk_jury_expense_claims_juror_id_jurors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_expense_claims")),
    )
    op.create_index(
        op.f("ix_jury_expense_claims_juror_id"), "jury_expense_claims", ["juror_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("jury_expense_claims")
    op.drop_table("jury_session_payments")
    op.drop_table("jury_payment_choices")
    op.drop_table("jury_payment_terms")
