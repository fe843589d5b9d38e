"""One stretch of the bot's own work with the CRM: pull when it is due, write what waits."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from bot.flow.crm_desk import Desk
from bot.flow.crm_pull import is_due, pull
from bot.flow.crm_push import push

STRETCH_SECONDS = 30.0
"""Of work before the bot looks whether it is to close; a page or a batch is finished first."""

log = structlog.get_logger("trailguide.crm")


def anything_due(desk: Desk) -> bool:
    """Whether a pull is due, or something waits to be written."""
    return desk.writes.is_due() or is_due(desk, desk.tools.clock.now())


def stretch(desk: Desk, closing: Callable[[], bool]) -> bool:
    """Work for about half a minute; True when there is more to do at once.

    Writes come first: a rep waits for nothing here, and a long pull must not hold them up.
    """
    ends = time.monotonic() + STRETCH_SECONDS

    def enough() -> bool:
        return closing() or time.monotonic() > ends

    pushed = push(desk, enough)
    if pushed.trouble:
        log.warning("crm_push_stopped", told=pushed.trouble)
    if is_due(desk, desk.tools.clock.now()) and not closing():
        pulled = pull(desk, enough)
        if pulled.trouble:
            log.warning("crm_pull_stopped", told=pulled.trouble)
    return not closing() and anything_due(desk)
