"""What cannot wait for a job: opening a modal, and judging what is typed before it closes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.flow import decide
from bot.listeners import card_windows, faults
from bot.listeners.deciding import card_of_event, typed_text
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.views import escape, words, words_manners
from bot.views.modals import EDIT_CALLBACK, edit_modal, finding_errors, not_now_modal
from knowledge.clock import team_date
from knowledge.errors import BadInput, TrailguideError
from storage.stored_suggestion import StoredSuggestion

LOOK_AGAIN_DAYS = 14
"""The date the picker starts with: two of the default gaps (M8)."""

TOLD_LIMIT = 1500
"""Of a refusal's sentence, which may name a lead."""


def open_modal(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open the window for Edit or Not now, or say why not; a trigger lasts 3 seconds."""
    action = body["actions"][0]
    user, channel = str(body["user"]["id"]), str((body.get("channel") or {}).get("id") or "")
    click = Incoming(
        key="",
        kind=Kind.ACTION,
        team="",
        user=user,
        channel=channel,
        suggestion_id=str(action.get("value") or ""),
    )
    try:
        view = _view(str(action["action_id"]), click, edge)
        client.views_open(trigger_id=body["trigger_id"], view=view)
    except TrailguideError as told:
        edge.poster.whisper(channel, user, words.refused(escape.mrkdwn(str(told), TOLD_LIMIT)))
    except (SlackApiError, OSError) as late:
        reference = faults.note("modal_not_opened", late)
        edge.poster.whisper(channel, user, words_manners.not_opened(reference))


def in_the_browser(*_: object) -> None:
    """Nothing to do: Slack opens the button's address, and tells us of the press besides."""


def _view(action: str, click: Incoming, edge: Edge) -> dict[str, Any]:
    stored = card_of_event(click, edge)
    if action in card_windows.WINDOWS:
        return card_windows.window(action, stored, edge)
    if not stored.is_open:
        raise BadInput(words.ALREADY_DECIDED)
    if action == "not_now":
        today = team_date(edge.tools.clock, edge.tools.settings.time_zone)
        return not_now_modal(stored.id, today + timedelta(days=LOOK_AGAIN_DAYS))
    if stored.draft is None:
        raise BadInput("This card has no draft to edit.")
    decide.require_sendable(stored, edge.tools)
    return edit_modal(stored.id, stored.draft)


def objections(event: Incoming, edge: Edge) -> dict[str, str]:
    """What keeps a modal open, by field; empty when what was typed can be kept."""
    try:
        stored = card_of_event(event, edge)
        if not stored.is_open:
            raise BadInput(words.DECIDED_MEANWHILE)
        if event.action != EDIT_CALLBACK:
            return _date_objection(event, edge)
        return _text_objections(event, stored, edge)
    except TrailguideError as told:
        field = "body" if event.action == EDIT_CALLBACK else "until"
        return {field: str(told)}


def _text_objections(event: Incoming, stored: StoredSuggestion, edge: Edge) -> dict[str, str]:
    subject, body = typed_text(event, stored)
    typed = {"subject": event.subject, "body": event.body}
    emptied = {f: words.EMPTIED[f] for f, t in typed.items() if t is not None and not t.strip()}
    if emptied:
        return emptied
    against = decide.objections(stored, subject, body, event.reason, edge.tools)
    if against:
        return finding_errors(against)
    if event.reason.strip() and not decide.is_changed(stored, subject, body):
        return {"reason": words.NOTHING_CHANGED}
    return {}


def _date_objection(event: Incoming, edge: Edge) -> dict[str, str]:
    today = team_date(edge.tools.clock, edge.tools.settings.time_zone)
    if event.until > today.isoformat():
        return {}
    return {"until": words.DATE_PASSED}
