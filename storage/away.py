"""A database that is away for a while: by which words that is known, and who heard of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

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
LASTING = ("authentication failed", "does not exist")
"""Signs of what only a person mends, though a connection failed over it."""

_heard = threading.local()


def passes(problem: str) -> bool:
    """Whether a driver's error text tells of something that passes."""
    lower = problem.lower()
    return any(s in lower for s in PASSING) and not any(s in lower for s in LASTING)


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
