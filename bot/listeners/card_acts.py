"""What the second row of a card does: why, softer, shorter."""

from __future__ import annotations

from bot.flow import rewriting
from bot.flow.explaining_again import ranking_behind
from bot.listeners import threads
from bot.listeners.cards import card_of_stored, refreshed
from bot.listeners.deciding import card_of_event
from bot.listeners.edge import Edge
from bot.listeners.giving_back import own_words_back
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Place, Reply
from bot.views.card import review_card
from bot.views.why import why_message


def act(event: Incoming, edge: Edge) -> list[Reply]:
    """Answer a press of the second row; on a decided card only Why has something to say."""
    stored, here = card_of_event(event, edge), Place(event.channel, event.ts)
    if event.action == "why":
        told = why_message(stored, ranking_behind(stored, edge.tools))
        return [Reply("why", told, here.channel, event.thread_ts or event.ts or None)]
    if not stored.is_open:
        return refreshed(stored, event.user, edge, seen_at=here)
    wish: rewriting.Wish = "softer" if event.action == "softer" else "shorter"
    fresh = rewriting.rewrite(stored.id, event.user, wish, edge.tools, key=event.key)
    if fresh.id == stored.id:
        typed = own_words_back(event, fresh.typed_before)
        return [*refreshed(fresh, event.user, edge, seen_at=here), *typed]
    old = edge.tools.suggestions.get(stored.id)
    replies = refreshed(old, event.user, edge, seen_at=here)
    if threads.claim(edge.tools.inbox, f"another:{old.id}", event.key) != event.key:
        return replies
    card = review_card(card_of_stored(fresh, edge))
    thread = event.thread_ts or None
    return [*replies, Reply("card", card, here.channel, thread, card_of=fresh.id)]
