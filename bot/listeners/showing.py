"""Showing what was found: the card where its asker alone reads it, a line where it was asked."""

from __future__ import annotations

import hashlib
from datetime import date

from bot.flow.next_touch import next_touch
from bot.listeners import threads
from bot.listeners.cards import card_of_stored
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.replies import Reply, private_place, public_place
from bot.views.blocks import Message
from bot.views.card import Card, card_of, pointer_line, review_card
from knowledge.clock import team_date
from knowledge.errors import NotFound
from knowledge.touch import Ask
from knowledge.understanding import Understanding


def suggest(event: Incoming, ask: Ask, edge: Edge) -> list[Reply]:
    """Suggest once per event: after a death in between, what was stored is what is shown."""
    made = f"touch-{hashlib.sha256(event.key.encode()).hexdigest()[:12]}"
    try:
        card = card_of_stored(edge.tools.suggestions.get(made), edge)
    except NotFound:
        card = card_of(next_touch(ask, edge.tools, suggestion_id=made))
    return card_replies(event, card, edge)


def card_replies(event: Incoming, card: Card, edge: Edge) -> list[Reply]:
    """The card where the asker alone reads it, then one line in the thread they asked in."""
    private, public = private_place(event, edge), public_place(event, edge)
    shown, made = review_card(card), card.suggestion_id
    replies = [Reply("card", shown, private.channel, private.thread_ts, card_of=made)]
    if public:
        pointer = pointer_line(made if card.asset else None)
        replies.append(Reply("line", pointer, public.channel, public.thread_ts))
    for place in (private, public):
        if place and place.thread_ts:
            threads.follow(edge.tools.inbox, place.channel, place.thread_ts, made)
    return replies


def line_reply(event: Incoming, answered: Message) -> list[Reply]:
    """A line without lead data: where it was asked, a command's in direct messages."""
    if event.kind is Kind.COMMAND:
        return [Reply("line", answered, event.user)]
    thread = event.thread_ts or (event.ts if event.kind is not Kind.DIRECT else "")
    return [Reply("line", answered, event.channel, thread or None)]


def ask_of(event: Incoming, understood: Understanding, edge: Edge) -> Ask:
    """The ask that a message makes, today, by whoever wrote it."""
    return understood.ask(today_of(edge), asked_by=event.user, team=event.team)


def today_of(edge: Edge) -> date:
    """The team's date."""
    return team_date(edge.tools.clock, edge.tools.settings.time_zone)
