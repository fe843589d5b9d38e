"""Bugs become one line in HOME/logs, without values that may hold a lead's data."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path

from knowledge.errors import places

_home = Path("var")


def log_under(home: Path) -> None:
    """Say which home folder this run uses."""
    global _home  # noqa: PLW0603 - one command, one home: known once the options are read
    _home = home


def log_bug(bug: Exception) -> str:
    """Log where a bug came from; returns the sentence for the user, with the reference."""
    reference = secrets.token_hex(4)
    log = _home / "logs" / "trailguide.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            day = f"{datetime.now(UTC):%Y-%m-%d}"  # by which the line goes after a time
            file.write(f"{day} {reference} {type(bug).__name__} at {' '.join(places(bug))}\n")
        where = f"the details are in {log}"
    except OSError:
        where = "and its log could not be written"
    return (
        f"Something went wrong inside Trailguide (reference {reference}; {where}). "
        "Please report it."
    )
