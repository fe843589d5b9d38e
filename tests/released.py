"""`python -m tests.released`: keep a dump of the newest schema with rows in every table.

Made once for each step that was released, on SQLite and PostgreSQL; migrations are tested from it
for ever after. What stands in the rows is invented. A dump that is there already is left alone.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Float, Integer, LargeBinary, Table
from sqlalchemy.engine import make_url

import storage.tables  # noqa: F401 - registers every table
from storage.audit import Audit
from storage.columns import UtcDateTime, metadata
from storage.database import Database, open_database
from storage.migrate import HEAD, migrate
from tests.databases import new_postgres_database

FOLDER = Path(__file__).parent / "fixtures" / "released"
KEY = hashlib.sha256(b"the audit key of the released dumps").digest()
ROWS = 2
DAY = datetime(2026, 1, 5, 9, 30, 0, 125000, tzinfo=UTC)
BY_ITSELF = {"audit", "audit_key"}
"""Filled by the audit log itself, so that it verifies."""


def dump_of(step: str, dialect: str) -> Path:
    """Where the dump of a step lies, by the name of a dialect."""
    return FOLDER / f"{step}.{dialect}.sql"


def steps() -> list[str]:
    """The steps that dumps were kept of."""
    return sorted({path.name[:4] for path in FOLDER.glob("*.sql")})


def fill(db: Database) -> None:
    """Put rows into every table."""
    with db.write() as session:
        for table in metadata.sorted_tables:
            if table.name not in BY_ITSELF:
                for n in range(1, ROWS + 1):
                    session.execute(table.insert().values(dict(_row(table, n))))
        audit = Audit(KEY)
        for n in range(1, 4):
            audit.append(session, "asset.approved", f"asset-id-{n}", "U01", {"content": f"h{n}"})


def load(url: str, step: str) -> None:
    """Load a dump into the empty database at `url`."""
    parsed = make_url(url)
    dialect = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql"
    script = dump_of(step, dialect).read_text("utf-8")
    if dialect == "sqlite":
        with closing(sqlite3.connect(str(parsed.database))) as connection:
            connection.executescript(script)
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(script)  # type: ignore[arg-type]


def _row(table: Table, n: int) -> Iterator[tuple[str, Any]]:
    for column in table.columns:
        yield column.name, _value(table, column, n)


def _value(table: Table, column: Column[Any], n: int) -> Any:
    for key in column.foreign_keys:
        column, table = key.column, key.column.table
    for kind, made in _BY_TYPE:
        if isinstance(column.type, kind):
            return made(column.name, n)
    return f"{table.name}-{column.name}-{n}" if column.primary_key else f"{column.name} “ü” {n}'s"


_BY_TYPE: tuple[tuple[Any, Callable[[str, int], Any]], ...] = (
    ((UtcDateTime, DateTime), lambda name, n: DAY + timedelta(days=n, hours=len(name))),
    (Date, lambda _, n: date(2026, 1, n)),
    (Boolean, lambda _, n: n % 2 == 0),
    (Integer, lambda _, n: n),
    (Float, lambda _, n: n / 4),
    (LargeBinary, lambda _, n: bytes([n, 0, 255, 39, 10])),
    (JSON, lambda name, n: {"said": f"“{name}” it's {n}", "of": [n, None, True]}),
)


def _dump_sqlite(folder: Path) -> str:
    db = open_database(f"sqlite:///{folder / 'released.db'}")
    migrate(db)
    fill(db)
    db.close()
    with closing(sqlite3.connect(folder / "released.db")) as connection:
        return "\n".join(connection.iterdump()) + "\n"


def _dump_postgres() -> str:
    url = new_postgres_database()
    db = open_database(url)
    migrate(db)
    fill(db)
    db.close()
    command = ["pg_dump", "--inserts", "--no-owner", "--no-privileges", f"--dbname={url}"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # Comments, and settings that another version of the server may not know.
    lines = [
        x for x in told.splitlines() if not re.match(r"--|\\|SET |SELECT pg_catalog\.set_c", x)
    ]
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).lstrip() + "\n"


def main() -> None:
    """Keep the dumps of the newest step."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.umask(0o022)
    with TemporaryDirectory() as folder:
        for dialect, dump in (("sqlite", lambda: _dump_sqlite(Path(folder))),
                              ("postgresql", _dump_postgres)):  # fmt: skip
            path = dump_of(HEAD, dialect)
            if path.exists():
                sys.exit(f"{path} is there already: what was released stays as it is.")
            path.write_text(dump(), "utf-8")
            print(path)  # noqa: T201 - the command's own output


if __name__ == "__main__":
    main()
