"""What the room reads carries its language: a vote's wording, the lead's words, the plain line."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

# What was written before is taken to be English: nobody took down in what it was written.
SESSIONS = ("broadcast_language", "plain_language")


def _language(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=2), server_default="en", nullable=False)


def mark_both(connection: sa.Connection) -> None:
    """Votes on criteria and on a jury's choice hold each language's words side by side."""
    for table in ("jury_criteria", "jury_choices"):
        connection.exec_driver_sql(
            "UPDATE jury_polls SET language = '' WHERE id IN "
            f"(SELECT poll_id FROM {table} WHERE poll_id IS NOT NULL)")


def upgrade() -> None:
    with op.batch_alter_table("jury_polls", schema=None) as batch_op:
        batch_op.add_column(_language("language"))
    with op.batch_alter_table("jury_sessions", schema=None) as batch_op:
        for name in SESSIONS:
            batch_op.add_column(_language(name))
    mark_both(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("jury_sessions", schema=None) as batch_op:
        for name in reversed(SESSIONS):
            batch_op.drop_column(name)
    with op.batch_alter_table("jury_polls", schema=None) as batch_op:
        batch_op.drop_column("language")
