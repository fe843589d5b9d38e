"""The slash command, where it asks for work."""

from __future__ import annotations

from typing import Any

from bot.listeners.incoming import Incoming, Kind
from bot.listeners.reading.texts import readable

OTHER_WORDS = frozenset({"help", "lead", "add", "gaps", "audit", "due", "journey"})
"""Words of the command that are no ask."""


def read_command(body: dict[str, Any]) -> Incoming | None:
    """The ask in a command; None for words that are answered at once."""
    text = str(body.get("text") or "").strip()
    word, _, rest = text.partition(" ")
    if not rest.strip() or word.lower() in OTHER_WORDS:
        return None
    asked = rest if word.lower() == "next" else text  # "/trailguide Dana asks …" is an ask too
    team = str(body.get("team_id") or "")
    return Incoming(
        key=f"command:{team}:{body.get('trigger_id')}",
        kind=Kind.COMMAND,
        team=team,
        user=str(body.get("user_id") or ""),
        channel=str(body.get("channel_id") or ""),
        text=readable(asked, ""),
    )
