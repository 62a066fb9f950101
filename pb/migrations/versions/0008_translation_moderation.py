"""Translations of what carries its language; reports, cases and marks of posts."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    op.create_table(
        "translations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("source_language", sa.String(length=2), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source_digest", sa.String(length=64), nullable=False),
        sa.Column("translated_by", sa.Integer(), nullable=True),
        sa.Column("translator", sa.String(length=200), nullable=False),
        sa.Column("translated_at", INSTANT, nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_translations_process_id_processes")
        ),
        sa.ForeignKeyConstraint(
            ["translated_by"], ["people.id"], name=op.f("fk_translations_translated_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["people.id"], name=op.f("fk_translations_checked_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translations")),
        sa.UniqueConstraint(
            "kind", "subject_id", "field", "language",
            name=op.f("uq_translations_kind_subject_id_field_language"),
        ),
    )
    op.create_index(op.f("ix_translations_process_id"), "translations", ["process_id"])

    op.create_table(
        "moderation_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("hid", sa.Boolean(), nullable=False),
        sa.Column("held_back", sa.String(length=30), nullable=False),
        sa.Column("bundle", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason_code", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("reason_language", sa.String(length=2), nullable=False),
        sa.Column("appealed_at", INSTANT, nullable=True),
        sa.Column("appeal", sa.String(length=2000), nullable=False),
        sa.Column("appeal_language", sa.String(length=2), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answer_outcome", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("answer_language", sa.String(length=2), nullable=False),
        sa.Column("open_key", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"],
            name=op.f("fk_moderation_cases_process_id_processes"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_moderation_cases_decided_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["people.id"], name=op.f("fk_moderation_cases_answered_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_cases")),
        sa.UniqueConstraint("open_key", name=op.f("uq_moderation_cases_open_key")),
    )
    op.create_index(op.f("ix_moderation_cases_process_id"), "moderation_cases", ["process_id"])
    op.create_index("ix_moderation_cases_subject", "moderation_cases", ["kind", "subject_id"])

    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["moderation_cases.id"], name=op.f("fk_reports_case_id_moderation_cases")
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_reports_process_id_processes")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_reports_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    for column in ("case_id", "person_id", "address", "made_at"):
        op.create_index(op.f(f"ix_reports_{column}"), "reports", [column])

    op.create_table(
        "post_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("sketch", sa.JSON(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_post_marks_process_id_processes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_marks")),
    )
    op.create_index(op.f("ix_post_marks_made_at"), "post_marks", ["made_at"])
    op.create_index("ix_post_marks_address", "post_marks", ["address", "made_at"])


def downgrade() -> None:
    for table in ("post_marks", "reports", "moderation_cases", "translations"):
        op.drop_table(table)
