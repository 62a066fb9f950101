"""Every author of an idea is asked whether it may be joined with others."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("merge_parts") as batch_op:
        batch_op.drop_constraint(op.f("uq_merge_parts_merge_id_proposal_id"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_merge_parts_merge_id_proposal_id_person_id"),
            ["merge_id", "proposal_id", "person_id"])


def downgrade() -> None:
    with op.batch_alter_table("merge_parts") as batch_op:
        batch_op.drop_constraint(
            op.f("uq_merge_parts_merge_id_proposal_id_person_id"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_merge_parts_merge_id_proposal_id"), ["merge_id", "proposal_id"])
