"""Ballot box: sealed envelopes in the record, opened ballots in a table of their own."""

import sqlalchemy as sa
from alembic import op

from pb.core.database import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("roll") as batch:
        batch.add_column(sa.Column("leaf", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.create_table(
        "boxes",
        sa.Column("process_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=1), nullable=False),
        sa.Column("key_holder", sa.String(length=20), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("manifest", sa.String(length=64), nullable=False),
        sa.Column("plain_bytes", sa.Integer(), nullable=False),
        sa.Column("casts", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("unopenable", sa.Integer(), nullable=False),
        sa.Column("rewritten", sa.Boolean(), nullable=False),
        sa.Column("key_gone", sa.Boolean(), nullable=False),
        sa.Column("swept_at", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_boxes_process_id_processes")
        ),
        sa.PrimaryKeyConstraint("process_id", name=op.f("pk_boxes")),
    )
    op.create_table(
        "opened_ballots",
        sa.Column("process_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tracking", sa.String(length=12), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_opened_ballots_process_id_processes")
        ),
        sa.PrimaryKeyConstraint("process_id", "tracking", name=op.f("pk_opened_ballots")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("opened_ballots")
    op.drop_table("boxes")
    with op.batch_alter_table("roll") as batch:
        batch.drop_column("told")
        batch.drop_column("leaf")
