"""Lines of the log on stderr: words for a person, or one JSON object a line for a machine.

Our own lines hold fixed words, ids and places in the code. What a library says may quote a row or a
message, so in JSON its place stands for it.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, Literal

import structlog

from bot.measures import count_line

OURS = ("trailguide", "bot", "storage", "retrieval", "knowledge", "prompts")


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


def _take_over() -> None:
    """Have what libraries log come as JSON too, and nowhere else."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_AsJson())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    jobs = logging.getLogger("dbos")  # which makes a handler of its own where it has none
    jobs.handlers, jobs.propagate = [handler], False


class _AsJson(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One object: when, how bad, who says it, and where in the code."""
        told = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "event": "library_says",
            "logger": record.name,
            "at": f"{record.module}:{record.lineno}",
        }
        if record.name.split(".", 1)[0] in OURS:
            told["event"] = record.getMessage()
        if record.exc_info and record.exc_info[0]:
            told["error"] = record.exc_info[0].__name__
        return json.dumps(told, ensure_ascii=False)
