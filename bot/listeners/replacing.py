"""Putting another suggestion in the place of one: once, however often it is asked for or run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.flow import decide
from bot.flow.tools import Tools
from bot.listeners import threads
from bot.listeners.cards import card_of_stored
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.views.card import Card, card_of
from knowledge.errors import BadInput
from knowledge.touch import Suggestion
from storage.stored_suggestion import StoredSuggestion

_TURNS = tuple(threading.Lock() for _ in range(16))
"""Two presses at once would both write the one suggestion; the second waits, then sees it."""

Make = Callable[[str, str, Tools], Suggestion | StoredSuggestion]
"""Makes what takes a suggestion's place, once: by the suggestion's id and who asked for it."""


def replace_once(
    event: Incoming, stored: StoredSuggestion, edge: Edge, make: Make = decide.another
) -> tuple[StoredSuggestion, Card | None]:
    """The old suggestion as it is now, and the card to post.

    No card when the old one was decided otherwise, or when the new one is another event's to post.
    """
    made: Suggestion | StoredSuggestion | None = None
    if stored.can_be_replaced:
        try:
            with one_at_a_time(stored.id, edge):
                made = make(stored.id, event.user, edge.tools)
        except BadInput:
            if edge.tools.suggestions.get(stored.id).can_be_replaced:
                raise
            # Two presses at once: the other one was first, so this one shows the state.
    old = edge.tools.suggestions.get(stored.id)
    # Claimed after the change: a run that dies in between is repeated, and then claims it.
    if not old.replaced_by or _owner(old, event, edge) != event.key:
        return old, None
    if isinstance(made, Suggestion):
        return old, card_of(made)
    return old, card_of_stored(edge.tools.suggestions.get(old.replaced_by), edge)


@contextmanager
def one_at_a_time(suggestion_id: str, edge: Edge) -> Iterator[None]:
    """Hold a suggestion's lock; nobody waits for one with a turn that its holder needs back."""
    lock = _TURNS[hash(suggestion_id) % len(_TURNS)]
    with edge.tools.turns.waiting():
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _owner(old: StoredSuggestion, event: Incoming, edge: Edge) -> str:
    return threads.claim(edge.tools.inbox, f"another:{old.id}", event.key)
