"""What waits for what: events of one lane are answered in the order in which they came."""

from __future__ import annotations

from bot.listeners.incoming import Incoming, Kind


def lane_of(event: Incoming) -> str:
    """A card's presses and forms have a lane of their own, so that none waits for a long answer.

    Whatever is written goes by its channel; a command's channel is where it was typed.
    """
    if event.kind in {Kind.ACTION, Kind.SUBMISSION} and event.suggestion_id:
        return f"card:{event.suggestion_id}"
    if event.kind is Kind.ADDING or event.action == "add" or (event.files and not event.text):
        return f"adding:{event.user}"  # reading takes a while, and nothing else waits for it
    return event.channel or event.user or event.key
