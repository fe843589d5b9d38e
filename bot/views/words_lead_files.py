"""What people read in Slack about a list of leads that they sent."""

from __future__ import annotations

from collections.abc import Sequence

PROPOSED = "I read the list. Look at what its columns seem to be, then take it in."
OPENING = "One moment: the list is read."
LOOK = "Look and take in"
TITLE = "A list of leads"
TAKE = "Take it in"
CLOSE = "Not now"
NO_COLUMNS = "The list has no columns that can be read."
NOT_YOURS = "That list was sent by somebody else; send it yourself to take it in."
TAKEN = "That list was taken in already."
TOO_LARGE = (
    "That list has more than {most} MB; take it in with `trailguide leads import` on the command "
    "line."
)
MOST_LINES = 15


def head(name: str, lines: int, kind: str) -> str:
    """A file, how long it is, and what a line of it is."""
    return f"{name}: {lines:,} {'line' if lines == 1 else 'lines'}, {kind}"


def left_out(columns: Sequence[str], most: int = 20) -> str:
    """Columns that are not read."""
    more = f" and {len(columns) - most} more" if len(columns) > most else ""
    return f"Left out: {', '.join(columns[:most])}{more}."
