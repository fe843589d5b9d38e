"""Telling reps that a piece now answers what they missed: once for each of them and request (M47).

A message is for the listeners to make. So a telling is recorded as an event, as the digest is: the
bot's sweep takes it up, whoever published the piece and wherever.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from bot.flow.content_requests import answer_for, put_together
from bot.flow.tools import Tools
from knowledge.assets import Asset
from knowledge.content_requests import ContentRequest, Miss, RequestState
from knowledge.errors import NotFound
from knowledge.tone import is_promotional

KIND = "answered"
"""The kind of event; `bot.listeners.incoming.Kind` has the same word."""
WORDINGS_TRIED = 3
"""Of a request, the most usual first: a piece that answers none of these is no answer to it."""
DEPTH = 50
"""Pieces looked at for a wording; an answer that 50 others outdo is not worth telling of."""


def tell_requesters(asset: Asset, tools: Tools) -> list[int]:
    """Mark the open requests that a published piece answers, and have their reps told.

    Returns the requests' numbers. It may run twice: who was told is not told again.
    """
    return tell_of_all([asset.id], tools)


def tell_of_all(asset_ids: Collection[str], tools: Tools) -> list[int]:
    """The same for all that an import brought in: each open request is searched for once."""
    put_together(tools)
    answered = []
    for request in tools.request_groups.all(RequestState.OPEN):
        asset = _answer_among(asset_ids, request, tools)
        if asset is not None:
            tools.request_groups.decide(
                request.id, RequestState.ANSWERED, "publishing", asset_id=asset.id
            )
            _tell(request, asset, tools)
            answered.append(request.id)
    for request in tools.request_groups.all(RequestState.ANSWERED):
        if request.asset_id and request.asset_id in asset_ids and request.id not in answered:
            # A death between the two steps left somebody untold.
            _tell(request, tools.library.get(request.asset_id), tools)
    return answered


def we_have_this(request_id: int, asset_id: str, by: str, tools: Tools) -> None:
    """A marketer's word that an approved piece answers a request; its reps are told."""
    asset = answer_for(asset_id, tools)
    request = tools.request_groups.get(request_id)
    tools.request_groups.decide(request_id, RequestState.ANSWERED, by, asset_id=asset.id)
    _tell(request, asset, tools)


def untold_by(request: ContentRequest) -> dict[str, list[Miss]]:
    """The misses of which nobody was told an answer, by the Slack user who asked."""
    found: dict[str, list[Miss]] = {}
    for miss in request.misses:
        if not miss.told and is_slack_user(miss.asked_by):
            found.setdefault(str(miss.asked_by), []).append(miss)
    return found


def is_slack_user(name: str | None) -> bool:
    """Whether an asker is a person in Slack, and no name from the command line."""
    return (
        bool(name) and str(name)[:1] in {"U", "W"} and str(name).isalnum() and str(name).isupper()
    )


def _tell(request: ContentRequest, asset: Asset, tools: Tools) -> None:
    for user, misses in untold_by(request).items():
        # The last miss is in the key: who asks again later, and is answered again, hears again.
        key = f"{KIND}:{request.id}:{user}:{misses[-1].id}"
        payload: dict[str, Any] = {
            "key": key, "kind": KIND, "team": _team_of(misses, tools), "user": user,
            "action": str(request.id), "suggestion_id": asset.id,
        }  # fmt: skip
        tools.inbox.record(key, KIND, payload, lane=f"{KIND}:{user}")
        tools.request_groups.told([m.id for m in misses])


def _team_of(misses: Sequence[Miss], tools: Tools) -> str:
    """The workspace they asked in, as the suggestion made for them has it."""
    for miss in reversed(misses):
        try:
            stored = tools.suggestions.get(miss.ask_key or "")
        except NotFound:
            continue
        if stored.team:
            return stored.team
    return ""


def _fits(asset: Asset, request: ContentRequest) -> bool:
    """Whether the piece may be recommended at a stage where it was missed."""
    return any(
        is_promotional(asset.type, asset.hype, stage, asset.hype_overruled) is None
        for stage in request.stages
    )


def _answer_among(
    asset_ids: Collection[str], request: ContentRequest, tools: Tools
) -> Asset | None:
    """The first of the pieces that the search that missed finds now, for a usual wording."""
    for wording in request.wordings[:WORDINGS_TRIED]:
        for found in tools.finder.candidates([wording], DEPTH):
            if found.answers and found.asset.id in asset_ids and _fits(found.asset, request):
                return found.asset
    return None
