"""The one factory for database connections: SQLite set up safely, PostgreSQL with the same rules.

Left to its defaults, Python's SQLite driver opens transactions late and as readers, so two
processes that read, add and write lose each other's changes. Here every writer says BEGIN
IMMEDIATE first. On PostgreSQL one advisory lock a transaction gives writers the same order.
"""

from __future__ import annotations

import contextlib
import random
import re
import sqlite3
import time
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlmodel import Session

from knowledge.errors import BadInput, DatabaseAway, StorageFailed
from storage.away import CONNECTION_LOST, is_away, note, outage_of
from storage.postgresql import address_of, postgresql_engine
from storage.turn import Turn

PRIVATE, OTHERS = 0o600, 0o077
"""Rights of the database's file, and those that nobody but its owner has."""
BUSY_SECONDS = 10.0
"""How long a writer waits for another before it gives up (design, decision 7). SQLite keeps no
queue: of four processes that write without a pause on a machine at load 10, one waited over 5 s."""
LOOK_SECONDS = 0.002, 0.01
"""Shortest and longest pause between two looks whether the writer's place is free, drawn anew each
time. SQLite's own pauses grow to a tenth of a second, and who looks so seldom among writers who go
on and on may find it taken a hundred times."""

WRITER_LOCK = 7_211_846_023
"""The PostgreSQL advisory lock that all our writers take; any fixed number of ours serves."""

_AFTER_COMMIT = "trailguide_after_commit"


class Database:
    """Short reading and writing sessions on one database; made by `open_database`."""

    def __init__(self, engine: Engine, where: str, schema: str = "") -> None:
        self.where = where
        self.engine = engine
        self.schema = schema
        self._reader = engine.execution_options(trailguide_mode="read", postgresql_readonly=True)
        self._writer = engine.execution_options(trailguide_mode="write")
        self._alterer = engine.execution_options(trailguide_mode="alter")
        self._turn = Turn()
        self._outage = outage_of(str(engine.url))

    @property
    def lock(self) -> int:
        """The writers' lock on PostgreSQL; each team's schema has its own."""
        return WRITER_LOCK + (zlib.crc32(self.schema.encode()) if self.schema else 0)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @property
    def reading_engine(self) -> Engine:
        """For a library that reads by itself: it never waits for a writer."""
        return self._reader

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading only, one snapshot; writing in it fails."""
        with self._explained(), Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, *, first: bool = False, altering: bool = False) -> Iterator[Session]:
        """A session that holds the writer's place from the start; commits, or rolls all back.

        One that comes `first` passes this process's other writers: Slack waits for it.
        Never open one inside another: the inner one would wait for the outer in vain.
        One that is `altering` tables may make a table anew in SQLite without deleting what refers
        to it; nothing watches over references meanwhile.
        `StorageFailed` when another writer holds on for longer than `BUSY_SECONDS`.
        """
        with (
            self._own_turn(first=first),
            self._explained(writing=True),
            Session(self._alterer if altering else self._writer, expire_on_commit=False) as session,
        ):
            session.connection()  # begin now, not at the first statement
            if not self.is_sqlite:
                session.connection().execute(text(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'"))
                session.connection().execute(text(f"SELECT pg_advisory_xact_lock({self.lock})"))
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
            for step in session.info.pop(_AFTER_COMMIT, {}).values():
                step()

    @contextmanager
    def _own_turn(self, *, first: bool) -> Iterator[None]:
        """Writers of this process wait for each other here.

        SQLite's own waiting sleeps and tries again, so that among several threads an unlucky one
        starves until its time is up: then an event could not be kept before its ack.
        """
        mine = self.is_sqlite and self._turn.acquire(BUSY_SECONDS, first=first)
        try:
            yield
        finally:
            if mine:
                self._turn.release()

    def empty_log(self) -> bool:
        """Move SQLite's write-ahead log into the file and cut it to nothing; False when in use.

        After an erasure this leaves no copy of the erased bytes. PostgreSQL: nothing to do, True.
        """
        if not self.is_sqlite:
            return True
        with self._explained(), self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()

    @contextmanager
    def _explained(self, *, writing: bool = False) -> Iterator[None]:
        try:
            yield
        except NoConnectionFree as error:
            self._outage.missed(writing=writing)
            raise note(DatabaseAway(_BUSY.format(where=self.where))) from error
        except (DBAPIError, sqlite3.Error) as error:
            sentence = explain(str(getattr(error, "orig", None) or error), self.where)
            if is_away(error, writing=writing):
                self._outage.missed(writing=writing)
                unknown = _UNREACHED.format(where=self.where)
                raise note(DatabaseAway(sentence or unknown)) from error
            if sentence is None:
                raise  # a bug of ours: it is logged with a reference at the edge
            raise StorageFailed(sentence) from error
        else:
            self._outage.worked(writing=writing)


def after_commit(session: Session, name: str, step: Callable[[], None]) -> None:
    """Have `Database.write` run `step` once its commit is durable; the last of a name counts."""
    session.info.setdefault(_AFTER_COMMIT, {})[name] = step


def batches(items: Collection[str], size: int = 500) -> Iterator[list[str]]:
    """The items in lists of at most `size`: databases limit how many values a query may name."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def open_database(url: str, schema: str = "") -> Database:
    """The database at `url`: `sqlite:///path/to/file.db` or `postgresql://user@host/name`.

    With a `schema` everything on PostgreSQL lies there and nowhere else; SQLite has none. Opens
    nothing yet, save that a missing folder is reported. Raises `BadInput` for a URL of another kind
    and `StorageFailed` for a folder that is not there.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # such as a port that is no number
        raise BadInput(
            "TRAILGUIDE_DATABASE_URL is not a database address; "
            "use sqlite:///path/to/file.db or postgresql://user@host/name."
        ) from None
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return _open_sqlite(parsed)
    if kind in {"postgresql", "postgres"}:
        engine = postgresql_engine(parsed, schema, BUSY_SECONDS)
        where = address_of(parsed)
        return Database(engine, f"{where}, schema {schema}" if schema else where, schema)
    raise BadInput(f"Trailguide keeps its data in SQLite or PostgreSQL, not in '{kind[:40]}'.")


def _open_sqlite(url: URL) -> Database:
    if not url.database or url.database == ":memory:":
        raise BadInput("The database must be a file: use sqlite:///path/to/file.db.")
    path = Path(url.database)
    if not path.parent.is_dir():
        raise StorageFailed(
            f"The folder {path.parent} for the database is not there; "
            "make it, or set TRAILGUIDE_HOME to another one."
        )
    _keep_private(path)
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Database(engine, str(path))


def _keep_private(path: Path) -> None:
    """Make the file for its owner alone, as leads lie in it; SQLite's files beside it follow it.

    What cannot be changed, such as another's file, is left to whoever owns it.
    """
    with contextlib.suppress(OSError):
        path.touch(mode=PRIVATE, exist_ok=True)
        if path.stat().st_mode & OTHERS:
            path.chmod(PRIVATE)


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver keeps out of transactions: we begin them
    connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous = FULL")  # durable before acknowledged
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA recursive_triggers = ON")  # else REPLACE slips past DELETE triggers


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch to WAL, waiting for others: for this one switch SQLite itself does not wait."""
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("trailguide_mode")
    connection.exec_driver_sql(f"PRAGMA query_only = {int(mode == 'read')}")
    # Dropping a table in favour of a new one would else delete the rows that refer to it.
    connection.exec_driver_sql(f"PRAGMA foreign_keys = {int(mode != 'alter')}")
    if mode == "read":
        connection.exec_driver_sql("BEGIN")
    else:
        driver: Any = connection.connection.driver_connection
        _take_the_writers_place(driver)


def _take_the_writers_place(connection: sqlite3.Connection) -> None:
    give_up = time.monotonic() + BUSY_SECONDS
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > give_up:
                    raise
                time.sleep(random.uniform(*LOOK_SECONDS))  # noqa: S311 - no secret
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")


_BUSY = "The database {where} is busy with another process; try again in a moment."
_UNREACHED = (
    "The database server at {where} cannot be reached or turned us away; check "
    "TRAILGUIDE_DATABASE_URL and that the server runs."
)
_REFUSED = (
    (r'fatal: +database ".*" does not exist',
     "The database server at {where} does not have that database; create it, or check its name in "
     "TRAILGUIDE_DATABASE_URL."),
    (r'fatal: +role ".*" does not exist|authentication failed for user|no password supplied',
     "The database server at {where} does not know that user or password; check both in "
     "TRAILGUIDE_DATABASE_URL."),
    (r"server (at|on) .*(connection refused|no such file or directory)",
     "No database server listens at {where}; check TRAILGUIDE_DATABASE_URL and that the server "
     "runs."),
)  # fmt: skip
"""Why no connection to a server came about, by its words: the driver gives no SQLSTATE for that. A
server that speaks another language is told by `_UNREACHED`, where the driver's own words are known.
"""
_CAUSES = (
    (("connection failed", "connection is bad", "connection to server", "connection refused",
      "could not connect", "could not translate", "failed to resolve",
      "server closed the connection", "connection timeout", "terminating connection",
      "connection is lost", "authentication failed", *CONNECTION_LOST),
     _UNREACHED),
    (("read-only transaction",),
     "The database server at {where} is read-only; check that TRAILGUIDE_DATABASE_URL names the "
     "one that is written to."),
    (("unable to open", "permission denied"),
     "The database {where} cannot be opened; check that its folder is there and that you may "
     "write to it."),
    (("readonly database", "read-only"),
     "The database {where} is read-only; give yourself permission to write to the file and its "
     "folder."),
    (("not a database", "malformed"),
     "The database {where} is damaged or is not a database; put a backup in its place."),
    (("locked", "lock timeout"),
     _BUSY),
    (("is full", "no space left"),
     "The disk that holds the database {where} is full; make room and try again."),
    (("disk i/o",),
     "The disk that holds the database {where} reports an error; check the disk."),
    (("no such table", "does not exist"),
     "The database {where} lacks a table; start Trailguide again to bring it up to date."),
)  # fmt: skip


def explain(problem: str, where: str) -> str | None:
    """A sentence for a person about a driver's error text, or None when it is a bug of ours."""
    lower = problem.lower()
    for sign, sentence in _REFUSED:
        if re.search(sign, lower):
            return sentence.format(where=where)
    for signs, sentence in _CAUSES:
        if any(sign in lower for sign in signs):
            return sentence.format(where=where)
    return None
