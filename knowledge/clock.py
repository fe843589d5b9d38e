"""The clock, injected so that tests can set it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """The moment, aware and in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment, aware and in UTC."""
        return datetime.now(UTC)


def team_date(clock: Clock, zone: str) -> date:
    """The calendar date for a team whose time zone is `zone` (an IANA name)."""
    return team_day(clock.now(), zone)


def team_day(at: datetime, zone: str) -> date:
    """The calendar date of a moment for a team in that time zone."""
    return at.astimezone(ZoneInfo(zone)).date()
