"""Deciding on content requests in Slack: the window, its search, and what comes of it (M47)."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.flow import content_requests as flow
from bot.flow.requests_answered import we_have_this
from bot.listeners import faults
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import escape, words_manners
from bot.views import words_coverage as words
from bot.views.blocks import line
from bot.views.request_window import ASSET, asset_options, request_window, wordings_of
from bot.views.words import refused
from knowledge.assets import Asset, AssetStatus
from knowledge.content_requests import ContentRequest, RequestState
from knowledge.errors import BadInput, NotFound, TrailguideError

OPTIONS = 20
"""Of 100 that Slack takes: more than a person reads through."""
TOLD_LIMIT = 1500


def open_window(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open the window for a request, or say why not; a trigger lasts 3 seconds."""
    user = str(body["user"]["id"])
    channel = str((body.get("channel") or {}).get("id") or user)
    try:
        request = _request(str(body["actions"][0].get("value") or ""), edge)
        open_ones = edge.tools.request_groups.all(RequestState.OPEN)
        others = [r for r in open_ones if r.id != request.id]
        client.views_open(trigger_id=body["trigger_id"], view=request_window(request, others))
    except TrailguideError as told:
        edge.poster.whisper(channel, user, refused(escape.mrkdwn(str(told), TOLD_LIMIT)))
    except (SlackApiError, OSError) as late:
        reference = faults.note("modal_not_opened", late)
        edge.poster.whisper(channel, user, words_manners.not_opened(reference))


def suggest_assets(ack: Ack, body: dict[str, Any], edge: Edge) -> None:
    """Answer the search as it is typed: approved pieces whose title or id holds the words."""
    ack(options=asset_options(_like(str(body.get("value") or ""), edge)))


def objections(event: Incoming, edge: Edge) -> dict[str, str]:
    """What keeps the window open, by field."""
    try:
        request = _request(event.suggestion_id, edge)
        return _objection(event, request, edge)
    except TrailguideError as told:
        return {"choice": str(told)}


def submitted(event: Incoming, edge: Edge) -> list[Reply]:
    """Do what was chosen, and say so; a second run changes nothing more."""
    choice, by, tools = str(event.typed.get("choice")), event.user, edge.tools
    request = _request(event.suggestion_id, edge)
    other: int | None = None
    if choice == "have":
        we_have_this(request.id, str(event.typed[ASSET]), by, tools)
    elif choice == "close":
        flow.close(request.id, by, tools, event.reason)
    elif choice == "merge":
        other = int(str(event.typed["into"]))
        if request.misses:
            flow.merge(request.id, other, by, tools)
    else:
        other = _split_once(request, [int(i) for i in event.typed["wordings"]], by, edge)
    return [Reply("decided", line(words.decided(choice, request.id, other)), event.user)]


def _objection(event: Incoming, request: ContentRequest, edge: Edge) -> dict[str, str]:
    choice = str(event.typed.get("choice") or "")
    if choice == "have":
        return _asset_objection(str(event.typed.get(ASSET) or ""), edge)
    if choice == "merge":
        into = str(event.typed.get("into") or "")
        if into.isdigit() and int(into) != request.id:
            return {}
        return {"into" if "into" in event.typed else "choice": words.NAME_REQUEST}
    if choice == "split":
        named = set(event.typed.get("wordings") or ())
        known = {str(i) for i in wordings_of(request)}
        if named and named < known:
            return {}
        return {"wordings" if len(known) > 1 else "choice": words.NAME_WORDINGS}
    return {} if choice == "close" else {"choice": words.CHOOSE_ONE}


def _asset_objection(asset_id: str, edge: Edge) -> dict[str, str]:
    if not asset_id:
        return {ASSET: words.NAME_ASSET}
    try:
        flow.answer_for(asset_id, edge.tools)
    except TrailguideError as told:
        return {ASSET: str(told)}
    return {}


def _split_once(request: ContentRequest, wording_ids: list[int], by: str, edge: Edge) -> int:
    """Split, or find the request that a first run of the same event made."""
    own = set(wordings_of(request))
    if set(wording_ids) <= own:
        return flow.split(request.id, wording_ids, by, edge.tools)
    for made in edge.tools.request_groups.all():
        if set(wording_ids) <= set(wordings_of(made)):
            return made.id
    raise BadInput(words.GONE)


def _request(value: str, edge: Edge) -> ContentRequest:
    if not value.isdigit():
        raise BadInput(words.GONE)
    try:
        return edge.tools.request_groups.get(int(value))
    except NotFound:
        raise BadInput(words.GONE) from None


def _like(typed: str, edge: Edge) -> list[Asset]:
    wanted = typed.lower().split()
    found = [
        a for a in edge.tools.library.all(AssetStatus.APPROVED)
        if all(word in f"{a.title} {a.id}".lower() for word in wanted)
    ]  # fmt: skip
    return found[:OPTIONS]
