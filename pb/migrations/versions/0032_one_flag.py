"""One flag for a word that is not plain: what was flagged on a statement is flagged for the jury."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def instant() -> pb.core.database.Instant:
    return pb.core.database.Instant(timezone=True)


def upgrade() -> None:
    carry_over(op.get_bind())
    op.drop_table("jury_jargon_flags")


def carry_over(connection: sa.Connection) -> None:
    """Every word that was flagged on a statement becomes its jury's. A word that is open anywhere
    stays open, unless the jury's glossary explains it; one that was put right is put aside."""
    old = sa.table(
        "jury_jargon_flags", sa.column("id"), sa.column("statement_id"), sa.column("word"),
        sa.column("plain"), sa.column("raised_at", instant()), sa.column("resolved_at", instant()),
    )
    statements = sa.table("jury_statements", sa.column("id"), sa.column("jury_id"))
    words = sa.table(
        "jury_flagged_words", sa.column("id"), sa.column("jury_id"), sa.column("folded"),
        sa.column("word"), sa.column("language"), sa.column("names", sa.JSON()),
        sa.column("plain", sa.JSON()), sa.column("raised_at", instant()),
        sa.column("resolved_at", instant()), sa.column("dropped_at", instant()),
    )
    rows = connection.execute(
        sa.select(old, statements.c.jury_id)
        .join(statements, statements.c.id == old.c.statement_id).order_by(old.c.id)
    ).all()
    for row in rows:
        word = " ".join(row.word.split())[:100]
        key = (words.c.jury_id == row.jury_id) & (words.c.folded == word.casefold()[:100])
        known = connection.execute(sa.select(words).where(key)).one_or_none()
        if known is None:
            connection.execute(words.insert().values(
                jury_id=row.jury_id, folded=word.casefold()[:100], word=word, language="en",
                names={}, plain={"en": row.plain} if row.plain else {}, raised_at=row.raised_at,
                resolved_at=None, dropped_at=row.resolved_at,
            ))
        elif row.resolved_at is None and known.dropped_at is not None:
            connection.execute(words.update().where(key).values(dropped_at=None))


def downgrade() -> None:
    op.create_table(
        "jury_jargon_flags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=100), nullable=False),
        sa.Column("plain", sa.String(length=300), nullable=False),
        sa.Column("raised_at", instant(), nullable=False),
        sa.Column("resolved_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["statement_id"], ["jury_statements.id"], name=op.f("fk_jury_jargon_flags_statement_id_jury_statements")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_jargon_flags")),
        sa.UniqueConstraint("statement_id", "word", name=op.f("uq_jury_jargon_flags_statement_id_word")),
    )
    op.create_index(op.f("ix_jury_jargon_flags_statement_id"), "jury_jargon_flags", ["statement_id"], unique=False)
