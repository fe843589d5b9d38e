"""The report in Slack: once a week into the team's channel, and to a manager who asks for it.

The weekly one travels like an event, recorded under a key of team and ISO week, so that any number
of processes and restarts post one. Its user is an admin: whatever fails is told to them.
"""

from __future__ import annotations

import http.client
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from slack_sdk.errors import SlackApiError

from bot.flow.report import report
from bot.flow.standing import admins
from bot.flow.touch_words import filter_said
from bot.listeners import outsiders, people
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.replies import Reply
from bot.slack_files import File
from bot.views import escape
from bot.views import words_report as words
from bot.views.blocks import line
from bot.views.report_page import report_page
from knowledge.assets import is_slack_user
from knowledge.clock import team_date
from knowledge.errors import BadInput, TrailguideError, places
from knowledge.report import Asked, Report
from storage.names import Names
from storage.report_rows import who_asked
from storage.touch_filter import TouchFilter

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NAMES_KEPT = timedelta(days=30)
"""People seldom change how they are called; a month brings it up to date."""
MOST_LINES = 5
"""A channel reads no more; the page has the rest."""
NAMES_AT_ONCE = 100
"""Look-ups for one report: Slack allows about as many a minute. The rest comes with the next."""

log = structlog.get_logger("trailguide.reporting")


def record_due(edge: Edge) -> int:
    """Record this week's report, once its time has come; returns how many were new.

    Called again and again; whatever fails is tried again the next time.
    """
    try:
        event = _event(edge)
        if event is None or edge.tools.inbox.kind(event.key) is not None:
            return 0
        return int(edge.tools.inbox.record(event.key, event.kind, event.payload(), lane="chores"))
    except Exception as failure:  # noqa: BLE001 - the sweep has other work, and comes again
        where = {"error": type(failure).__name__, "at": places(failure)}
        log.error("report_not_recorded", **where)  # noqa: TRY400 - no lead data
        return 0


def send(event: Incoming, edge: Edge) -> list[Reply]:
    """The report for the channel; where that cannot be, one sentence to an admin."""
    channel = edge.tools.settings.report_channel
    if not channel:
        return []
    if trouble := _why_not(channel, edge):
        return _to_admin(event, trouble)
    try:
        made = _made(edge)
    except TrailguideError as told:
        return _to_admin(event, words.not_made(escape.mrkdwn(str(told), 600)))
    return [_reply(made, channel, event.until)]


def command(event: Incoming, edge: Edge) -> list[Reply]:
    """`/trailguide report [DAYS] [rep @X]`: the page in direct messages; `acts.py` says for whom.

    Words that a report cannot heed are named, so that nobody takes it for what they asked.
    """
    today = team_date(edge.tools.clock, edge.tools.settings.time_zone)
    said = filter_said(event.text, event.user, today, edge.tools)
    wanted = said.wanted
    unheeded = list(said.unknown)
    if wanted != TouchFilter(rep=wanted.rep, since=wanted.since, until=wanted.until):
        unheeded = [event.text]
    try:
        made = _made(edge, wanted.since, wanted.until, Asked(rep=wanted.rep))
    except BadInput as told:
        return [Reply("told", line(escape.mrkdwn(str(told), 600)), event.user)]
    replies = [_reply(made, event.user, "")]
    if unheeded:
        heard = words.unheeded([escape.mrkdwn(w, 80) for w in unheeded])
        replies.append(Reply("unheeded", line(heard), event.user))
    return replies


def _event(edge: Edge) -> Incoming | None:
    settings = edge.tools.settings
    local: datetime = edge.tools.clock.now().astimezone(ZoneInfo(settings.time_zone))
    since = (DAYS.index(settings.report_weekday), settings.report_time)
    if not settings.report_channel or (local.weekday(), local.time()) < since:
        return None
    year, week, _ = local.isocalendar()
    told = next(iter(admins(edge.tools)), "")
    mark = f"{year}-W{week:02}"
    return Incoming(f"report:{edge.team}:{mark}", Kind.REPORT, edge.team, told, until=mark)


def _why_not(channel: str, edge: Edge) -> str:
    """Why nothing may be posted there; empty when it may. Unlike elsewhere, not knowing is a no."""
    try:
        told = edge.poster.client.conversations_info(channel=channel)["channel"] or {}
    except (SlackApiError, OSError, http.client.HTTPException) as lost:
        log.warning("report_channel_not_told", reason=type(lost).__name__)
        return words.CHANNEL_NOT_KNOWN
    return words.OUTSIDERS_THERE if outsiders.is_shared(told, edge.team) else ""


def _made(
    edge: Edge,
    first: date | None = None,
    last: date | None = None,
    asked: Asked = Asked(),  # noqa: B008 - frozen
) -> Report:
    with edge.tools.turns.waiting():
        _look_up_names(edge)
    return report(edge.tools, first, last, asked)


def _look_up_names(edge: Edge) -> None:
    """Learn how those who asked are called, where that is not known or long ago."""
    names, now = Names(edge.tools.db, edge.tools.clock), edge.tools.clock.now()
    found = {}
    wanted = names.older_than(who_asked(edge.tools.db), now - NAMES_KEPT)
    for user in sorted(u for u in wanted if is_slack_user(u))[:NAMES_AT_ONCE]:
        called = people.look_up(user, edge.poster.client).person.called
        if name := next((c for c in called if "@" not in c), ""):
            found[user] = name
    if found:
        names.keep(found)


def _reply(made: Report, channel: str, mark: str) -> Reply:
    told = "\n".join(escape.mrkdwn(said, 400) for said in words.summary(made)[:MOST_LINES])
    name = f"trailguide-report-{mark or made.period.last}.html"
    file = File(name, words.FILE_TITLE, words.FILE_ALT, told, report_page(made).encode())
    return Reply("report", line(told), channel, file=file)


def _to_admin(event: Incoming, told: str) -> list[Reply]:
    log.warning("report_not_posted")
    return [Reply("told", line(told), event.user)] if event.user else []
