"""What a jury chooses for the ballot: options it wrote, projects it left off."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("projects") as batch_op:
        batch_op.add_column(sa.Column("aside", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "jury_projects",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["jury_drafts.id"],
            name=op.f("fk_jury_projects_draft_id_jury_drafts"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], ondelete="CASCADE",
            name=op.f("fk_jury_projects_project_id_projects"),
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_jury_projects")),
        sa.UniqueConstraint(
            "draft_id", name=op.f("uq_jury_projects_draft_id")
        ),
    )
    op.create_table(
        "jury_choices",
        sa.Column("jury_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("session_number", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("declared_at", instant(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=True),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("decided_at", instant(), nullable=True),
        sa.Column("applied_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.id"],
            name=op.f("fk_jury_choices_area_id_areas"),
        ),
        sa.ForeignKeyConstraint(
            ["jury_id"], ["juries.id"],
            name=op.f("fk_jury_choices_jury_id_juries"),
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["jury_polls.id"],
            name=op.f("fk_jury_choices_poll_id_jury_polls"),
        ),
        sa.PrimaryKeyConstraint("jury_id", name=op.f("pk_jury_choices")),
    )


def downgrade() -> None:
    op.drop_table("jury_choices")
    op.drop_table("jury_projects")
    op.drop_column("projects", "aside")
