"""Reviews in Slack: the message to reviewers, its two buttons, and what the author is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.flow import publishing
from bot.flow.requests_answered import tell_of_all
from bot.listeners import faults, people
from bot.listeners.edge import Edge
from bot.listeners.giving_back import given_back
from bot.listeners.incoming import Incoming
from bot.listeners.owners import people_in
from bot.listeners.replies import Reply
from bot.listeners.waking import send_waiting
from bot.views import escape, words_keeping, words_manners
from bot.views.blocks import line
from bot.views.library_diff import diff_modal
from bot.views.library_review import Reviewed, author_news, review_message, send_back_modal
from knowledge.assets import Asset, AssetStatus, is_slack_user
from knowledge.errors import BadInput, NotFound, TrailguideError
from knowledge.versions import changes
from prompts.checks import check_asset
from storage.notices import posted
from storage.reviews import review_key

TOLD_LIMIT = 1500


def review(event: Incoming, edge: Edge) -> list[Reply]:
    """Ask a reviewer; nothing when somebody decided meanwhile."""
    asset = _known(event.suggestion_id, edge)
    if asset is None or not _waits(asset, edge):
        return []
    shown, people_asked = review_message(_shown(asset, edge)), people_in(event.user, edge)
    return [Reply(f"review{n or ''}", shown, to) for n, to in enumerate(people_asked)]


def reviewed(event: Incoming, edge: Edge) -> list[Reply]:
    """Bring every reviewer's message up to date, and tell whoever submitted the piece."""
    asset = _known(event.suggestion_id, edge)
    if asset is None:
        return []
    shown = _shown(asset, edge)
    now = review_message(shown)
    places = posted(edge.tools.db, review_key(asset.id))
    replies = [
        Reply(f"update{n}", now, channel, update_ts=ts) for n, (channel, ts) in enumerate(places)
    ]
    decided = {
        AssetStatus.APPROVED: shown.review.approved_by,
        AssetStatus.RETIRED: shown.review.retired_by,
    }.get(asset.status, shown.review.sent_back_by)
    if asset.status is AssetStatus.APPROVED and shown.sent_back_last:
        decided = shown.review.sent_back_by
    if is_slack_user(event.user) and event.user != decided:
        replies.append(Reply("told", author_news(shown), event.user))
    return replies


def approve(event: Incoming, edge: Edge) -> list[Reply]:
    """Approve the text that the message is about, or say why not; the message shows the state."""
    asset = publishing.by_reference(event.suggestion_id, edge.tools)
    told = []
    try:
        if _waits(asset, edge):
            known = people.look_up(event.user, edge.poster.client)
            names = tuple(n for n in (known.mail, *known.person.called) if n)
            publishing.publish(
                [asset.id], event.user, edge.tools, also_called=names, seen=event.version
            )
        elif asset.status is AssetStatus.APPROVED:  # a death may have come before the telling
            tell_of_all([asset.id], edge.tools)
    except BadInput as refused:
        said = line(escape.mrkdwn(str(refused), TOLD_LIMIT))
        told = [Reply("refused", said, event.user)]
    send_waiting(edge)
    now = _shown(edge.tools.library.get(asset.id), edge)
    return [Reply("update", review_message(now), event.channel, update_ts=event.ts), *told]


def open_send_back(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open the window for the reason."""
    _open(body, client, edge, _send_back_window)


def _open(
    body: dict[str, Any],
    client: WebClient,
    edge: Edge,
    window: Callable[[str, Edge], dict[str, Any]],
) -> None:
    """Open a window, or say why not; a trigger lasts 3 seconds."""
    user, channel = str(body["user"]["id"]), str((body.get("channel") or {}).get("id") or "")
    reference = str(body["actions"][0].get("value") or "").partition("#")[0]
    try:
        client.views_open(trigger_id=body["trigger_id"], view=window(reference, edge))
    except TrailguideError as told:
        edge.poster.whisper(channel, user, escape.mrkdwn(str(told), TOLD_LIMIT))
    except (SlackApiError, OSError) as late:
        edge.poster.whisper(
            channel, user, words_manners.not_opened(faults.note("modal_not_opened", late))
        )


def open_changes(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open the window with everything that changed in the version that waits."""
    _open(body, client, edge, _changes_window)


def _changes_window(reference: str, edge: Edge) -> dict[str, Any]:
    asset = _in_review(reference, edge)
    held = edge.tools.library.held(asset.id)
    return diff_modal(asset, changes(asset, held.asset) if held else ())


def _send_back_window(reference: str, edge: Edge) -> dict[str, Any]:
    asset = _in_review(reference, edge)
    held = edge.tools.library.held(asset.id)
    return send_back_modal(held.asset if held else asset)


def objections(event: Incoming, edge: Edge) -> dict[str, str]:
    """What keeps the window open: no reason, or a piece that was decided meanwhile."""
    try:
        _in_review(event.suggestion_id.partition("#")[0], edge)
    except TrailguideError as told:
        return {"reason": str(told)}
    return {} if event.reason.strip() else {"reason": words_keeping.SEND_BACK_NO_REASON}


def sent_back(event: Incoming, edge: Edge) -> list[Reply]:
    """Send it back with the reason; what cannot be kept is given back to who typed it."""
    asset = publishing.by_reference(event.suggestion_id.partition("#")[0], edge.tools)
    review_now = edge.tools.library.review_of(asset.id)
    was_kept = (review_now.sent_back_by, review_now.sent_back_because) == (
        event.user,
        event.reason.strip(),
    )
    try:
        if _waits(asset, edge) or not was_kept:
            publishing.send_back(asset.id, event.user, event.reason, edge.tools)
    except BadInput as refused:
        return [given_back(event, str(refused))]
    send_waiting(edge)
    return []


def _in_review(reference: str, edge: Edge) -> Asset:
    asset = publishing.by_reference(reference, edge.tools)
    if not _waits(asset, edge):
        raise BadInput(f"“{asset.title}” was decided meanwhile; nothing is left to do.")
    return asset


def _waits(asset: Asset, edge: Edge) -> bool:
    """Whether the piece, or a new version of it, waits for a reviewer."""
    return asset.status is AssetStatus.IN_REVIEW or edge.tools.library.held(asset.id) is not None


def _known(asset_id: str, edge: Edge) -> Asset | None:
    try:
        return edge.tools.library.get(asset_id)
    except NotFound:
        return None


def _shown(asset: Asset, edge: Edge) -> Reviewed:
    """The piece, or the version of it that waits, as a reviewer's message shows it."""
    models, held = edge.tools.sentence_models, edge.tools.library.held(asset.id)
    changed = changes(asset, held.asset) if held else ()
    asset = held.asset if held else asset
    report = check_asset(
        asset.text, asset.type, None, title=asset.title, overruled=asset.hype_overruled,
        models=models,
    )  # fmt: skip
    return Reviewed(asset, report, edge.tools.library.review_of(asset.id), held, changed)
