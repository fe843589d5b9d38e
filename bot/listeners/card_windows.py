"""The windows of a card: opened, judged before they close, and kept thereafter."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from bot.flow import after_approval as after
from bot.flow.restaging import restage
from bot.listeners.cards import refreshed
from bot.listeners.deciding import card_of_event
from bot.listeners.edge import Edge
from bot.listeners.giving_back import given_back
from bot.listeners.incoming import Incoming
from bot.listeners.replacing import replace_once
from bot.listeners.replies import Reply
from bot.views import words, words_card
from bot.views.card import review_card
from bot.views.modals import as_shown
from bot.views.modals_card import (
    HELP_CALLBACK,
    OUTCOME_CALLBACK,
    SENT_CALLBACK,
    STAGE_CALLBACK,
    help_modal,
    note_as_shown,
    outcome_modal,
    sent_modal,
    stage_modal,
)
from knowledge.clock import team_date
from knowledge.errors import BadInput, TrailguideError
from knowledge.journey import Stage
from knowledge.journey_map import load_journey
from knowledge.outcomes import Outcome
from knowledge.touch import Draft
from storage.stored_suggestion import StoredSuggestion

WINDOWS = frozenset({"wrong_stage", "mark_sent", "outcome", "help_reason"})
FIELDS = {STAGE_CALLBACK: "choice", SENT_CALLBACK: "until", OUTCOME_CALLBACK: "choice",
           HELP_CALLBACK: "reason"}  # fmt: skip
"""The field that an objection without one of its own stands beside."""


def window(action: str, stored: StoredSuggestion, edge: Edge) -> dict[str, Any]:
    """The window that a button opens; `BadInput` says why it cannot be opened."""
    _require_state(stored, stage=action == "wrong_stage")
    tools = edge.tools
    zone = tools.settings.time_zone
    today = team_date(tools.clock, zone)
    if action == "wrong_stage":
        return stage_modal(stored.id, stored.stage, load_journey(tools.settings.home))
    if action == "help_reason":
        return help_modal(stored.id, stored.helped_reason)
    if action == "outcome":
        told = tools.after_approval.outcome_of(stored.id)
        on = told.on if told else today
        note = told.note if told else ""
        return outcome_modal(stored.id, on, told.outcome if told else None, note)
    draft = _as_it_left(stored)
    subject, body = as_shown(draft)
    on = after.likely_day_of_sending(stored, tools)
    return sent_modal(stored.id, subject, body, draft.channel, on, has_subject=bool(draft.subject))


def objections(event: Incoming, edge: Edge) -> dict[str, str]:
    """What keeps a window open, by field; empty when what was chosen can be kept."""
    field = FIELDS[event.action]
    try:
        stored = card_of_event(event, edge)
        _require_state(stored, stage=event.action == STAGE_CALLBACK)
        match event.action:
            case "right_stage":
                _stage(event, stored)
            case "was_sent":
                _sent_text(event, stored)
                after.require_day_of_sending(stored, _day(event, stored, edge), edge.tools)
            case "what_happened":
                outcome = _outcome(event, stored, edge)
                field = "until"
                after.require_day_of_outcome(stored, _day(event, stored, edge), edge.tools)
                if event.reason.strip() and outcome is not Outcome.REPLIED:
                    return {"reason": words_card.NOTE_ONLY_FOR_A_REPLY}
                field = "reason"
                after.require_place_for(event.reason, stored, edge.tools)
            case _:
                if not event.reason.strip():
                    return {"reason": words_card.NO_REASON}
    except _Emptied as emptied:
        return {emptied.field: str(emptied)}
    except TrailguideError as told:
        return {field: str(told)}
    return {}


def submitted(event: Incoming, edge: Edge) -> list[Reply]:
    """Keep what a window said and bring the card up to date; what cannot be kept is given back."""
    stored = card_of_event(event, edge)
    try:
        if event.action == STAGE_CALLBACK:
            return _restaged(event, stored, edge)
        _require_state(stored, stage=False)
        tools, on = edge.tools, _day(event, stored, edge)
        if event.action == SENT_CALLBACK:
            channel = _choice(event) or _as_it_left(stored).channel
            text = _sent_text(event, stored)
            after.mark_sent(stored, event.user, on, channel, tools, text=text)
        elif event.action == OUTCOME_CALLBACK:
            outcome = _outcome(event, stored, edge)
            note = _note(event, stored, edge)
            after.tell_outcome(stored, event.user, outcome, on, tools, note=note)
        else:
            tools.after_approval.why_helped(stored.id, event.user, event.reason.strip())
    except TrailguideError as told:
        return [*refreshed(stored, event.user, edge), given_back(event, str(told))]
    return refreshed(edge.tools.suggestions.get(stored.id), event.user, edge)


def _restaged(event: Incoming, stored: StoredSuggestion, edge: Edge) -> list[Reply]:
    """The old card with its new state, and the new card, posted once."""
    stage = _stage(event, stored)
    old, fresh = replace_once(event, stored, edge, partial(restage, stage=stage))
    replies = refreshed(old, event.user, edge)
    if fresh is None:
        if old.stage_corrected != stage:  # decided in another way since the window opened
            replies.append(given_back(event, words.DECIDED_ALREADY))
        return replies
    direct = old.card_channel if (old.card_channel or "").startswith("D") else None
    card = Reply("card", review_card(fresh), direct or event.user, card_of=fresh.suggestion_id)
    return [*replies, card]


class _Emptied(BadInput):
    """A field that must not be empty."""

    def __init__(self, field: str) -> None:
        super().__init__(words.EMPTIED[field])
        self.field = field


def _choice(event: Incoming) -> str:
    return str(event.typed.get("choice") or "")


def _require_state(stored: StoredSuggestion, *, stage: bool) -> None:
    if stored.erased:
        raise BadInput(words_card.ERASED)
    if stage and not stored.is_open:
        raise BadInput(words.ALREADY_DECIDED)
    if not stage and stored.state != "approved":
        raise BadInput(words_card.NOT_APPROVED)


def _stage(event: Incoming, stored: StoredSuggestion) -> Stage:
    if _choice(event) not in set(Stage):
        raise BadInput(words_card.NO_STAGE_CHOSEN)
    if _choice(event) == stored.stage.stage:
        raise BadInput(words_card.STAGE_AS_READ)
    return Stage(_choice(event))


def _outcome(event: Incoming, stored: StoredSuggestion, edge: Edge) -> Outcome:
    if _choice(event) in set(Outcome):
        return Outcome(_choice(event))
    told = edge.tools.after_approval.outcome_of(stored.id)
    if _choice(event) or told is None:
        raise BadInput(words_card.NO_OUTCOME_CHOSEN)
    return told.outcome


def _note(event: Incoming, stored: StoredSuggestion, edge: Edge) -> str:
    """What was typed; a field left as it was shown stands for the whole former note."""
    told = edge.tools.after_approval.outcome_of(stored.id)
    if told and event.reason.strip() == note_as_shown(told.note).strip():
        return told.note
    return event.reason


def _day(event: Incoming, stored: StoredSuggestion, edge: Edge) -> date:
    """The day chosen; a picker left alone is as it was shown."""
    if event.until:
        return date.fromisoformat(event.until)
    if event.action == SENT_CALLBACK:
        return after.likely_day_of_sending(stored, edge.tools)
    told = edge.tools.after_approval.outcome_of(stored.id)
    if event.action == OUTCOME_CALLBACK and told:
        return told.on
    return team_date(edge.tools.clock, edge.tools.settings.time_zone)


def _as_it_left(stored: StoredSuggestion) -> Draft:
    """The text as it was said to be sent, else the approved one."""
    draft, sent = stored.draft, stored.sent
    if draft is None:
        raise BadInput(words_card.NO_DRAFT_SENT)
    if sent is None:
        return draft
    return Draft(sent.subject, sent.body, sent.channel, "person")


def _sent_text(event: Incoming, stored: StoredSuggestion) -> tuple[str, str]:
    """Subject and body as typed; a field that was left alone is as it was."""
    was = _as_it_left(stored)
    subject, body = as_shown(was)
    typed = {"subject": event.subject, "body": event.body}
    for field, text in typed.items():
        if text is not None and not text.strip():
            raise _Emptied(field)
    return (
        was.subject if event.subject in {None, subject} else str(event.subject),
        was.body if event.body in {None, body} else str(event.body),
    )
