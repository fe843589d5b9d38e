"""The form for the next touch, submitted: judged while it is open, then answered."""

from __future__ import annotations

import hashlib

from bot.flow.intake import ask_of, learn_told, problems
from bot.flow.next_touch import next_touch
from bot.listeners import threads
from bot.listeners.cards import card_of_stored, refreshed
from bot.listeners.deciding import card_of_event
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.intake_opening import reported
from bot.listeners.replies import Reply
from bot.views import escape
from bot.views import words_intake as words
from bot.views.blocks import Part, copyable, line, message, section
from bot.views.card import card_of, review_card
from knowledge.errors import BadInput, NotFound, TrailguideError
from knowledge.intake import Told
from storage.stored_suggestion import StoredSuggestion


def objections(event: Incoming, edge: Edge) -> dict[str, str]:
    """What keeps the form open, by field; empty when a suggestion can be made."""
    try:
        return problems(_told(event, _corrected(event, edge)), edge.tools)
    except TrailguideError as told:
        return {"questions": str(told)}


def submitted(event: Incoming, edge: Edge) -> list[Reply]:
    """Make the suggestion that was asked for; what cannot be used any more is given back.

    The form was judged before it closed, but the lead may have been erased since.
    """
    try:
        return _suggested(event, edge)
    except TrailguideError as told:
        return [given_back(event, str(told))]
    except Exception as bug:  # noqa: BLE001 - the edge: what was typed must outlive a bug
        return [given_back(event, reported(bug))]


def _suggested(event: Incoming, edge: Edge) -> list[Reply]:
    corrected = _corrected(event, edge)
    told = _told(event, corrected)
    ask = ask_of(
        told,
        edge.tools,
        by=event.user,
        team=event.team,
        corrected=corrected.ask if corrected else None,
    )
    made = f"touch-{hashlib.sha256(event.key.encode()).hexdigest()[:12]}"
    try:
        card = card_of_stored(edge.tools.suggestions.get(made), edge)
    except NotFound:
        if found := problems(told, edge.tools):
            return [given_back(event, " ".join(found.values()))]
        learn_told(ask, told, event.user, edge.tools)
        card = card_of(next_touch(ask, edge.tools, suggestion_id=made))
    old = _take_its_place(corrected, made, event, edge) if corrected else []
    return [*old, Reply("card", review_card(card), event.user, card_of=made)]


def _told(event: Incoming, corrected: StoredSuggestion | None) -> Told:
    """What was typed; a field that is not in the submission is as the form showed it."""
    shown = Told.before(corrected.ask) if corrected and corrected.ask else Told()
    return shown.typed_over(event.typed)


def _corrected(event: Incoming, edge: Edge) -> StoredSuggestion | None:
    """The suggestion that the form set right, None for a form that began empty."""
    return card_of_event(event, edge) if event.suggestion_id else None


def _take_its_place(
    corrected: StoredSuggestion, made: str, event: Incoming, edge: Edge
) -> list[Reply]:
    """Close the old card, or what took its place meanwhile; a decided one stays as it is."""
    stored, suggestions = corrected, edge.tools.suggestions
    while stored.replaced_by and stored.replaced_by != made:
        stored = suggestions.get(stored.replaced_by)
    if stored.id == made:
        return []
    if stored.is_open:
        try:
            stored = suggestions.replace(stored.id, event.user, made)
        except BadInput:
            stored = suggestions.get(stored.id)  # decided in this very moment
    if stored.replaced_by == made:  # a press on another copy of the old card must not post it too
        threads.claim(edge.tools.inbox, f"another:{stored.id}", event.key)
    return refreshed(stored, event.user, edge)


def given_back(event: Incoming, why: str) -> Reply:
    """Why there is no suggestion, and what was typed, to the person who typed it (M59)."""
    told = Told.of(event.typed)
    typed = "\n".join(
        f"{label}: {value}" for label, value in words.told(told) if str(value).strip()
    )
    head = escape.mrkdwn(why, 1500)
    if not typed:
        return Reply("told", line(head), event.user)
    parts = [Part(section(f"{head}\n{words.NOT_KEPT}")), *copyable(typed)]
    return Reply("told", message(why, parts), event.user)
