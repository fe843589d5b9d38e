"""The owner's buttons: verify a piece, replace it, retire it; and the messages that offer them."""

from __future__ import annotations

from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.flow import publishing, replacing_asset
from bot.flow.checking_links import upkeeper
from bot.listeners import faults
from bot.listeners.edge import Edge
from bot.listeners.giving_back import given_back
from bot.listeners.incoming import Incoming
from bot.listeners.owners import people_in, told_for
from bot.listeners.replies import Reply
from bot.listeners.showing import today_of
from bot.listeners.waking import send_waiting
from bot.views import escape, words_keeping, words_manners
from bot.views.blocks import line
from bot.views.library_review import person
from bot.views.library_upkeep import (
    RETIRE,
    dead_message,
    done_message,
    replace_modal,
    review_due_message,
)
from knowledge.assets import AssetStatus
from knowledge.errors import BadInput, NotFound, TrailguideError

TOLD_LIMIT = 1500


def dead(event: Incoming, edge: Edge) -> list[Reply]:
    """Tell the owner that the link is dead; nothing when it opens again."""
    return _to_owner(event, edge, is_dead=True)


def review_due(event: Incoming, edge: Edge) -> list[Reply]:
    """Ask the owner to look at a piece again."""
    return _to_owner(event, edge, is_dead=False)


def _to_owner(event: Incoming, edge: Edge, *, is_dead: bool) -> list[Reply]:
    try:
        now = upkeeper(edge.tools).of(event.suggestion_id)
    except NotFound:
        return []
    to = told_for(event.user, edge)
    if not to or now.asset.status is not AssetStatus.APPROVED or (is_dead and not now.asset.dead):
        return []
    shown = dead_message(now) if is_dead else review_due_message(now, today_of(edge))
    return [Reply(f"owner{n or ''}", shown, one) for n, one in enumerate(people_in(to, edge))]


def act(event: Incoming, edge: Edge) -> list[Reply]:
    """Verify or retire at once; the message says what was done."""
    asset = publishing.by_reference(event.suggestion_id, edge.tools)
    who = person(event.user)
    if event.action == RETIRE:
        publishing.retire([asset.id], event.user, edge.tools)
        said = words_keeping.retired(who)
    else:
        upkeeper(edge.tools).verify(asset.id, event.user)
        said = words_keeping.verified(who)
    send_waiting(edge)
    if not event.channel:
        return []
    return [Reply("update", done_message(asset, said), event.channel, update_ts=event.ts)]


def open_replace(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open the window for the new address or piece, or say why not."""
    user, channel = str(body["user"]["id"]), str((body.get("channel") or {}).get("id") or "")
    try:
        reference = str(body["actions"][0].get("value") or "")
        asset = publishing.by_reference(reference, edge.tools)
        client.views_open(trigger_id=body["trigger_id"], view=replace_modal(asset))
    except TrailguideError as told:
        edge.poster.whisper(channel or user, user, escape.mrkdwn(str(told), TOLD_LIMIT))
    except (SlackApiError, OSError) as late:
        failed = faults.note("modal_not_opened", late)
        edge.poster.whisper(channel or user, user, words_manners.not_opened(failed))


def objections(event: Incoming, edge: Edge) -> dict[str, str]:
    """What keeps the window open: neither an address nor a piece."""
    try:
        asset = publishing.by_reference(event.suggestion_id, edge.tools)
        replacing_asset.require_replacement(asset, event.body or "", edge.tools)
    except TrailguideError as told:
        return {"body": str(told)}
    return {}


def replaced(event: Incoming, edge: Edge) -> list[Reply]:
    """Put the new version or the other piece in its place, and say so; else give it back."""
    try:
        asset = publishing.by_reference(event.suggestion_id, edge.tools)
        with edge.tools.turns.waiting():
            done = replacing_asset.replace_asset(asset, event.body or "", event.user, edge.tools)
    except BadInput as refused:
        return [given_back(event, str(refused))]
    send_waiting(edge)
    who = person(event.user)
    if done.other is not None:
        said = words_keeping.replaced_by(escape.mrkdwn(done.other.title, 220), who)
    else:
        said = words_keeping.new_address(who, waits=done.waits)
    return [Reply("told", line(f"*{escape.mrkdwn(asset.title, 220)}*: {said}"), event.user)]
