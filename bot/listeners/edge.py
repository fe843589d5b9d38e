"""What the listeners work with, named once; `bot.serve` fills it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.flow.tools import Tools
from bot.slack_client import Poster


@dataclass(frozen=True, slots=True)
class Edge:
    """The use cases' tools, the way out, and how work is handed over by its inbox key.

    `start` returns at once; what it could not hand over stays pending in the inbox.
    """

    tools: Tools
    poster: Poster
    bot_user: str
    start: Callable[[str], None]

    def now_in_words(self) -> str:
        """The moment in the team's time zone, as cards say it."""
        here = self.tools.clock.now().astimezone(ZoneInfo(self.tools.settings.time_zone))
        return f"{here:%a} {here.day} {here:%b}, {here:%H:%M}"
