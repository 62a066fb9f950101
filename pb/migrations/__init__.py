"""The database's history. ``upgrade`` brings any earlier state to today's."""

from __future__ import annotations

from pathlib import Path

from pb.core.database import Database


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to a revision; does nothing, quickly, where it is there already."""
    from alembic import command

    with database.engine.connect() as connection:
        command.upgrade(_config(connection), revision)
        connection.commit()


def at_head(database: Database) -> bool:
    """Whether the database has the newest revision, without loading Alembic."""
    from sqlalchemy import inspect, text

    newest = max(path.stem.split("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        found = connection.execute(text("select version_num from alembic_version")).scalar()
    return bool(found == newest)


FOLDER = Path(__file__).resolve().parent

INDEX_OF_WORDS = "proposal_search"
"""The search's own tables differ on each database, so that no model describes them."""


def described(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a thing of the database should have a model, for Alembic's comparison."""
    return not (kind == "table" and name is not None and name.startswith(INDEX_OF_WORDS))


def _config(connection: object):  # type: ignore[no-untyped-def]
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config
