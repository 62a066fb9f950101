"""Electorate."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entitlements",
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("ways", sa.JSON(), nullable=False),
        sa.Column("least_age", sa.Integer(), nullable=False),
        sa.Column("ask_street", sa.Boolean(), nullable=False),
        sa.Column("ask_birth_year", sa.Boolean(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("changed_at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["processes.id"], name="fk_entitlements_process_id_processes"),
        sa.PrimaryKeyConstraint("process_id", name="pk_entitlements"),
    )
    op.create_table(
        "roll_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(length=2000), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("made_at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["process_id"], ["processes.id"], name="fk_roll_uploads_process_id_processes"),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name="fk_roll_uploads_area_id_areas"),
        sa.ForeignKeyConstraint(["batch_id"], ["code_batches.id"], name="fk_roll_uploads_batch_id_code_batches"),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name="fk_roll_uploads_made_by_people"),
        sa.PrimaryKeyConstraint("id", name="pk_roll_uploads"),
    )
    op.create_index("ix_roll_uploads_process_id", "roll_uploads", ["process_id"])
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.String(length=700), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["process_id"], ["processes.id"], name="fk_contacts_process_id_processes"),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name="fk_contacts_roll_id_roll", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
    )
    op.create_index("ix_contacts_roll_id", "contacts", ["roll_id"])
    op.create_index("ix_contacts_mark", "contacts", ["process_id", "mark"])
    op.create_index("ix_contacts_state", "contacts", ["process_id", "state"])
    op.create_table(
        "declarations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("inbox_mark", sa.String(length=64), nullable=False),
        sa.Column("person_mark", sa.String(length=64), nullable=False),
        sa.Column("network_mark", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.String(length=2000), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("holds", sa.String(length=64), nullable=True),
        sa.Column("roll_id", sa.Integer(), nullable=True),
        sa.Column("like_id", sa.Integer(), nullable=True),
        sa.Column("made_at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["processes.id"], name="fk_declarations_process_id_processes"),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name="fk_declarations_area_id_areas"),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name="fk_declarations_roll_id_roll", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_declarations_decided_by_people"),
        sa.PrimaryKeyConstraint("id", name="pk_declarations"),
        sa.UniqueConstraint("process_id", "holds", name="uq_declarations_process_id_holds"),
    )
    op.create_index("ix_declarations_process_id", "declarations", ["process_id"])
    op.create_index("ix_declarations_roll_id", "declarations", ["roll_id"])
    op.create_index("ix_declarations_inbox", "declarations", ["process_id", "inbox_mark"])
    op.create_index("ix_declarations_person", "declarations", ["process_id", "person_mark"])
    op.create_index("ix_declarations_network", "declarations", ["process_id", "network_mark"])
    op.create_table(
        "entry_counts",
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("bucket", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["processes.id"], name="fk_entry_counts_process_id_processes"),
        sa.PrimaryKeyConstraint("process_id", "kind", "bucket", name="pk_entry_counts"),
    )


def downgrade() -> None:
    for table in ("entry_counts", "declarations", "contacts", "roll_uploads", "entitlements"):
        op.drop_table(table)
