"""The hourly look at the team's files of segments and tracks; what is wrong is told once (M45)."""

from __future__ import annotations

import hashlib

from bot.flow.standing import admins, marketers
from bot.flow.track_check import plan_file_problems
from bot.listeners import threads
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import escape
from bot.views import words_plans as words
from bot.views.blocks import line

MOST_TOLD = 3
"""Told of the same mistakes: one of them mends it."""
LONGEST = 1500


def look(event: Incoming, edge: Edge) -> list[Reply]:
    """A message to some marketers, else admins, about mistakes they did not hear of yet."""
    wrong = plan_file_problems(edge.tools.settings.home)
    if not wrong:
        return []
    mark = f"plan files:{hashlib.sha256(' '.join(wrong).encode()).hexdigest()[:16]}"
    if threads.claim(edge.tools.inbox, mark, event.key) != event.key:
        return []
    told = line(escape.mrkdwn(words.told_mistakes(wrong), LONGEST))
    people = marketers(edge.tools) or admins(edge.tools)
    return [Reply(f"plan-files-{n}", told, user) for n, user in enumerate(people[:MOST_TOLD])]
