"""The line to somebody whose asks were not taken: when to go on."""

from __future__ import annotations

import math
from datetime import datetime

from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import words_quotas as words
from bot.views.blocks import line


def tell(event: Incoming, edge: Edge) -> list[Reply]:
    """The line itself, where the person alone reads it."""
    said = line(words.left(seconds_to(datetime.fromisoformat(event.until), edge)))
    return [Reply("capped", said, event.channel, event.thread_ts or None)]


def seconds_to(go_on: datetime, edge: Edge) -> int:
    """Whole seconds from now, one at least."""
    return max(1, math.ceil((go_on - edge.tools.clock.now()).total_seconds()))
