"""A step of a job outlasts a database that is away: it is done again until it can be."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import structlog

from knowledge.errors import DatabaseAway

T = TypeVar("T")
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 10.0
"""Doubled each time: each try may write to Slack what it could not read."""
TRIES = 60
"""Ten minutes of a server that is stopped, more of one that is locked; then the sweep tries again.
In that time a person's later words wait behind the first."""

log = structlog.get_logger("trailguide.jobs")


def outlasting(
    closing: threading.Event, work: Callable[[], T], writable: Callable[[], object] = lambda: None
) -> T:
    """What the work gives, done again while the database is away and the bot is not to close.

    `writable` raises `DatabaseAway` while nothing can be kept: the work, which may ask a chat model
    before it writes, is not begun again before that is over.
    """
    for turn in range(TRIES):
        try:
            if turn:
                writable()
            return work()
        except DatabaseAway:
            if turn == 0:
                log.info("step_waits", why="database_away")
            if closing.wait(min(PAUSE_SECONDS * 2.0**turn, LONGEST_PAUSE_SECONDS)):
                raise
    writable()
    return work()
