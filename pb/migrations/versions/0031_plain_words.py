"""Words that jurors flagged, made plain."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jury_flagged_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("folded", sa.String(length=100), nullable=False),
        sa.Column("word", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("plain", sa.JSON(), nullable=False),
        sa.Column("raised_at", instant(), nullable=False),
        sa.Column("resolved_at", instant(), nullable=True),
        sa.Column("dropped_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["jury_id"], ["juries.id"], name=op.f("fk_jury_flagged_words_jury_id_juries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_flagged_words")),
        sa.UniqueConstraint("jury_id", "folded", name=op.f("uq_jury_flagged_words_jury_id_folded")),
    )
    op.create_index(op.f("ix_jury_flagged_words_jury_id"), "jury_flagged_words", ["jury_id"], unique=False)
    op.create_table(
        "jury_word_flags",
        sa.Column("word_id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["juror_id"], ["jurors.id"], name=op.f("fk_jury_word_flags_juror_id_jurors")),
        sa.ForeignKeyConstraint(["word_id"], ["jury_flagged_words.id"], name=op.f("fk_jury_word_flags_word_id_jury_flagged_words")),
        sa.PrimaryKeyConstraint("word_id", "juror_id", name=op.f("pk_jury_word_flags")),
    )


def downgrade() -> None:
    op.drop_table("jury_word_flags")
    op.drop_table("jury_flagged_words")
