"""A run of the suite on PostgreSQL and a Chroma server in place of the embedded ones.

`python -m tests.run_scale` starts both and sets the switch. From then on every home folder has a
database of its own on the server, named by its path, and collections of its own. A home that was
copied has a copy of the other's database, as the file would have come along. What tests give their
settings themselves stays as it is; tests marked `embedded` keep SQLite and the embedded index.
"""

from __future__ import annotations

import hashlib
import json
import os
import urllib.request
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

SWITCH, CHROMA = "TG_SCALE_POSTGRES", "TG_SCALE_CHROMA"
EMPTY, SEEDED = "tpl_empty", "tpl_seeded"
COPIED_FROM = ".scale_from"
"""In a home: the database that a copy of this home begins with."""
ANCHOR, EMBEDDED, ON_SERVERS = ("audit.head", "audit.marks"), ".embedded_", ".servers_"
_made: set[Path] = set()
_server = os.environ.get(SWITCH, "")


def wanted() -> bool:
    """Whether this process runs its homes on the servers, now."""
    return bool(os.environ.get(SWITCH))


def choose(*, embedded: bool) -> None:
    """Have homes from now on embedded, or on the servers where these run."""
    if _server and not embedded:
        os.environ[SWITCH] = _server
    else:
        os.environ.pop(SWITCH, None)


def install() -> None:
    """Have settings without an address name the servers, and databases be made when opened."""
    from bot import bootstrap
    from bot.settings import Settings

    made, opened = Settings.__init__, bootstrap.open_database

    def init(self: Any, **given: Any) -> None:
        made(self, **given)
        if wanted() and "database_url" not in given and self.database_url is None:
            self.__dict__["database_url"] = url_of(self.home).render_as_string(False)
        if wanted() and "chroma_url" not in given and self.chroma_url is None:
            self.__dict__["chroma_url"] = f"{os.environ[CHROMA]}/{name_of(self.home)}"

    def open_database(url: str, *more: Any) -> Any:
        name = str(make_url(url).database)
        if wanted() and name.startswith("h_"):
            _make(name)
        return opened(url, *more)

    Settings.__init__ = init  # type: ignore[method-assign]
    bootstrap.open_database = open_database
    bootstrap.make_home = _remembering(bootstrap.make_home)
    note_server = bootstrap.note_server

    def note(home: Path, where: str) -> None:
        if "/h_" not in where:  # a test's home changes sides, and would be refused for it
            note_server(home, where)

    bootstrap.note_server = note


_homes: dict[str, Path] = {}


def _remembering(make_home: Any) -> Any:
    """Know the folder behind a name: a name alone does not say what its home was copied from."""

    def make(home: Path) -> None:
        make_home(home)
        _homes[name_of(home)] = home.resolve()

    return make


def name_of(home: Path) -> str:
    """A home's database on the server, and the prefix of its collections."""
    return f"h_{hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:20]}"


def url_of(home: Path) -> URL:
    """The address of a home's database."""
    return make_url(_server).set(database=name_of(home))


def put_aside(home: Path, mark: str) -> None:
    """Take a home's anchor of the audit log away under a mark; the other log begins another."""
    for name in ANCHOR:
        if (home / name).exists():
            (home / name).replace(home / f"{mark}{name}")


def put_back(home: Path, mark: str) -> None:
    """Have the anchor in force that was put aside under this mark."""
    for name in ANCHOR:
        if (home / f"{mark}{name}").exists():
            (home / f"{mark}{name}").replace(home / name)


def keep_as_template(home: Path) -> None:
    """Have copies of this home begin with its database as it is now; nobody may be using it."""
    put_aside(home, ON_SERVERS)
    _run(f'DROP DATABASE IF EXISTS "{SEEDED}" WITH (FORCE)')  # of a home of other code
    _run(f'CREATE DATABASE "{SEEDED}" TEMPLATE "{name_of(home)}"')
    (home / COPIED_FROM).write_text(SEEDED)


def drop_under(folder: Path) -> None:
    """Drop the databases and collections of the homes in a folder that is done with."""
    root = folder.resolve()
    for home in [h for h in _made if h.is_relative_to(root)]:
        _run(f'DROP DATABASE IF EXISTS "{name_of(home)}" WITH (FORCE)')
        _drop_collections(name_of(home))
        _made.discard(home)


def homes_under(folder: Path) -> list[Path]:
    """The homes in a folder that have a database on the server."""
    return [home for home in _homes.values() if home.is_relative_to(folder.resolve())]


def _make(name: str) -> None:
    home = _homes[name]
    if _run(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
        return
    note = home / COPIED_FROM
    source = note.read_text() if note.exists() else EMPTY
    # Idle connections of a home that is still open; its pool makes new ones.
    _run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}'")
    _run(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    note.write_text(name)
    put_back(home, ON_SERVERS)
    _made.add(home)


def _run(statement: str) -> bool:
    """Run one statement; whether it brought a row."""
    server = make_url(_server).set(drivername="postgresql+psycopg")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            result = connection.execute(text(statement))
            return result.returns_rows and result.first() is not None
    finally:
        engine.dispose()


def _drop_collections(prefix: str) -> None:
    place = f"{os.environ[CHROMA]}/api/v2/tenants/default_tenant/databases/default_database"
    with urllib.request.urlopen(f"{place}/collections", timeout=30) as reply:
        names = [c["name"] for c in json.load(reply)]
    for name in names:
        if name.startswith(prefix.replace("_", "-")):
            gone = urllib.request.Request(f"{place}/collections/{name}", method="DELETE")
            urllib.request.urlopen(gone, timeout=30).close()
