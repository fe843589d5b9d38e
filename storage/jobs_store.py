"""The tables of the job queue, erased without knowing them: every text column is looked through.

A job is given keys and gives keys back. But the queue also keeps what a failed job said, as text,
base64 or pickled, and nobody of us decides what stands in there.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import (
    MetaData,
    String,
    Table,
    and_,
    create_engine,
    delete,
    event,
    inspect,
    select,
    update,
)
from sqlalchemy.engine import Engine, make_url

from knowledge.teams import MARK, jobs_of, require_team_id
from storage.database import BUSY_SECONDS
from storage.person import SHORT, stands_in

SCHEMA = "dbos"
"""Where the queue keeps its tables on a server; in a file they have no schema."""

JOBS, JOB = "workflow_status", "workflow_uuid"
"""The queue's table of jobs, and the column by which each table says whose row it is."""

TELLING = 6
"""Letters from which a sign with a space, an @ or a hyphen in it names nothing else."""
WORDS = frozenset({
    "inputs", "output", "error", "value", "message", "attributes", "context", "request",
})  # fmt: skip
"""The columns that hold what people or programs said; the others hold ids, states and times."""


def erase_from_jobs(address: str, signs: frozenset[str], team: str = "") -> int:
    """Empty every field of a team's jobs that names the person; return how many.

    The jobs of other teams stay as they are, whomever they name. `address` is a database address; a
    file that is not there holds nothing. A job's own id, its state and its place in the queue stay,
    so that no job is done twice.
    """
    engine = _engine(address)
    if engine is None:
        return 0
    erased = 0
    try:
        with engine.begin() as connection:
            for table in _tables(engine):
                keys = list(table.primary_key.columns) or list(table.columns)
                for column in (c for c in table.columns if c.name in WORDS):
                    query = select(*keys, column.label("words")).where(column.is_not(None))
                    for row in connection.execute(query).mappings().all():
                        ours = _is_of(team, (str(row[key.name]) for key in keys))
                        if ours and says(row["words"], signs):
                            this = and_(*(key == row[key.name] for key in keys))
                            empty = None if column.nullable else ""
                            connection.execute(update(table).where(this).values({column: empty}))
                            erased += 1
    finally:
        engine.dispose()
    return erased


def forget_jobs(address: str, team: str) -> int:
    """Delete every job of a team with all that is kept of it; return how many rows went."""
    engine = _engine(address)
    if engine is None:
        return 0
    gone = 0
    try:
        with engine.begin() as connection:
            named = [t for t in _tables(engine) if JOB in t.columns]
            for table in sorted(named, key=lambda t: t.name == JOBS):  # what refers to it first
                ours = table.c[JOB].startswith(jobs_of(require_team_id(team)), autoescape=True)
                gone += connection.execute(delete(table).where(ours)).rowcount
    finally:
        engine.dispose()
    return gone


def _is_of(team: str, names: Iterator[str]) -> bool:
    """Whether a row is of this team's jobs, by one of its keys; of no team's, for no team."""
    if team:
        return any(name.startswith(jobs_of(team)) for name in names)
    return not any(name.startswith(MARK) for name in names)


def empty_jobs(address: str) -> bool:
    """Leave no erased bytes in the queue's file: rewrite it, cut its log; False when in use."""
    engine = _engine(address)
    if engine is None or engine.dialect.name != "sqlite":
        return True
    try:
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.isolation_level = None  # no transaction around what cannot be in one
            driver.execute("VACUUM")
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    finally:
        engine.dispose()
    return not busy


def says(words: Any, signs: frozenset[str]) -> bool:
    """Whether a kept value names the person in any of the ways such values are written."""
    return any(_names(form, sign) for form in _forms(words) for sign in signs)


def _names(form: str, sign: str) -> bool:
    """Whether a form holds a sign: a telling one anywhere, since pickled words have no edges."""
    if len(sign) >= TELLING and not sign.isalpha():
        return sign in form
    if len(sign) <= SHORT:
        return f'"{sign}"' in form or form.strip() == sign
    return stands_in(form, sign)


def _forms(words: Any) -> Iterator[str]:
    text = words if isinstance(words, str) else json.dumps(words, ensure_ascii=False)
    yield text.casefold()
    if "\\u" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text).casefold()
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return
    yield raw.decode("utf-8", "replace").casefold()
    yield raw.decode("latin-1").casefold()


def _tables(engine: Engine) -> list[Table]:
    schema = SCHEMA if engine.dialect.name != "sqlite" else None
    if schema and schema not in inspect(engine).get_schema_names():
        return []
    found = MetaData()
    found.reflect(engine, schema=schema)
    return [t for t in found.tables.values() if any(_is_text(c) for c in t.columns)]


def _is_text(column: Any) -> bool:
    return isinstance(column.type, String) or column.name in WORDS


def _engine(address: str) -> Engine | None:
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        if not url.database or not Path(url.database).exists():
            return None
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA secure_delete = ON"))
        return engine
    return create_engine(url.set(drivername="postgresql+psycopg"), hide_parameters=True)
