"""Known questions asked of the index: wrong answers are noticed before a person gets one."""

from __future__ import annotations

import structlog

from bot.flow.tools import Tools
from knowledge.errors import StorageFailed

AT_START, HOURLY = 64, 1000
"""Questions: a third of a second before the first ask, some seconds between asks."""

log = structlog.get_logger("trailguide.index")


def prove(tools: Tools, questions: int) -> bool:
    """Ask them; when the index answers wrong it is built anew, the log says so, and this is False.

    `StorageFailed` when its server cannot be reached, or nothing can be written.
    """
    if tools.finder.prove(questions):
        return True
    log.warning("index_rebuilt", why="wrong_answers", vectors=tools.vectors.count())
    return False


def prove_at_start(tools: Tools) -> None:
    """The same before the first ask, and a word on files that were found broken."""
    if _proved(tools, AT_START) and tools.vectors.broken():
        log.warning("index_rebuilt", why=tools.vectors.broken(), vectors=tools.vectors.count())


def prove_hourly(tools: Tools) -> None:
    """The same while the bot runs."""
    _proved(tools, HOURLY)


def _proved(tools: Tools, questions: int) -> bool:
    """Whether all is well; an index that is away is said in the log, and asked again later."""
    try:
        return prove(tools, questions)
    except StorageFailed as failure:
        log.warning("index_not_proved", told=str(failure))
        return False
