"""Questions of jurors to witnesses, and rounds of private marks."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=True),
        sa.Column("project_number", sa.Integer(), nullable=True),
        sa.Column("opened_at", instant(), nullable=False),
        sa.Column("closed_at", instant(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["jury_sessions.id"],
            name=op.f("fk_jury_rounds_session_id_jury_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_rounds")),
    )
    op.create_index(op.f("ix_jury_rounds_session_id"), "jury_rounds", ["session_id"], unique=False)
    op.create_table(
        "jury_round_marks",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["juror_id"], ["jurors.id"],
            name=op.f("fk_jury_round_marks_juror_id_jurors"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["jury_rounds.id"],
            name=op.f("fk_jury_round_marks_round_id_jury_rounds"),
        ),
        sa.PrimaryKeyConstraint("round_id", "juror_id", name=op.f("pk_jury_round_marks")),
    )
    op.create_table(
        "jury_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("witness", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("gap", sa.Integer(), nullable=False),
        sa.Column("sent_at", instant(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(length=3000), nullable=False),
        sa.Column("answer_language", sa.String(length=2), nullable=False),
        sa.Column("answered_at", instant(), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"],
            name=op.f("fk_jury_questions_jury_id_juries"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["jury_sessions.id"],
            name=op.f("fk_jury_questions_session_id_jury_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_questions")),
        sa.UniqueConstraint(
            "jury_id", "number", name=op.f("uq_jury_questions_jury_id_number")
        ),
    )
    op.create_index(op.f("ix_jury_questions_jury_id"), "jury_questions", ["jury_id"], unique=False)


def downgrade() -> None:
    op.drop_table("jury_questions")
    op.drop_table("jury_round_marks")
    op.drop_table("jury_rounds")
