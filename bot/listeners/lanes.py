"""What waits for what: events of one lane are answered in the order in which they came."""

from __future__ import annotations

from bot.listeners.incoming import Incoming, Kind


def lane_of(event: Incoming) -> str:
    """A card's presses and forms have a lane of their own, so that none waits for a long answer.

    What one person writes goes one by one, wherever it is written: however much that is, it takes
    one of the places of work, and nobody else waits behind it.
    """
    if event.kind in {Kind.ACTION, Kind.SUBMISSION} and event.suggestion_id:
        return f"card:{event.suggestion_id}"
    if event.kind is Kind.ADDING or event.action == "add" or (event.files and not event.text):
        return f"adding:{event.user}"  # reading takes a while, and nothing else waits for it
    return event.user or event.channel or event.key
