"""What the listeners work with, named once; `bot.serve` fills it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.flow.tools import Tools
from bot.listeners.owning import nobody
from bot.slack_client import Poster


@dataclass(frozen=True, slots=True)
class Edge:
    """The use cases' tools, the way out, and how work is handed over by its inbox key.

    `start` returns at once; what it could not hand over stays pending in the inbox. `mail_of` tells
    a Slack user's e-mail address, where Slack does.
    """

    tools: Tools
    poster: Poster
    bot_user: str
    start: Callable[[str], None]
    mail_of: Callable[[str], str | None] = nobody
