"""Databases for the storage tests: every test with `db` runs on SQLite and on PostgreSQL.

PostgreSQL is the server that TRAILGUIDE_TEST_POSTGRES names (`postgresql://user@host/postgres`, its
user may create databases), else a throw-away one when its programs are installed; without either
these runs are skipped.
"""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

from bot.settings import Settings
from storage.database import Database, open_database
from storage.migrate import migrate
from tests.fresh_databases import fill

SERVER = os.environ.get("TRAILGUIDE_TEST_POSTGRES")  # read now: tests run without our variables
_numbers = itertools.count()


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def set_clock() -> SetClock:
    return SetClock()


@pytest.fixture
def sqlite_db(tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "trailguide.db"
    fill(path)
    db = open_database(f"sqlite:///{path}")
    yield db
    db.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_db")
        return
    db = open_database(new_postgres_database(template=_migrated_template()))
    yield db
    db.close()


@pytest.fixture
def empty_postgres() -> str:
    """The URL of a database without tables."""
    return new_postgres_database()


def new_postgres_database(template: str = "template1") -> str:
    """The URL of a new database; skips the test when there is no server."""
    server = make_url(postgres_server())
    name = f"trailguide_test_{os.getpid()}_{next(_numbers)}"
    engine = create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    engine.dispose()
    if SERVER:  # a throw-away one goes as a whole
        atexit.register(_drop, server.render_as_string(hide_password=False), name)
    return server.set(database=name).render_as_string(hide_password=False)


def _drop(server: str, name: str) -> None:
    try:
        engine = create_engine(
            make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        engine.dispose()
    except Exception:  # noqa: BLE001 - tidying at exit must not hide the tests' result
        pass


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in a home's database, whichever it is."""
    with opened(home) as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@contextmanager
def opened(home: Path) -> Iterator[Connection]:
    """A plain connection to a home's database, whichever it is; what is changed stays."""
    url = make_url(Settings(home=home).database)
    if url.get_backend_name() != "sqlite":
        url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@functools.cache
def _migrated_template() -> str:
    url = new_postgres_database()
    db = open_database(url)
    migrate(db)
    db.close()
    return str(make_url(url).database)


def make_template(name: str) -> None:
    """A database of this name with our tables in it, for others to be copied from."""
    server = make_url(postgres_server()).set(drivername="postgresql+psycopg")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{_migrated_template()}"'))
    engine.dispose()


def server_folder(prefix: str) -> tuple[Path, str | None]:
    """A folder for a server, and the user it must run as: the server refuses to run as root.

    Skips the test where its programs are not installed.
    """
    if not (shutil.which("initdb") and shutil.which("pg_ctl")):
        pytest.skip("PostgreSQL's programs are not installed")
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    if os.geteuid() != 0:
        return folder, None
    try:
        owner = pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return folder, "postgres"


@functools.cache
def postgres_server() -> str:
    """The address of the server, which is started when none was named."""
    if SERVER:
        return SERVER
    folder, user = server_folder("tgpg")
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run(
            command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, timeout=60
        )

    run("initdb", "-D", str(data), "-A", "trust", "-U", "trailguide", "-E", "UTF8", "--no-sync")
    options = (
        f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        " -c max_connections=300"
    )
    run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-w", "-o", options, "start")

    def stop() -> None:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql://trailguide@/postgres?host={folder}"
