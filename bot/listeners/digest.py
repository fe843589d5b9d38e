"""The daily digest: for whoever asked for it, once a weekday at their own time, when there is any.

It travels like an event: recorded under a key of team, person and day, so that several processes
and any number of restarts send one; then planned, posted and closed as every answer is.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bot.flow.due import due_lists
from bot.flow.permitting import may
from bot.listeners import people
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.replies import Reply
from bot.views import words_due
from bot.views.blocks import Message, line
from bot.views.due_rows import digest_message
from knowledge.errors import places
from knowledge.roles import Act
from storage.digests import Digest, Digests

LATEST = time(17, 0)
"""Local; a bot that comes up later than this leaves the day: a list of work is of no use then."""
WEEKDAYS = 5
"""Monday to Friday."""

NOT_ASKED_AGAIN = timedelta(hours=1)
"""How long a person whose zone Slack did not tell goes by the team's: each look-up may take the
sweep half a minute, and the digest only needs the zone by the morning."""

log = structlog.get_logger("trailguide.digest")
_untold: dict[tuple[Path, str, str], datetime] = {}
"""When Slack last told no zone, by home folder, team and person."""


def record_due(edge: Edge) -> int:
    """Record a digest for everybody whose time has come today; returns how many were new.

    Called again and again; whatever fails is tried again the next time.
    """
    recorded = 0
    try:
        digests = Digests(edge.tools.db, edge.tools.clock)
        for wish in digests.wanted():
            event = _event(wish, _local(wish, edge), edge)
            if event and edge.tools.inbox.kind(event.key) is None:
                recorded += edge.tools.inbox.record(event.key, event.kind, event.payload())
    except Exception as failure:  # noqa: BLE001 - the sweep has other work, and comes again
        where = {"error": type(failure).__name__, "at": places(failure)}
        log.error("digests_not_recorded", **where)  # noqa: TRY400 - no lead data
    return recorded


def send(event: Incoming, edge: Edge) -> list[Reply]:
    """The digest, when anything is due; none for a day that is over, or once it is turned off."""
    wish = Digests(edge.tools.db, edge.tools.clock).of(event.team, event.user)
    if not wish.on or is_over(event, edge) or not may(event.user, Act.SEE_DUE, edge.tools):
        return []
    lists = due_lists(people.look_up(event.user, edge.poster.client).person, edge.tools)
    return [Reply("list", digest_message(lists), event.user)] if lists.count else []


def is_over(event: Incoming, edge: Edge) -> bool:
    """Whether this is a digest of a day that has passed for its person."""
    if event.kind is not Kind.DIGEST:
        return False
    wish = Digests(edge.tools.db, edge.tools.clock).of(event.team, event.user)
    return _local(wish, edge).date() != date.fromisoformat(event.until)


def switch(team: str, user: str, edge: Edge, *, on: bool) -> Message:
    """Turn it on or off for a person, and say what holds now."""
    Digests(edge.tools.db, edge.tools.clock).switch(team, user, on=on)
    at = f"{edge.tools.settings.digest_time:%H:%M}"
    return line(words_due.turned_on(at) if on else words_due.TURNED_OFF)


def command(event: Incoming, edge: Edge) -> list[Reply]:
    """What `/trailguide digest on` or `off` answers; how to switch for any other word."""
    word = event.text.strip().lower()
    told = line(words_due.HOW_TO_SWITCH)
    if word in {"on", "off"}:
        told = switch(event.team, event.user, edge, on=word == "on")
    return [Reply("digest", told, event.user)]


def _event(wish: Digest, local: datetime, edge: Edge) -> Incoming | None:
    """The digest of this local day, once its time has come; None before, too late, or weekends."""
    at, today = edge.tools.settings.digest_time, local.date()
    latest = LATEST if at < LATEST else time.max
    if local.weekday() >= WEEKDAYS or not at <= local.time() < latest:
        return None
    began = datetime.combine(today, at, local.tzinfo)
    if wish.since and wish.since > began:
        return None  # turned on later today: the first one comes tomorrow
    key = f"digest:{wish.team}:{wish.user}:{today}"
    return Incoming(key, Kind.DIGEST, wish.team, wish.user, until=today.isoformat())


def _local(wish: Digest, edge: Edge) -> datetime:
    """The present moment where this person lives, as Slack knows it, else where the team does."""
    now = edge.tools.clock.now()
    zone = wish.zone or _looked_up(wish, now, edge)
    return now.astimezone(ZoneInfo(zone or edge.tools.settings.time_zone))


def _looked_up(wish: Digest, now: datetime, edge: Edge) -> str | None:
    """The zone that Slack tells, noted; None when it told none, which is remembered for a while."""
    who = (edge.tools.settings.home, wish.team, wish.user)
    if who in _untold and now - _untold[who] < NOT_ASKED_AGAIN:
        return None
    zone = people.look_up(wish.user, edge.poster.client).zone
    if zone:
        Digests(edge.tools.db, edge.tools.clock).live_in(wish.team, wish.user, zone)
        _untold.pop(who, None)
    else:
        _untold[who] = now
    return zone
