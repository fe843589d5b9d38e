"""The form for the next touch, opened: the ways in, and its search for leads."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.flow.finding_leads import leads_like
from bot.flow.understand import understand
from bot.listeners.deciding import card_of_event
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.wire_text import readable
from bot.views import words_intake as words
from bot.views.blocks import line
from bot.views.intake_form import (
    Choices,
    Filled,
    filled_by,
    intake_view,
    lead_options,
    refusing_view,
    waiting_view,
)
from bot.views.words import failed
from knowledge.errors import BadInput, SlackFailed, TrailguideError, places
from knowledge.intake import FoundLead
from knowledge.personas import load_personas

OPTIONS = 20
"""Of 100 that Slack takes: more than a person reads through; a letter more narrows them."""

log = structlog.get_logger("trailguide.intake")

_GREETING = re.compile(
    r"^\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\b[^,!:\n]{0,60}[,!:\n]",
    re.IGNORECASE,
)
"""How a mail begins: it names whom it was written to, not the lead who wrote it."""

Fill = Callable[[], Filled]


def open_empty(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open the empty form, from the global shortcut or the bare command."""
    _open(body, client, edge, Filled)


def open_for_message(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open the form filled with what a message says: a lead's mail that somebody pasted."""

    def fill() -> Filled:
        text = _text_of(body.get("message") or {}, edge.bot_user)
        understood = understand(_GREETING.sub("", text), edge.tools)
        lead = _known(understood.lead_id, edge)
        return Filled(
            lead=lead,
            facts=replace(understood.facts, name=None),  # the rep says who wrote it
            acts=tuple(a.value for a in understood.signals),
            questions=understood.questions,
            channel=understood.channel or "email",
            quoted=text,
        )

    _open(body, client, edge, fill)


def open_correction(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open the form filled with what a card was made from."""
    suggestion_id = str(body["actions"][0].get("value") or "")
    click = Incoming("", Kind.ACTION, "", _user(body), suggestion_id=suggestion_id)

    def fill() -> Filled:
        stored = card_of_event(click, edge)
        if not stored.is_open or stored.ask is None:
            raise BadInput(words.ALREADY_DECIDED)
        return filled_by(stored.ask, _known(stored.lead_id, edge), stored.id)

    _open(body, client, edge, fill)


def suggest_leads(ack: Ack, body: dict[str, Any], edge: Edge) -> None:
    """Answer the search as it is typed: at most 20 leads, names and companies only."""
    found = leads_like(str(body.get("value") or ""), edge.tools, OPTIONS)
    ack(options=lead_options(found))


def _open(body: dict[str, Any], client: WebClient, edge: Edge, fill: Fill) -> None:
    """Open a small view at once, for a trigger lasts 3 seconds, then put the form in its place."""
    trigger = str(body.get("trigger_id") or "")
    try:
        opened = client.views_open(trigger_id=trigger, view=waiting_view())["view"]
        client.views_update(view_id=opened["id"], hash=opened.get("hash"), view=_form(fill, edge))
    except SlackApiError as refused:
        log.warning("form_not_shown", error=str(refused.response.get("error"))[:60])
        if refused.response.get("error") not in _CLOSED:
            _say_so(f"form:{trigger}", _user(body), edge)
    except OSError as lost:
        log.warning("form_not_shown", error=type(lost).__name__)
        _say_so(f"form:{trigger}", _user(body), edge)


_CLOSED = frozenset({"not_found", "view_not_found"})
"""What Slack says of a view that the person closed before it was filled: nothing is missing."""


def _form(fill: Fill, edge: Edge) -> dict[str, Any]:
    """The filled form, or why there is none."""
    try:
        filled = fill()
        titles = load_personas(edge.tools.settings.home)
        return intake_view(filled, Choices(titles.names, titles.buying_roles.names))
    except TrailguideError as told:
        return refusing_view(str(told))
    except Exception as bug:  # noqa: BLE001 - the edge: a bug must become an answer, not silence
        return refusing_view(reported(bug))


def reported(bug: Exception) -> str:
    """Log where a bug came from, and say so with a reference; its message may name a lead."""
    reference = secrets.token_hex(4)
    log.error("bug", reference=reference, error=type(bug).__name__, at=places(bug))
    return failed(reference)


def _say_so(key: str, user: str, edge: Edge) -> None:
    """Tell the person in direct messages; a global shortcut has no channel to whisper in."""
    try:
        edge.poster.post(edge.poster.plan(key, line(words.TRY_AGAIN), channel=user))
    except SlackFailed as lost:
        log.warning("form_not_shown_not_told", error=type(lost).__name__)


def _known(lead_id: str | None, edge: Edge) -> FoundLead | None:
    if not lead_id:
        return None
    facts = edge.tools.leads.get(lead_id).facts
    return FoundLead(lead_id, facts.name or "", facts.company or "")


def _text_of(said: dict[str, Any], bot_user: str) -> str:
    """What a message says: its own words, else those of a mail or file attached to it."""
    attached = [*(said.get("attachments") or ()), *(said.get("files") or ())]
    texts = [said.get("text"), *(a.get(f) for a in attached for f in ("text", "plain_text"))]
    return readable(next((str(t) for t in texts if t), ""), bot_user)


def _user(body: dict[str, Any]) -> str:
    return str((body.get("user") or {}).get("id") or body.get("user_id") or "")
