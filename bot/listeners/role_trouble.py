"""The hourly look at user groups and channels that give roles; what is wrong is told once."""

from __future__ import annotations

from bot.flow.roster_trouble import troubles
from bot.flow.standing import admins
from bot.listeners import asking_slack, threads
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import escape
from bot.views.blocks import line

MOST_ADMINS = 3
"""Told of one trouble: one of them mends it."""


def look(event: Incoming, edge: Edge) -> list[Reply]:
    """Read them anew; a message to some admins for each trouble that they did not hear of yet."""
    asking_slack.refresh("", edge)
    replies = []
    for roster, told in troubles(edge.tools):
        mark = f"roster:{roster.id}:{roster.trouble}:{roster.trouble_since}"
        if threads.claim(edge.tools.inbox, mark, event.key) == event.key:
            said = line(escape.mrkdwn(told, 600))
            replies += [
                Reply(f"trouble-{roster.id}-{n}", said, admin)
                for n, admin in enumerate(admins(edge.tools)[:MOST_ADMINS])
            ]
    return replies
