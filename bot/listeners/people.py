"""Who a Slack user is: mail, full name and time zone, asked of Slack; only the id without it."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.flow.whose import Person

log = structlog.get_logger("trailguide.people")


@dataclass(frozen=True, slots=True)
class Known:
    """A person, with mail address (or empty) and time zone (or None) of their Slack profile."""

    person: Person
    mail: str
    zone: str | None


def look_up(user: str, client: WebClient) -> Known:
    """Ask Slack once; without an answer the person is known by the id alone."""
    try:
        told = client.users_info(user=user)["user"] or {}
    except (SlackApiError, OSError, http.client.HTTPException) as lost:
        log.warning("person_unknown", reason=type(lost).__name__)
        return Known(Person(user), "", None)
    profile = told.get("profile") or {}
    mail = str(profile.get("email") or "").strip()
    names = (told.get("real_name"), profile.get("real_name"), mail)
    # A display name may be a first name alone, which two people share.
    called = tuple(dict.fromkeys(str(n) for n in names if n))
    return Known(Person(user, called), mail, _zone(told.get("tz")))


def _zone(told: object) -> str | None:
    try:
        return ZoneInfo(str(told)).key if told else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
