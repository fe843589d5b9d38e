"""What is due for a person as a message, and opening one of its rows."""

from __future__ import annotations

import hashlib

from bot.flow.due import due_lists
from bot.flow.next_touch import next_touch
from bot.listeners import people
from bot.listeners.cards import card_of_stored
from bot.listeners.deciding import card_of_event
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import words_due
from bot.views.blocks import Message
from bot.views.card import Card, card_of, review_card
from bot.views.due_rows import LEAD, lead_reference, list_message
from knowledge.clock import team_date
from knowledge.errors import BadInput
from knowledge.touch import Ask
from storage.overview import Overview


def due_message(user: str, edge: Edge) -> Message:
    """What is due for this person today, for their eyes only."""
    return list_message(due_lists(people.look_up(user, edge.poster.client).person, edge.tools))


def opened(event: Incoming, edge: Edge) -> tuple[Card, list[Reply]]:
    """The card of the row that was opened, and the reply that sends it to their messages."""
    lead = event.suggestion_id.startswith(LEAD)
    card = _card_for_lead(event, edge) if lead else _card_again(event, edge)
    reply = Reply("card", review_card(card), event.user, card_of=card.suggestion_id)
    return card, [reply]


def _card_again(event: Incoming, edge: Edge) -> Card:
    stored = card_of_event(event, edge)
    if not stored.is_open:
        raise BadInput(words_due.DECIDED)
    return card_of_stored(stored, edge)


def _card_for_lead(event: Incoming, edge: Edge) -> Card:
    """A card that is open for this lead, when it is of today or has a draft; else a fresh one.

    So a row that is opened twice, or a job that runs twice, asks once.
    """
    tools = edge.tools
    ids = (i for i, *_ in tools.leads.names())
    lead_id = next((i for i in ids if lead_reference(i) == event.suggestion_id), None)
    if lead_id is None:
        raise BadInput(words_due.GONE)
    today = team_date(tools.clock, tools.settings.time_zone)
    made = Overview(tools.db, tools.settings.time_zone).suggested([lead_id]).get(lead_id, ())
    theirs = [s for s in made if s.asked_by == event.user]
    if theirs and theirs[-1].is_open and theirs[-1].on == today:
        return card_of_stored(tools.suggestions.get(theirs[-1].id), edge)
    fresh = f"touch-{hashlib.sha256(event.key.encode()).hexdigest()[:12]}"
    ask = Ask(today, lead_id, asked_by=event.user, team=event.team)
    return card_of(next_touch(ask, tools, suggestion_id=fresh))
