"""The public record: logs, leaves, hashes over them, signed heads."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_logs",
        sa.Column("process_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("process_id", name=op.f("pk_record_logs")),
        sa.UniqueConstraint("slug", name=op.f("uq_record_logs_slug")),
    )
    op.create_table(
        "leaves",
        sa.Column("process_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("process_id", "number", name=op.f("pk_leaves")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_leaves_acts", "leaves", ["process_id", "number"], unique=False,
        sqlite_where=sa.text("kind <> 'cast'"), postgresql_where=sa.text("kind <> 'cast'"),
    )
    op.create_table(
        "record_nodes",
        sa.Column("process_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("process_id", "level", "number", name=op.f("pk_record_nodes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "heads",
        sa.Column("process_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.PrimaryKeyConstraint("process_id", "size", name=op.f("pk_heads")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for name in ("heads", "record_nodes", "leaves", "record_logs"):
        op.drop_table(name)
