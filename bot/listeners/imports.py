"""Imports that the bot works on: begun from Slack or left to it, and told of when they are over.

The work itself happens in processes of low priority (`bot.import_process`); `bot.jobs` strings
their stretches together durably.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from typing import Any
from urllib.parse import urlsplit

import structlog

from bot.flow import importing
from bot.flow.import_planning import Options
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import escape
from bot.views import words_importing as words
from bot.views.blocks import line
from knowledge.errors import TrailguideError
from storage.imports import Imports

STRETCH_SECONDS = 60.0
"""Of work before the plan is looked at again; loading the models takes two of them."""
PATIENCE_SECONDS = 600.0
"""Longest a stretch may take with the documents and pages it has begun."""
AFTER_A_FAILURE = 300.0
"""Seconds: a full disk or a busy database is not mended by trying at once."""
POLL_SECONDS = 0.5
_LIST = re.compile(r"(?:\.(?:xml|xml\.gz|rss|atom)|/(?:rss|feed|atom)|sitemap[\w.-]*)/?$", re.I)
_SLACK_USER = re.compile(r"[UW][A-Z0-9]{4,}")

log = structlog.get_logger("trailguide.imports")


def names_a_list(address: str) -> bool:
    """Whether an address looks like that of a sitemap or feed, which is too much for one answer."""
    return bool(_LIST.search(urlsplit(address).path))


def begin(event: Incoming, address: str, edge: Edge) -> list[Reply]:
    """Plan the import of a sitemap or feed, and say so; the next sweep starts it.

    The same event plans it once: a plan of the same sources gives way to a later one.
    """
    options = Options(cap=edge.tools.settings.import_pages)
    importing.plan([address], edge.tools, options, by=event.user, for_bot=True)
    told = line(words.begun(escape.mrkdwn(address, 300)))
    return [Reply("import", told, event.user)]


def waiting(edge: Edge) -> list[str]:
    """Ids of the unfinished imports that are the bot's to do, the oldest first."""
    every = Imports(edge.tools.db, edge.tools.clock).all(unfinished=True)
    return [record.id for record in reversed(every) if record.for_bot]


def stretch(identity: str, edge: Edge, closing: threading.Event) -> float | None:
    """Work on an import for about a minute; seconds to wait before the next, None when it is over.

    After a failure the next one comes in some minutes. When the bot closes, the process is ended
    and this raises `TrailguideError`: what was begun is done again after the next start.
    """
    settings = edge.tools.settings
    home, team = settings.house.absolute(), [settings.team] if settings.team else []
    command = [sys.executable, "-m", "bot.import_process", str(home), identity]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [*command, str(STRETCH_SECONDS), *team],
        stdout=subprocess.PIPE, stderr=None,  # into the bot's own
        env={**os.environ, "OMP_NUM_THREADS": "1"}, start_new_session=True,
    )  # fmt: skip
    waited = 0.0
    while True:
        try:
            answer, _ = process.communicate(timeout=POLL_SECONDS)
            break
        except subprocess.TimeoutExpired:
            waited += POLL_SECONDS
            if closing.is_set():
                _kill(process)
                raise TrailguideError("The import was interrupted; it goes on later.") from None
            if waited > STRETCH_SECONDS + PATIENCE_SECONDS:
                _kill(process)
                answer = b""
                break
    told = _answer(answer)
    if "wait" not in told:
        log.error("import_failed", id=identity, status=process.returncode, told=told.get("error"))
        return AFTER_A_FAILURE
    wait = told["wait"]
    return None if wait is None else float(wait)


def tell(identity: str, edge: Edge) -> bool:
    """Tell whoever began an import in Slack what became of it, once; False when nobody did."""
    record = Imports(edge.tools.db, edge.tools.clock).get(identity)
    if not _SLACK_USER.fullmatch(record.by):
        return False
    key = edge.poster.plan(f"import:{identity}:over", line(words.over(record)), channel=record.by)
    return edge.poster.post(key) is not None


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def _answer(printed: bytes) -> dict[str, Any]:
    try:
        told = json.loads(printed.splitlines()[-1]) if printed.strip() else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
