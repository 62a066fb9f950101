"""More time for one table alone."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("jury_tables", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("ends_at", pb.core.database.Instant(timezone=True), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("jury_tables", schema=None) as batch_op:
        batch_op.drop_column("ends_at")
