"""Content requests: what reps missed, put together, and what marketing decides of it (M47)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus
from knowledge.content_requests import ContentRequest, RequestState
from knowledge.errors import BadInput
from retrieval.request_clusters import placed


def put_together(tools: Tools) -> None:
    """Put wordings that stand in no request yet into the nearest one, or into one of their own."""
    loose = tools.request_groups.loose()
    if not loose:
        return
    there = {r.id: r.wordings for r in tools.request_groups.all()}
    groups, into = placed(loose, there, tools.buyer_question_reader.vectors)
    tools.request_groups.put_together(groups, into)


def content_requests(tools: Tools, state: RequestState | None = None) -> list[ContentRequest]:
    """The requests, or those of one state: the most missed first, with the question they ask."""
    put_together(tools)
    return [_with_question(r, tools) for r in tools.request_groups.all(state)]


def close(request_id: int, by: str, tools: Tools, because: str = "") -> bool:
    """Close a request that nobody will write for; False when it is closed already."""
    tools.request_groups.get(request_id)
    return tools.request_groups.decide(request_id, RequestState.CLOSED, by, because=because)


def reopen(request_id: int, by: str, tools: Tools) -> bool:
    """Open a request again; False when it is open."""
    tools.request_groups.get(request_id)
    return tools.request_groups.decide(request_id, RequestState.OPEN, by)


def merge(request_id: int, into: int, by: str, tools: Tools) -> None:
    """Put a request into another; `NotFound` when there is none of a number."""
    tools.request_groups.get(request_id)
    tools.request_groups.get(into)
    tools.request_groups.merge(request_id, into, by)


def split(request_id: int, wording_ids: Collection[int], by: str, tools: Tools) -> int:
    """Take wordings out into a request of their own; return its number."""
    tools.request_groups.get(request_id)
    return tools.request_groups.split(request_id, wording_ids, by)


def answer_for(asset_id: str, tools: Tools) -> Asset:
    """The asset that is said to answer; `BadInput` unless it is approved and has an address."""
    asset = tools.library.get(asset_id)
    if asset.status is not AssetStatus.APPROVED or asset.url is None:
        raise BadInput(
            f"'{asset.title[:80]}' is not approved; approve it first, then name it as the answer."
        )
    return asset


def _with_question(request: ContentRequest, tools: Tools) -> ContentRequest:
    return replace(request, asks=tools.buyer_question_reader.asked(request.question))
