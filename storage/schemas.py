"""The schema of a team on PostgreSQL: made before its tables, dropped with all that it holds."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.schema import CreateSchema, DropSchema

from storage.database import Database

_THERE = text("SELECT 1 FROM pg_namespace WHERE nspname = :schema")


def make_schema(db: Database) -> None:
    """Make the database's own schema when it has one and it is missing; SQLite has none."""
    if db.is_sqlite or not db.schema:
        return
    with db.read() as session:
        if session.connection().execute(_THERE, {"schema": db.schema}).first():
            return
    with db.write() as session:  # the writer's place: of two processes one makes it
        session.connection().execute(CreateSchema(db.schema, if_not_exists=True))


def drop_schema(db: Database, schema: str) -> None:
    """Drop a team's schema with all its tables; nothing happens when it is not there."""
    if not db.is_sqlite:
        with db.write() as session:
            session.connection().execute(DropSchema(schema, cascade=True, if_exists=True))
