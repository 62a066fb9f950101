"""Processes: phases that open after a check, who decides in them, rehearsals, copies, archive."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PHASES = ("opened_at", "closed_at", "held_at", "reply_by")
INSTANT = pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("processes", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("quorum", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("choices", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("published_at", INSTANT, nullable=True))
        batch_op.add_column(sa.Column("archived_at", INSTANT, nullable=True))
        batch_op.add_column(sa.Column("copied_from", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("rehearsal_of", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_processes_copied_from_processes"), "processes", ["copied_from"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_processes_rehearsal_of_processes"), "processes", ["rehearsal_of"],
            ["id"],
        )
        batch_op.create_index(
            batch_op.f("ix_processes_rehearsal_of"), ["rehearsal_of"], unique=False
        )
    with op.batch_alter_table("phases", schema=None) as batch_op:
        for name in PHASES:
            batch_op.add_column(sa.Column(name, INSTANT, nullable=True))
        batch_op.add_column(
            sa.Column("band", sa.String(length=12), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("who", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("texts", sa.JSON(), nullable=False, server_default="{}"))
    # What had begun by its date goes on; what is to come is checked first. What is over was
    # announced in its time.
    op.execute(sa.text(
        "update phases set opened_at = opens_at where opens_at <= CURRENT_TIMESTAMP"
    ))
    op.execute(sa.text(
        "update phases set closed_at = closes_at where closes_at <= CURRENT_TIMESTAMP"
    ))


def downgrade() -> None:
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_column("texts")
    with op.batch_alter_table("phases", schema=None) as batch_op:
        for name in (*PHASES, "band", "who"):
            batch_op.drop_column(name)
    with op.batch_alter_table("processes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_processes_rehearsal_of"))
        for name in ("quorum", "choices", "published_at", "archived_at", "copied_from",
                     "rehearsal_of"):
            batch_op.drop_column(name)
