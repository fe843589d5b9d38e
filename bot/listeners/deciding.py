"""Acting on a card: approve, another, share, did it help, and what was typed in a modal."""

from __future__ import annotations

from datetime import date

from bot.flow import decide
from bot.listeners.cards import asset_of, refreshed
from bot.listeners.edge import Edge
from bot.listeners.giving_back import given_back
from bot.listeners.incoming import Incoming
from bot.listeners.replacing import replace_once
from bot.listeners.replies import Place, Reply
from bot.views import escape, words
from bot.views.blocks import Part, line, message, section
from bot.views.card import review_card, shared_asset
from bot.views.modals import EDIT_CALLBACK, as_shown, findings_told
from knowledge.errors import BadInput, TrailguideError
from storage.stored_suggestion import StoredSuggestion

ANSWERS = {"helped": True, "not_helped": False, "yes": True, "no": False}
"""The buttons of an approved card, and whether each says that the piece helped (M48).

Slack's feedback buttons report one action, `did_it_help`; which was pressed is in the value.
"""


def act(event: Incoming, edge: Edge) -> list[Reply]:
    """Do what a button says; on a card that was decided before, show its state instead."""
    stored = card_of_event(event, edge)
    here = Place(event.channel, event.ts)
    if event.action == "share":
        return _share(event, stored, edge)
    if event.action == "another":
        return _another(event, stored, here, edge)
    answer = event.version if event.action == "did_it_help" else event.action
    if answer in ANSWERS:
        helped = ANSWERS[answer]
        edge.tools.track_record.answer(stored.id, event.user, helped=helped)
        return refreshed(stored, event.user, edge, seen_at=here)
    return _approve(event, stored, here, edge)


def _approve(event: Incoming, stored: StoredSuggestion, here: Place, edge: Edge) -> list[Reply]:
    """Approve the text the card shows, or say why not; the card shows its state either way."""
    told = []
    try:
        if stored.is_open:
            decide.approve(stored.id, event.user, edge.tools, seen=event.version)
    except BadInput as refused:  # an old card: it must not stay as it is
        said = line(escape.mrkdwn(str(refused), 1500))
        told = [Reply("told", said, event.channel, event.thread_ts or None)]
    now = edge.tools.suggestions.get(stored.id)
    return [*refreshed(now, event.user, edge, seen_at=here), *told]


def submitted(event: Incoming, edge: Edge) -> list[Reply]:
    """Keep what was typed in a modal, then bring the card up to date; what cannot be kept is said.

    The modal was judged before it closed, but the card may have changed since.
    """
    stored = card_of_event(event, edge)
    refused = "" if _is_kept(event, stored) else _keep(event, stored, edge)
    told = [given_back(event, refused)] if refused else []
    return [*refreshed(edge.tools.suggestions.get(stored.id), event.user, edge), *told]


def _is_kept(event: Incoming, stored: StoredSuggestion) -> bool:
    """Whether a former run of this job kept it, and the card was decided thereafter."""
    if stored.is_open:
        return False
    if event.action == EDIT_CALLBACK:
        now = stored.draft
        return now is not None and (now.subject, now.body) == typed_text(event, stored)
    return bool(stored.snoozed_until) and str(stored.snoozed_until) == event.until


def _keep(event: Incoming, stored: StoredSuggestion, edge: Edge) -> str:
    """Keep what was typed; returns why not when it cannot be."""
    try:
        if not stored.is_open:
            return words.DECIDED_MEANWHILE
        if event.action != EDIT_CALLBACK:
            until = date.fromisoformat(event.until)
            decide.not_now(stored.id, event.user, until, edge.tools, event.reason)
            return ""
        subject, body = typed_text(event, stored)
        against = decide.edit(stored.id, event.user, subject, body, edge.tools, reason=event.reason)
    except TrailguideError as told:
        return str(told)
    return " ".join(findings_told(found) for found in against.values())


def typed_text(event: Incoming, stored: StoredSuggestion) -> tuple[str, str]:
    """Subject and body as typed; a field that was left alone, or left out, is as it was."""
    was = stored.draft
    if was is None:
        raise BadInput("This card has no draft to edit.")
    subject, body = as_shown(was)
    return (
        was.subject if event.subject in {None, subject} else str(event.subject),
        was.body if event.body in {None, body} else str(event.body),
    )


def card_of_event(event: Incoming, edge: Edge) -> StoredSuggestion:
    """The suggestion acted on; who may was asked before the handler ran."""
    return edge.tools.suggestions.get(event.suggestion_id)


def _another(event: Incoming, stored: StoredSuggestion, here: Place, edge: Edge) -> list[Reply]:
    old, fresh = replace_once(event, stored, edge)
    replies = refreshed(old, event.user, edge, seen_at=here)
    if fresh is None:
        return replies
    card, thread, made = review_card(fresh), event.thread_ts or None, fresh.suggestion_id
    return [*replies, Reply("card", card, event.channel, thread, card_of=made)]


def _share(event: Incoming, stored: StoredSuggestion, edge: Edge) -> list[Reply]:
    asset = asset_of(stored, edge)
    if asset is None:
        raise BadInput("There is no asset on that card to share.")
    done = f"{words.SENT_TO_DM} {words.SHARED_BUTTON_USED}"
    return [
        Reply("shared", shared_asset(asset), event.channel, event.thread_ts or event.ts),
        Reply("update", message(done, [Part(section(done))]), event.channel, update_ts=event.ts),
    ]
