"""The slash command, where it asks for work."""

from __future__ import annotations

from typing import Any

from bot.listeners.commands import (
    NAME_PEOPLE,
    NEED_MORE,
    NEXT,
    PEOPLE_NAMED_IN,
    WORDS,
    split,
)
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.wire_text import readable, with_people

MOST_TEXT = 300
"""Of words that name people: a mention or an address, and a role."""


def read_command(body: dict[str, Any]) -> Incoming | None:
    """The work in a command; None for what is answered at once, and for what opens the form."""
    word, rest = split(str(body.get("text") or ""))
    if word and word not in WORDS:
        return None
    if not rest and word in {"", NEXT, *NEED_MORE}:
        return None
    team = str(body.get("team_id") or "")
    return Incoming(
        key=f"command:{team}:{body.get('trigger_id')}",
        kind=Kind.COMMAND,
        team=team,
        user=str(body.get("user_id") or ""),
        channel=str(body.get("channel_id") or ""),
        text=_said(word, rest),
        action=word or NEXT,
    )


def _said(word: str, rest: str) -> str:
    """What is said after the word; mentions of people stay where the word is about people."""
    if word in NAME_PEOPLE:
        return rest[:MOST_TEXT]
    return readable(with_people(rest) if word == PEOPLE_NAMED_IN else rest, "")
