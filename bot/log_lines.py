"""Lines of the log on stderr: words for a person, or one JSON object a line for a machine.

Our own lines hold fixed words, ids and places in the code. What a library says may quote a row or a
message, so in JSON its place stands for it. One that repeats itself is heard once a minute.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any, Literal

import structlog

from bot.measures import LIBRARY_SAYS, count_library, count_line

log = structlog.get_logger("trailguide.bot")

OURS = ("trailguide", "bot", "storage", "retrieval", "knowledge", "prompts")
SAME_SECONDS = 60.0
"""A library says the same once in so long; a queue without its database says it 28 times in one."""
REMEMBERED = 1000
"""Lines known as said; when there are more, all are forgotten and heard once more."""


def set_up(level: str, form: Literal["plain", "json"]) -> None:
    """Have every line written so; libraries speak up only when something is wrong."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    ending: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            count_line,
            ending,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        # What stderr is now, not what it was when this was set up.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    logging.getLogger("trailguide.bolt").setLevel(logging.ERROR)
    if form == "json":
        _take_over()
    else:
        jobs = logging.getLogger("dbos")
        jobs.filters = [each for each in jobs.filters if not isinstance(each, _Bounded)]
        jobs.addFilter(_Bounded(by_words=True))


def announce(sentence: str, event: str, form: Literal["plain", "json"]) -> None:
    """Say what the bot has come to: on stdout for a person, in a line among the others as JSON."""
    if form == "json":
        log.info(event, told=sentence)
    else:
        print(sentence, flush=True)  # noqa: T201 - the bot's own output


def _take_over() -> None:
    """Have what libraries log come as JSON too, and nowhere else."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_AsJson())
    handler.addFilter(_Bounded())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    jobs = logging.getLogger("dbos")  # which makes a handler of its own where it has none
    jobs.handlers, jobs.propagate = [handler], False


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.split(".", 1)[0] in OURS


class _Bounded(logging.Filter):
    """Counts what libraries say, and lets the same through once in `SAME_SECONDS`.

    The same comes from one place in the code; with `by_words` it must also read alike but for its
    numbers, as a reader would else miss what only another text tells.
    """

    def __init__(self, *, by_words: bool = False) -> None:
        super().__init__()
        self._by_words = by_words
        self._said: dict[tuple[str, ...], tuple[float, int]] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is to be written; how many were not since the last is written with it."""
        if _is_ours(record):
            return True
        count_library(record.levelno)
        held = self._held_back(record)
        if held is None:
            return False
        record.held_back = held
        if self._by_words and held:
            record.msg, record.args = f"{record.getMessage()} (held back since: {held})", ()
        return True

    def _held_back(self, record: logging.LogRecord) -> int | None:
        """How many alike were held back since one was written; None when this one is, too."""
        now, key = time.monotonic(), self._key(record)
        with self._lock:
            said = self._said.get(key)
            if said is not None and now - said[0] < SAME_SECONDS:
                self._said[key] = (said[0], said[1] + 1)
                return None
            if len(self._said) >= REMEMBERED:
                self._said.clear()
            self._said[key] = (now, 0)
        return said[1] if said else 0

    def _key(self, record: logging.LogRecord) -> tuple[str, ...]:
        failed = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        place = (record.name, record.levelname, record.pathname, str(record.lineno), failed)
        return (*place, re.sub(r"[0-9]+", "0", record.getMessage())) if self._by_words else place


class _AsJson(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One object: when, how bad, who says it, and where in the code."""
        told: dict[str, str | int] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "event": LIBRARY_SAYS,
            "logger": record.name,
            "at": f"{record.module}:{record.lineno}",
        }
        if _is_ours(record):
            told["event"] = record.getMessage()
        if record.exc_info and record.exc_info[0]:
            told["error"] = record.exc_info[0].__name__
        if held := getattr(record, "held_back", 0):
            told["held_back"] = held
        return json.dumps(told, ensure_ascii=False)
