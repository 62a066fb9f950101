"""Proposals with their versions, authors, supports, photos and merges; comments; what finds them."""

import sqlalchemy as sa
from alembic import op

import pb.core.database

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposal_digests",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("told_to", sa.Integer(), nullable=False),
        sa.Column("told_at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_proposal_digests_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_proposal_digests")),
    )
    op.create_table(
        "categories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_categories_process_id_processes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("process_id", "key", name=op.f("uq_categories_process_id_key")),
    )
    with op.batch_alter_table("categories", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_categories_process_id"), ["process_id"], unique=False)

    op.create_table(
        "packages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("left", sa.Integer(), nullable=True),
        sa.Column("top", sa.Integer(), nullable=True),
        sa.Column("right", sa.Integer(), nullable=True),
        sa.Column("bottom", sa.Integer(), nullable=True),
        sa.Column("made_at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_packages_area_id_areas")),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_packages_made_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_packages_process_id_processes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packages")),
    )
    with op.batch_alter_table("packages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_packages_process_id"), ["process_id"], unique=False)

    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("wish", sa.String(length=2000), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("body", sa.String(length=8000), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("x", sa.Integer(), nullable=True),
        sa.Column("y", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("cost_guess", sa.BigInteger(), nullable=True),
        sa.Column("already_there", sa.String(length=2000), nullable=False),
        sa.Column("can_bring", sa.String(length=2000), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("helped_by", sa.Integer(), nullable=True),
        sa.Column("draft_key", sa.String(length=64), nullable=True),
        sa.Column("made_at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.Column("saved_at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.Column("published_at", pb.core.database.Instant(timezone=True), nullable=True),
        sa.Column("edited_at", pb.core.database.Instant(timezone=True), nullable=True),
        sa.Column("withdrawn_at", pb.core.database.Instant(timezone=True), nullable=True),
        sa.Column("hidden_at", pb.core.database.Instant(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("package_id", sa.Integer(), nullable=True),
        sa.Column("supporters", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("shuffle", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_proposals_area_id_areas")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name=op.f("fk_proposals_author_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_proposals_category_id_categories")
        ),
        sa.ForeignKeyConstraint(
            ["helped_by"], ["people.id"], name=op.f("fk_proposals_helped_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["proposals.id"], name=op.f("fk_proposals_merged_into_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["package_id"], ["packages.id"], name=op.f("fk_proposals_package_id_packages")
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_proposals_process_id_processes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("process_id", "number", name=op.f("uq_proposals_process_id_number")),
    )
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposals_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposals_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposals_category_id"), ["category_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposals_draft_key"), ["draft_key"], unique=False)
        batch_op.create_index(
            "ix_proposals_listed", ["process_id", "state", "hidden_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_proposals_merged_into"), ["merged_into"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposals_package_id"), ["package_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposals_process_id"), ["process_id"], unique=False)

    op.create_table(
        "co_authors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("invited_at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.Column("ends_at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.Column("accepted_at", pb.core.database.Instant(timezone=True), nullable=True),
        sa.Column("declined_at", pb.core.database.Instant(timezone=True), nullable=True),
        sa.Column("removed_at", pb.core.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_co_authors_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_co_authors_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_authors")),
    )
    with op.batch_alter_table("co_authors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_co_authors_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_co_authors_proposal_id"), ["proposal_id"], unique=False
        )

    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("made_at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.Column("hidden_at", pb.core.database.Instant(timezone=True), nullable=True),
        sa.Column("removed_at", pb.core.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name=op.f("fk_comments_author_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["comments.id"], name=op.f("fk_comments_parent_id_comments")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_comments_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comments_author_id"), ["author_id"], unique=False)
        batch_op.create_index(
            "ix_comments_listed", ["proposal_id", "parent_id", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_comments_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "follows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_follows_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_follows_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follows")),
        sa.UniqueConstraint(
            "proposal_id", "person_id", name=op.f("uq_follows_proposal_id_person_id")
        ),
    )
    with op.batch_alter_table("follows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follows_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_follows_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ended_at", pb.core.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["people.id"], name=op.f("fk_merges_asked_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["into_id"], ["proposals.id"], name=op.f("fk_merges_into_id_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_merges_process_id_processes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merges_into_id"), ["into_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merges_process_id"), ["process_id"], unique=False)

    op.create_table(
        "proposal_news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_proposal_news_by_people")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_proposal_news_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_news")),
    )
    with op.batch_alter_table("proposal_news", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_news_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_proposal_news_proposal_id"), ["proposal_id"], unique=False
        )

    op.create_table(
        "proposal_photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hidden_at", pb.core.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_proposal_photos_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_photos")),
    )
    with op.batch_alter_table("proposal_photos", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_proposal_photos_proposal_id"), ["proposal_id"], unique=False
        )

    op.create_table(
        "proposal_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_proposal_versions_made_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.id"],
            name=op.f("fk_proposal_versions_proposal_id_proposals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_versions")),
        sa.UniqueConstraint(
            "proposal_id", "number", name=op.f("uq_proposal_versions_proposal_id_number")
        ),
    )
    with op.batch_alter_table("proposal_versions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_proposal_versions_proposal_id"), ["proposal_id"], unique=False
        )

    op.create_table(
        "supports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", pb.core.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_supports_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_supports_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supports")),
        sa.UniqueConstraint(
            "proposal_id", "person_id", name=op.f("uq_supports_proposal_id_person_id")
        ),
    )
    with op.batch_alter_table("supports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supports_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supports_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "merge_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("answered_at", pb.core.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merges.id"], name=op.f("fk_merge_parts_merge_id_merges")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_merge_parts_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_merge_parts_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_parts")),
        sa.UniqueConstraint(
            "merge_id", "proposal_id", name=op.f("uq_merge_parts_merge_id_proposal_id")
        ),
    )
    with op.batch_alter_table("merge_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merge_parts_merge_id"), ["merge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merge_parts_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_merge_parts_proposal_id"), ["proposal_id"], unique=False
        )

    make_search()


def make_search() -> None:
    """The index of words: FTS5 on SQLite, a tsvector on PostgreSQL. No model of it: each database
    has its own, and pb/proposals/search.py alone reads and writes it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE proposal_search USING fts5("
            "words, process_id UNINDEXED, tokenize = 'unicode61 remove_diacritics 2', "
            "prefix = '2 3')"
        )
        return
    op.execute(
        "CREATE TABLE proposal_search (proposal_id INTEGER PRIMARY KEY "
        "REFERENCES proposals (id), process_id INTEGER NOT NULL, words TSVECTOR NOT NULL)"
    )
    op.execute("CREATE INDEX ix_proposal_search_words ON proposal_search USING gin (words)")


def downgrade() -> None:
    op.execute("DROP TABLE proposal_search")
    with op.batch_alter_table("merge_parts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_merge_parts_proposal_id"))
        batch_op.drop_index(batch_op.f("ix_merge_parts_person_id"))
        batch_op.drop_index(batch_op.f("ix_merge_parts_merge_id"))

    op.drop_table("merge_parts")
    with op.batch_alter_table("supports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supports_proposal_id"))
        batch_op.drop_index(batch_op.f("ix_supports_person_id"))

    op.drop_table("supports")
    with op.batch_alter_table("proposal_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_versions_proposal_id"))

    op.drop_table("proposal_versions")
    with op.batch_alter_table("proposal_photos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_photos_proposal_id"))

    op.drop_table("proposal_photos")
    with op.batch_alter_table("proposal_news", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_news_proposal_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_news_at"))

    op.drop_table("proposal_news")
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_merges_process_id"))
        batch_op.drop_index(batch_op.f("ix_merges_into_id"))

    op.drop_table("merges")
    with op.batch_alter_table("follows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follows_proposal_id"))
        batch_op.drop_index(batch_op.f("ix_follows_person_id"))

    op.drop_table("follows")
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comments_parent_id"))
        batch_op.drop_index("ix_comments_listed")
        batch_op.drop_index(batch_op.f("ix_comments_author_id"))

    op.drop_table("comments")
    with op.batch_alter_table("co_authors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_co_authors_proposal_id"))
        batch_op.drop_index(batch_op.f("ix_co_authors_person_id"))

    op.drop_table("co_authors")
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposals_process_id"))
        batch_op.drop_index(batch_op.f("ix_proposals_package_id"))
        batch_op.drop_index(batch_op.f("ix_proposals_merged_into"))
        batch_op.drop_index("ix_proposals_listed")
        batch_op.drop_index(batch_op.f("ix_proposals_draft_key"))
        batch_op.drop_index(batch_op.f("ix_proposals_category_id"))
        batch_op.drop_index(batch_op.f("ix_proposals_author_id"))
        batch_op.drop_index(batch_op.f("ix_proposals_area_id"))

    op.drop_table("proposals")
    with op.batch_alter_table("packages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_packages_process_id"))

    op.drop_table("packages")
    with op.batch_alter_table("categories", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_categories_process_id"))

    op.drop_table("categories")
    op.drop_table("proposal_digests")
