"""What the listeners work with, named once; `bot.serve` fills it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.flow.tools import Tools
from bot.listeners.owning import nobody
from bot.slack_client import Poster

if TYPE_CHECKING:
    from bot.listeners.outsiders import Channels


@dataclass(frozen=True, slots=True)
class Edge:
    """The use cases' tools, the way out, and how work is handed over by its inbox key.

    `start` returns at once; what it could not hand over stays pending in the inbox. `mail_of` tells
    a Slack user's e-mail address, where Slack does. `team` is the workspace it serves, `channels`
    knows which of its channels others read.
    """

    tools: Tools
    poster: Poster
    bot_user: str
    start: Callable[[str], None]
    mail_of: Callable[[str], str | None] = nobody
    team: str = ""
    channels: Channels | None = None
