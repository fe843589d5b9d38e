"""Bring a database to the tables that this version needs; quick when it is there already."""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from knowledge.errors import StorageFailed
from storage.database import Database

HEAD = "0001"
"""The newest migration; a test compares it with the files. Known here, so that the usual start
need not load Alembic."""

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(db: Database) -> None:
    """Run the missing migrations, all or none; safe when several processes start at once.

    Raises `StorageFailed` for a database that cannot be used or that a newer version made.
    """
    with db.read() as session:
        if _revision(session.connection()) == HEAD:
            return
    with db.write() as session:  # the writer's place: whoever comes second finds the work done
        connection = session.connection()
        found = _revision(connection)
        if found == HEAD:
            return
        known = {path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}
        if found is not None and found not in known:
            raise StorageFailed(
                f"The database {db.where} was made by a newer Trailguide (step {found}); "
                "update Trailguide."
            )
        _upgrade(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # here, not above: slow to load, and seldom needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    log = logging.getLogger("alembic")
    level = log.level
    log.setLevel(logging.WARNING)  # a first start is no news
    try:
        command.upgrade(config, "head")
    finally:
        log.setLevel(level)
