"""A database that is away for a while: by which signs that is known, and who heard of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import structlog
from sqlalchemy.exc import OperationalError

from knowledge.errors import DatabaseAway

CONNECTION_LOST = (
    "connection is closed", "consuming input failed", "connection reset", "broken pipe",
    "starting up", "shutting down", "not yet accepting", "not accepting", "too many clients",
    "could not receive data", "sending query failed", "could not send", "recovery mode",
)  # fmt: skip
PASSING = (
    "locked", "lock timeout", "is full", "no space left", "disk i/o", "connection failed",
    "connection refused", "could not connect", "server closed the connection",
    "connection timeout", "terminating connection", "connection is lost", *CONNECTION_LOST,
)  # fmt: skip
"""Signs, in lower case, of what mends itself or is mended without us."""
LASTING = (
    "authentication failed", "does not exist", "pg_hba.conf", "no password supplied",
    "permission denied", "not permitted to log in", "certificate", "ssl was required",
    "invalid port", "number of parameters",
)  # fmt: skip
"""Signs of what only a person mends, though a connection failed over it."""
AWAY_STATES = ("08", "53", "57P")
"""How the SQLSTATE of a server begins that lost us, is out of room or connections, or goes down."""
READ_ONLY_STATE = "25006"
"""What a writer is told whose server has become a copy of another one."""

log = structlog.get_logger("trailguide.database")

_heard = threading.local()


class Outage:
    """Says once that a database is away which had answered, and once that it is back."""

    def __init__(self) -> None:
        self._answered = False
        self._away_since: float | None = None
        self._by_a_writer = False
        self._lock = threading.Lock()

    def missed(self, *, writing: bool) -> None:
        """Note that it was away for one session."""
        with self._lock:
            if not self._answered or self._away_since is not None:
                return
            self._away_since, self._by_a_writer = time.monotonic(), writing
            log.warning("database_away")

    def worked(self, *, writing: bool) -> None:
        """Note that a session went well; a reader's tells nothing where writers are turned away."""
        if self._answered and self._away_since is None:  # nearly always: nobody waits for the lock
            return
        with self._lock:
            self._answered = True
            since = self._away_since
            if since is None or (self._by_a_writer and not writing):
                return
            self._away_since = None
            log.info("database_back", after_seconds=round(time.monotonic() - since, 1))


_outages: dict[str, Outage] = {}


def outage_of(address: str) -> Outage:
    """The one of a server's database, however many teams' schemas lie in it."""
    return _outages.setdefault(address, Outage())


def passes(problem: str) -> bool:
    """Whether a driver's error text tells of something that passes."""
    lower = problem.lower()
    return any(s in lower for s in PASSING) and not any(s in lower for s in LASTING)


def is_away(error: Exception, *, writing: bool) -> bool:
    """Whether a driver's failure passes; of PostgreSQL not by words alone.

    Its words differ by the way to it, by version and by language. A connection that fails before
    the server answers has no SQLSTATE; what a person must mend is then known by `LASTING`.
    """
    cause: Any = getattr(error, "orig", None) or error
    if not isinstance(cause, psycopg.Error):
        return passes(str(cause))
    if any(sign in str(cause).lower() for sign in LASTING):
        return False
    state = cause.sqlstate or ""
    if state == READ_ONLY_STATE:
        return writing
    if getattr(error, "connection_invalidated", False) or passes(str(cause)):
        return True
    lost = isinstance(error, OperationalError) and not state
    return lost or state.startswith(AWAY_STATES)


def note(failure: DatabaseAway) -> DatabaseAway:
    """Tell whoever is `noticing` in this thread, even where the failure becomes a sentence."""
    told: list[DatabaseAway] | None = getattr(_heard, "told", None)
    if told is not None:
        told.append(failure)
    return failure


@contextmanager
def noticing() -> Iterator[list[DatabaseAway]]:
    """The failures of this thread within the block, whether they were raised on or not."""
    before = getattr(_heard, "told", None)
    told: list[DatabaseAway] = []
    _heard.told = told
    try:
        yield told
    finally:
        _heard.told = before
