"""Where an answer goes: cards to the asker's direct messages, one line to the channel (M58)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.slack_files import File
from bot.views import words
from bot.views.blocks import Message, line


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to post or change; `part` tells the messages of one answer apart.

    `channel` may be a user's id. `card_of` is the suggestion that the message is the card of. With
    `file` the reply is that file, and the message is what it says beside it.
    """

    part: str
    message: Message
    channel: str
    thread_ts: str | None = None
    update_ts: str | None = None
    card_of: str | None = None
    file: File | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, or a user whose direct messages are meant, and a thread in it."""

    channel: str
    thread_ts: str | None = None


def private_place(event: Incoming, edge: Edge) -> Place:
    """Where the card goes: where the asker alone reads it, or a thread the team allowed for it."""
    if event.kind in {Kind.DIRECT, Kind.ASSISTANT}:
        return Place(event.channel, event.thread_ts or None)
    if event.channel in edge.tools.settings.card_channels and event.ts:
        return Place(event.channel, event.thread_ts or event.ts)
    return Place(event.user)


def public_place(event: Incoming, edge: Edge) -> Place | None:
    """The channel thread that gets one line; None when the card itself is in sight."""
    seen_in_channel = event.kind in {Kind.MENTION, Kind.FOLLOW_UP}
    if not seen_in_channel or event.channel in edge.tools.settings.card_channels:
        return None
    return Place(event.channel, event.thread_ts or event.ts)


def answer_to_asker(event: Incoming, edge: Edge, answer: Message, part: str) -> list[Reply]:
    """An answer that is not a card: to the asker, with one line in the thread they asked in."""
    private, public = private_place(event, edge), public_place(event, edge)
    replies = [Reply(part, answer, private.channel, private.thread_ts)]
    if public:
        pointer = line(words.LINE_TO_DM)
        replies.append(Reply("line", pointer, public.channel, public.thread_ts))
    return replies
