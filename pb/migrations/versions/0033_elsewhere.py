"""A juror may take part in one session from elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jury_elsewhere",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["jury_sessions.id"], name=op.f("fk_jury_elsewhere_session_id_jury_sessions"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["juror_id"], ["jurors.id"], name=op.f("fk_jury_elsewhere_juror_id_jurors"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id", "juror_id", name=op.f("pk_jury_elsewhere")),
    )


def downgrade() -> None:
    op.drop_table("jury_elsewhere")
