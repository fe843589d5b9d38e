"""The window of the proposals: opened while the trigger lasts, filled when they are there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.listeners import faults, threads
from bot.listeners.edge import Edge
from bot.views import words_proposing as words
from bot.views.blocks import Block, line
from bot.views.proposals_form import (
    Offers,
    bare,
    proposals_view,
    reading_view,
    refused_view,
)
from bot.views.words import failed
from knowledge.errors import BadInput, SlackFailed, TrailguideError
from knowledge.personas import load_personas
from knowledge.vocabulary import INDUSTRIES
from storage.proposals import Waiting

PATIENCE = timedelta(seconds=20)
"""How long a person looks at a window that says "one moment"; after it a message comes instead."""

log = structlog.get_logger("trailguide.adding")


def open_reading(body: dict[str, Any], client: WebClient, edge: Edge, key: str) -> None:
    """Open a window at once and note it for the work behind `key`; without one a message comes."""
    try:
        opened = client.views_open(trigger_id=body.get("trigger_id"), view=reading_view())["view"]
    except (SlackApiError, OSError) as late:
        log.info("window_not_opened", error=type(late).__name__)
        return
    at = edge.tools.clock.now().isoformat()
    threads.note(edge.tools.inbox, _key(key), f"{opened['id']}|{opened.get('hash') or ''}|{at}")


def fill(key: str, view: Block, edge: Edge) -> bool:
    """Put a view in place of the waiting one; False where a message must say it instead.

    The view's hash is told, so that a second run never writes over what a person types by now.
    """
    noted = threads.noted(edge.tools.inbox, _key(key))
    if noted is None:
        return False
    view_id, hash_, at = noted.split("|")
    late = edge.tools.clock.now() - datetime.fromisoformat(at) > PATIENCE
    shown = bare(words.IN_MESSAGES) if late else view
    told = {"hash": hash_} if hash_ else {}
    try:
        edge.poster.client.views_update(view_id=view_id, view=shown, **told)
    except SlackApiError as refused:
        error = str(refused.response.get("error"))
        log.info("window_not_filled", error=error[:60])
        return error == "hash_conflict" and not late
    except OSError as lost:
        log.info("window_not_filled", error=type(lost).__name__)
        return False
    return not late


def open_review(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open the proposals behind the button of a message; a trigger lasts 3 seconds."""
    user = str((body.get("user") or {}).get("id") or "")
    waiting_id = str(body["actions"][0].get("value") or "")
    try:
        opening = bare(words.OPENING)
        opened = client.views_open(trigger_id=body.get("trigger_id"), view=opening)["view"]
        view = _review(waiting_id, user, edge)
        client.views_update(view_id=opened["id"], hash=opened.get("hash"), view=view)
    except (SlackApiError, OSError) as late:
        reference = faults.note("proposals_not_opened", late)
        try:
            planned = edge.poster.plan(
                f"proposals:{body.get('trigger_id')}", line(words.TRY_AGAIN), channel=user
            )
            edge.poster.post(planned)
        except SlackFailed:
            log.warning("proposals_not_opened_not_told", reference=reference)


def _review(waiting_id: str, user: str, edge: Edge) -> Block:
    try:
        return form_of(of_this_adder(waiting_id, user, edge), edge)
    except TrailguideError as told:
        return refused_view(str(told))
    except Exception as bug:  # noqa: BLE001 - the edge: a bug must become an answer, not silence
        return refused_view(failed(faults.note("bug", bug)))


def of_this_adder(waiting_id: str, user: str, edge: Edge) -> Waiting:
    """The piece that this person added and has not saved yet; `BadInput` or `NotFound`."""
    waiting = edge.tools.waiting_pieces.get(waiting_id)
    if waiting.by != user:
        raise BadInput(words.NOT_YOURS)
    if waiting.asset_id is not None:
        raise BadInput(words.IN_ALREADY)
    return waiting


def form_of(waiting: Waiting, edge: Edge) -> Block:
    """The form of a piece, with what there is to choose from in this home."""
    personas = load_personas(edge.tools.settings.home).names
    offers = Offers(personas, tuple(name for name, _ in INDUSTRIES))
    return proposals_view(waiting.id, waiting.asset, waiting.proposals, offers)


def _key(key: str) -> str:
    return f"window:{key}"
