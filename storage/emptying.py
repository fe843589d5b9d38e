"""Emptying what an erasure leaves behind on the disk: SQLite's log, the pages of PostgreSQL.

What could not be emptied, since another process reads, is noted in the transaction of the erasure
itself, so that the bot's next chore does it.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from storage.database import Database
from storage.holdings import HOLDINGS, By
from storage.tables import CounterRow

COUNTER = "erasures_to_empty"
LOCK_SECONDS = 2
"""How long a rewrite of a PostgreSQL table waits for its users; they wait behind it meanwhile."""


def note_erasure(session: Session) -> None:
    """Note, in the transaction of an erasure, that the disk must be emptied of it."""
    row = session.get(CounterRow, COUNTER) or CounterRow(name=COUNTER)
    row.value += 1
    session.add(row)


def note(db: Database) -> None:
    """Note the same outside of an erasure: something is still to be emptied."""
    with db.write() as session:
        note_erasure(session)


def is_to_empty(db: Database) -> bool:
    """Whether traces of an erasure may be left on the disk."""
    with db.read() as session:
        row = session.get(CounterRow, COUNTER)
        return row is not None and row.value > 0


def empty(db: Database) -> bool:
    """Leave no erased bytes where the database can reach them; False when others are in the way.

    PostgreSQL's own log of changes and its backups are out of reach; see docs/privacy.md.
    """
    with db.read() as session:
        row = session.get(CounterRow, COUNTER)
        noted = row.value if row else 0
    emptied = db.empty_log() if db.is_sqlite else _rewrite(db)
    if emptied and noted:
        with db.write() as session:
            held = session.get(CounterRow, COUNTER)
            if held is not None and held.value == noted:
                held.value = 0
                session.add(held)
    return emptied


def _rewrite(db: Database) -> bool:
    """Write the tables that hold leads' words anew; what is in use now is only freed for reuse."""
    done = True
    engine = db.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
        for holding in HOLDINGS:
            if holding.by is By.NOTHING or not holding.words:
                continue
            try:
                connection.execute(text(f'VACUUM (FULL) "{holding.table}"'))
            except DBAPIError:
                done = False
                connection.execute(text(f'VACUUM "{holding.table}"'))
        connection.execute(text("RESET lock_timeout"))
    return done
