"""Second votes: which process one follows, and whose list of voters it took over."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("processes", schema=None) as batch_op:
        for name in ("follows", "roll_of"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                batch_op.f(f"fk_processes_{name}_processes"), "processes", [name], ["id"]
            )
        batch_op.create_index(batch_op.f("ix_processes_follows"), ["follows"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("processes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_processes_follows"))
        for name in ("follows", "roll_of"):
            batch_op.drop_column(name)
