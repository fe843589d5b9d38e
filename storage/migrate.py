"""Bring a database to the tables that this version needs; quick when it is there already."""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from knowledge.errors import StorageFailed, TrailguideError, places
from storage.database import Database
from storage.schemas import make_schema

HEAD = "0002"
"""The newest migration; a test compares it with the files. Known here, so that the usual start
need not load Alembic."""

MIGRATIONS = Path(__file__).parent / "migrations"

_log = logging.getLogger(__name__)


def migrate(db: Database) -> None:
    """Run the missing migrations, all or none; safe when several processes start at once.

    Raises `StorageFailed` for a database that cannot be used, that a newer version made, or whose
    migration failed: then it is as it was.
    """
    make_schema(db)
    with db.read() as session:
        if _revision(session.connection()) == HEAD:
            return
    # The writer's place: whoever comes second finds the work done.
    with db.write(altering=True) as session:
        connection = session.connection()
        found = _revision(connection)
        if found == HEAD:
            return
        if found is not None and not knows(found):
            raise StorageFailed(
                f"The database {db.where} was made by a newer Trailguide (step {found}); "
                "update Trailguide."
            )
        try:
            _upgrade(connection)
            _require_whole(connection)
        except TrailguideError:
            raise
        except Exception as bug:
            where = places(bug)  # messages may hold a lead's data
            _log.error("migration_failed: %s at %s", type(bug).__name__, " ".join(where))
            raise StorageFailed(
                f"The database {db.where} could not be brought from step {found or 'none'} to "
                f"{HEAD} ({type(bug).__name__} at {where[-1]}); it is as it was. Go on with "
                "the Trailguide that you had, and report this."
            ) from bug


def knows(step: str) -> bool:
    """Whether this version knows a migration step, by its number."""
    return any((MIGRATIONS / "versions").glob(f"{step}_*.py"))


def _require_whole(connection: Connection) -> None:
    """Raise unless every row that is referred to is there: SQLite did not watch meanwhile."""
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        if broken is not None:
            raise RuntimeError(f"rows of {broken[0]} refer to rows of {broken[2]} that are gone")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _upgrade(connection: Connection, to: str = "head") -> None:
    from alembic import command  # here, not above: slow to load, and seldom needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    log = logging.getLogger("alembic")
    level = log.level
    log.setLevel(logging.WARNING)  # a first start is no news
    try:
        command.upgrade(config, to)
    finally:
        log.setLevel(level)
