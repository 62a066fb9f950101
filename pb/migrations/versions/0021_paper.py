"""Paper: slips keyed by two people, photos and second confirmations of notes, printed packs."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("jury_notes") as batch_op:
        batch_op.add_column(sa.Column("entered_person", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("confirmed_by", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("refused_at", instant(), nullable=True))
        batch_op.add_column(
            sa.Column("photo", sa.String(length=60), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("photo_alt", sa.String(length=300), nullable=False, server_default="")
        )
        batch_op.create_foreign_key(
            op.f("fk_jury_notes_entered_person_people"), "people", ["entered_person"], ["id"]
        )
    op.create_table(
        "jury_pack_prints",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("covers", sa.String(length=40), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["jury_sessions.id"],
            name=op.f("fk_jury_pack_prints_session_id_jury_sessions"),
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_jury_pack_prints")),
    )
    op.create_table(
        "jury_poll_keyings",
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("slips", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("keyed_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"],
            name=op.f("fk_jury_poll_keyings_person_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["jury_polls.id"],
            name=op.f("fk_jury_poll_keyings_poll_id_jury_polls"),
        ),
        sa.PrimaryKeyConstraint("poll_id", "person_id", name=op.f("pk_jury_poll_keyings")),
    )


def downgrade() -> None:
    op.drop_table("jury_poll_keyings")
    op.drop_table("jury_pack_prints")
    with op.batch_alter_table("jury_notes") as batch_op:
        batch_op.drop_constraint(op.f("fk_jury_notes_entered_person_people"), type_="foreignkey")
        for name in ("photo_alt", "photo", "refused_at", "confirmed_by", "entered_person"):
            batch_op.drop_column(name)
