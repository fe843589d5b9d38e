"""The health of the library in Slack: a list that is turned, and buttons that act in place."""

from __future__ import annotations

from bot.flow import publishing
from bot.flow.checking_links import upkeeper
from bot.flow.library_health import library_health
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.listeners.waking import send_waiting
from bot.views.library_health import RETIRE, health_message


def command(event: Incoming, edge: Edge) -> list[Reply]:
    """What `/trailguide library` answers: the first page."""
    return [Reply("health", health_message(library_health(edge.tools)), event.user)]


def turn(event: Incoming, edge: Edge) -> list[Reply]:
    """Another page, in place."""
    page = event.suggestion_id
    return _again(event, int(page) if page.isdecimal() and len(page) < 6 else 0, edge)


def act(event: Incoming, edge: Edge) -> list[Reply]:
    """Verify or retire a piece of the list; the list shows what is left."""
    asset = publishing.by_reference(event.suggestion_id, edge.tools)
    if event.action == RETIRE:
        publishing.retire([asset.id], event.user, edge.tools)
    else:
        upkeeper(edge.tools).verify(asset.id, event.user)
    send_waiting(edge)
    return _again(event, int(event.version or "0", 16), edge)


def _again(event: Incoming, page: int, edge: Edge) -> list[Reply]:
    shown = health_message(library_health(edge.tools), page)
    return [Reply("update", shown, event.channel, update_ts=event.ts)]
