"""The Home tab: what is due, a page at a time; opening a row; and the digest's switch.

A view is made anew whenever the tab is opened, so a publish that is lost does no harm.
"""

from __future__ import annotations

import secrets

import structlog

from bot.flow.due import due_lists
from bot.listeners import digest, due_list, managing, people
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import escape, words, words_due
from bot.views.home import Pages, home_view, read, trouble_view
from knowledge.errors import SlackFailed, TrailguideError, places
from storage.digests import Digests

log = structlog.get_logger("trailguide.home")


def open_home(event: Incoming, edge: Edge) -> list[Reply]:
    """Show the tab to the person who opened it."""
    publish(event, edge, {})
    if managing.walk_if_stale(event.user, edge):
        publish(event, edge, {})
    return []


def turn_page(event: Incoming, edge: Edge) -> list[Reply]:
    """Show another page of a list; the button says which."""
    publish(event, edge, read(event.suggestion_id))
    return []


def open_row(event: Incoming, edge: Edge) -> list[Reply]:
    """Send a row's card to the person's messages, and say so where they pressed the button."""
    card, replies = due_list.opened(event, edge)
    name = escape.mrkdwn(card.facts.name or words.THIS_LEAD, 80)
    if not event.channel:
        publish(event, edge, read(event.text), words_due.sent(name))
    elif not event.channel.startswith("D"):
        edge.poster.whisper(event.channel, event.user, words_due.SENT)
    return replies


def switch_digest(event: Incoming, edge: Edge) -> list[Reply]:
    """Turn the daily digest on or off."""
    told = digest.switch(event.team, event.user, edge, on=event.action == "digest_on")
    if event.channel:
        return [Reply("digest", told, event.user)]
    publish(event, edge, read(event.text))
    return []


def publish(event: Incoming, edge: Edge, pages: Pages, notice: str = "") -> None:
    """Show the tab as it is now; what fails is said in it."""
    try:
        view = _view(event, edge, pages, notice)
    except TrailguideError as told:
        view = trouble_view(words.refused(escape.mrkdwn(str(told), 1500)))
    except Exception as bug:  # noqa: BLE001 - the edge: a bug must become an answer, not silence
        reference = secrets.token_hex(4)
        where = {"error": type(bug).__name__, "at": places(bug)}
        log.error("bug", key=event.key, reference=reference, **where)  # noqa: TRY400 - no lead data
        view = trouble_view(words.failed(reference))
    _show(event.user, view, edge)


def show_trouble(user: str, told: str, edge: Edge) -> None:
    """Show one sentence, inert already, in place of the lists."""
    _show(user, trouble_view(told), edge)


def _show(user: str, view: dict[str, object], edge: Edge) -> None:
    try:
        with edge.tools.turns.waiting():
            edge.poster.publish_home(user, view)
    except SlackFailed:
        log.warning("home_not_shown")


def _view(event: Incoming, edge: Edge, pages: Pages, notice: str) -> dict[str, object]:
    known = people.look_up(event.user, edge.poster.client)
    digests = Digests(edge.tools.db, edge.tools.clock)
    if known.zone:
        digests.live_in(event.team, event.user, known.zone)
    return home_view(
        due_lists(known.person, edge.tools),
        pages,
        digest_on=digests.of(event.team, event.user).on,
        digest_at=f"{edge.tools.settings.digest_time:%H:%M}",
        notice=notice,
        managing=managing.blocks_for(event.user, edge),
    )
