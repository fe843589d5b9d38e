"""What the bot does by itself for privacy: ending erasures, and taking out what was kept too long.

What an erasure could not empty while the bot read is emptied at the next sweep, and tried again
every few minutes while others are in the way.
"""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

import structlog

from bot.flow import erasing, retention
from bot.flow.setting_files import note_changed_settings
from bot.listeners.edge import Edge

EMPTYING, RETENTION = "emptying", "retention"
TRY_MINUTES = 5
"""Between two tries to empty what others read: a reader of ours is done within one."""
RETENTION_FROM = time(6, 0)
"""In the team's zone: before the day's work, so that nobody waits for it."""
ACTIONS = frozenset({EMPTYING, RETENTION})

log = structlog.get_logger("trailguide.privacy")


def due(edge: Edge) -> list[tuple[str, str]]:
    """What is due, each with the key of its time: retention daily, emptying while unfinished."""
    note_changed_settings(edge.tools)
    now = edge.tools.clock.now()
    local = now.astimezone(ZoneInfo(edge.tools.settings.time_zone))
    found = [(RETENTION, f"{local.date()}")] if local.time() >= RETENTION_FROM else []
    if erasing.is_unfinished(edge.tools):
        found.append((EMPTYING, f"{now:%Y-%m-%dT%H}:{now.minute // TRY_MINUTES}"))
    return found


def do(action: str, edge: Edge) -> None:
    """Do one; what is done already changes nothing."""
    if action == EMPTYING:
        left = erasing.finish(edge.tools)
        log.info("erasure_emptied", left=len(left))
        return
    done = retention.run(retention.BOT, edge.tools)
    log.info("retention_run", **{kind.value: count for kind, count in done.items()})
