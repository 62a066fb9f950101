"""How long a late juror's seat is kept, and among whom a reserve was drawn."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("jury_sessions") as batch_op:
        batch_op.add_column(
            sa.Column("grace_minutes", sa.Integer(), nullable=False, server_default="45"))
    with op.batch_alter_table("jury_substitutions") as batch_op:
        batch_op.add_column(sa.Column("among", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("jury_substitutions") as batch_op:
        batch_op.drop_column("among")
    with op.batch_alter_table("jury_sessions") as batch_op:
        batch_op.drop_column("grace_minutes")
