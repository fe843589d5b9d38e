"""The mark by which a post of ours is found again in Slack: metadata, and the first block's id."""

from __future__ import annotations

import hashlib
from typing import Any

METADATA_EVENT = "trailguide_post"


def mark_of(key: str) -> str:
    """The mark a post carries: a hash, since a key may be long."""
    return f"post-{hashlib.sha256(key.encode()).hexdigest()[:24]}"


def marked_as(payload: dict[str, Any], key: str) -> dict[str, Any]:
    """The payload with the mark in its metadata and on its first block."""
    mark = mark_of(key)
    marked = dict(payload)
    blocks = [dict(b) for b in payload.get("blocks") or []]
    if not blocks:
        # verbatim: the line is ours, or inert already
        text = {"type": "mrkdwn", "text": payload["text"], "verbatim": True}
        blocks = [{"type": "section", "text": text}]
    blocks[0]["block_id"] = mark
    marked["blocks"] = blocks
    marked["metadata"] = {"event_type": METADATA_EVENT, "event_payload": {"mark": mark}}
    return marked


def marks_of(message: dict[str, Any]) -> set[str]:
    """Every mark that a message found in Slack may carry."""
    marks = {str(b.get("block_id")) for b in message.get("blocks") or []}
    told = (message.get("metadata") or {}).get("event_payload") or {}
    return marks | {str(told.get("mark"))}
