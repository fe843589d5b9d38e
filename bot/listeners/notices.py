"""What a change in the library calls for: told in the wake of its transaction, once."""

from __future__ import annotations

from collections.abc import Callable

from bot.listeners import crm, touch_notes, upkeep
from bot.listeners.cards import acted_on, card_of_stored
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.listeners.reviewing import review, reviewed
from bot.views.card import review_card
from bot.views.withdrawn import withdrawn_line
from knowledge.assets import is_slack_user
from storage.crm import GONE
from storage.review_notes import NOTED
from storage.reviews import REVIEW, REVIEWED
from storage.stored_suggestion import StoredSuggestion
from storage.upkeep import DEAD, REVIEW_DUE
from storage.withdrawing import WITHDRAWN


def answer(event: Incoming, edge: Edge) -> list[Reply]:
    """The messages that a notice stands for."""
    return NOTICES[event.action](event, edge)


def withdrawn(event: Incoming, edge: Edge) -> list[Reply]:
    """The sentence in place of the card, and the news to the rep who has it."""
    stored = edge.tools.suggestions.get(event.suggestion_id)
    if stored.state != WITHDRAWN:
        return []  # replaced meanwhile: the card shows that
    card, acted = card_of_stored(stored, edge), acted_on(stored, "", edge)
    if acted is None:
        return []
    replies = in_place(stored, edge)
    if is_slack_user(event.user):
        line = withdrawn_line(card, acted, card_in_sight=bool(replies))
        replies.append(Reply("told", line, event.user))
    return replies


def withdrawn_while_posted(outbox_key: str, suggestion_id: str, edge: Edge) -> None:
    """Put the sentence in place of a card whose piece left the library while it was on its way."""
    stored = edge.tools.suggestions.get(suggestion_id)
    for reply in in_place(stored, edge) if stored.state == WITHDRAWN else []:
        key = f"{outbox_key}~withdrawn"
        edge.poster.plan(key, reply.message, channel=reply.channel, update_ts=reply.update_ts)
        edge.poster.post(key)


def in_place(stored: StoredSuggestion, edge: Edge) -> list[Reply]:
    """The withdrawn card where it was posted; nothing when it never was."""
    if not stored.card_channel or not stored.card_ts:
        return []
    shown = review_card(card_of_stored(stored, edge), acted_on(stored, "", edge))
    return [Reply("card", shown, stored.card_channel, update_ts=stored.card_ts)]


NOTICES: dict[str, Callable[[Incoming, Edge], list[Reply]]] = {
    WITHDRAWN: withdrawn,
    REVIEW: review,
    REVIEWED: reviewed,
    NOTED: touch_notes.told,
    GONE: crm.ask_about_gone,
    DEAD: upkeep.dead,
    REVIEW_DUE: upkeep.review_due,
}
