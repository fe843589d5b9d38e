"""A copy of the whole database at one moment, while others write; and putting it back.

SQLite is copied by its online backup, PostgreSQL by its own `pg_dump`, whose password is handed
over in the environment and never in the command.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.engine import URL

from knowledge.errors import BadInput, StorageFailed
from knowledge.teams import SCHEMAS
from storage.columns import metadata
from storage.database import BUSY_SECONDS, PRIVATE, Database
from storage.jobs_store import SCHEMA as JOBS_SCHEMA

SQLITE_COPY, POSTGRES_COPY = "trailguide.db", "database.pgdump"
"""What the copy is called in a backup, by the kind of database."""

COUNTED = ("lead", "suggestion", "asset", "audit")
"""Tables whose rows a backup counts, for whoever wants to know what is in it."""


def copy_of(db: Database, folder: Path) -> Path:
    """Copy the database into `folder`; `StorageFailed`. Nobody who writes has to wait for it."""
    if db.is_sqlite:
        return _copy_sqlite(Path(db.where), folder / SQLITE_COPY)
    path = folder / POSTGRES_COPY
    # The tables of the job queue stay behind: what waits is taken up again from the inbox.
    _run(
        "pg_dump",
        db.engine.url,
        f"--exclude-schema={JOBS_SCHEMA}",
        # A team's copy holds its schema alone, and the house's none of any team.
        f"--schema={db.schema}" if db.schema else f"--exclude-schema={SCHEMAS}*",
        "--format=custom",
        f"--file={path}",
    )
    return path


def counted(db: Database) -> dict[str, int]:
    """How many rows the tables have by which people know a database."""
    with db.read() as session:
        return {name: _rows(session.connection(), name) for name in COUNTED}


def put_back(db: Database, copy: Path) -> None:
    """Fill an empty PostgreSQL database from a copy, all or nothing; `StorageFailed`."""
    _run("pg_restore", db.engine.url, "--single-transaction", "--exit-on-error", str(copy))


def require_no_tables(db: Database) -> None:
    """`BadInput` unless there is nothing yet in this PostgreSQL database."""
    with db.read() as session:
        if _tables(session.connection()):
            raise BadInput(
                f"The database {db.where} is not empty; make a new one and name it in "
                "TRAILGUIDE_DATABASE_URL."
            )


def take_out_tables(db: Database) -> None:
    """Leave a PostgreSQL database empty again, when what was put into it cannot be used."""
    with db.write() as session:
        for schema, name in _tables(session.connection()):
            session.execute(text(f'DROP TABLE IF EXISTS "{schema}"."{name}" CASCADE'))
            session.execute(text(f'DROP FUNCTION IF EXISTS "{schema}".audit_refuse() CASCADE'))


def _rows(connection: Connection, name: str) -> int:
    return int(
        connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()
    )


def _tables(connection: Connection) -> Sequence[tuple[str, str]]:
    query = text(
        "SELECT schemaname, tablename FROM pg_tables "
        "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    )
    return [(str(schema), str(name)) for schema, name in connection.execute(query).all()]


def _copy_sqlite(path: Path, to: Path) -> Path:
    to.touch(mode=PRIVATE)
    try:
        with (
            contextlib.closing(
                sqlite3.connect(
                    f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS
                )
            ) as source,
            contextlib.closing(sqlite3.connect(to)) as target,
        ):
            source.backup(target)  # all pages in one go: one moment of the database
            target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            (sound,) = target.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise StorageFailed(f"The database {path} could not be copied: {error}.") from None
    if sound != "ok":
        raise StorageFailed(f"The database {path} is damaged ({sound}), so no backup was made.")
    return to


def _run(program: str, url: URL, *options: str) -> None:
    password = {"PGPASSWORD": url.password} if url.password else {}
    address = url.set(drivername="postgresql", password=None).render_as_string()
    command = [program, "--no-owner", "--no-privileges", f"--dbname={address}", *options]
    try:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, with options of ours
            command, env={**os.environ, **password}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise StorageFailed(
            f"{program} is not installed here; install PostgreSQL's client programs, or back the "
            "server up by its own means (docs/backup.md)."
        ) from None
    if done.returncode:
        raise StorageFailed(f"{program} failed: {_reason(done.stderr)}.")


def _reason(said: str) -> str:
    """The first complaint of a program of PostgreSQL, without its name and without row data."""
    lines = [line for line in said.splitlines() if "error:" in line] or said.splitlines()
    first = lines[0] if lines else "it said nothing"
    return re.sub(r"^\w+: (error: )?", "", first).strip().rstrip(".")[:200]
