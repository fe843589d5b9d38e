"""A strict reading of Slack's Block Kit rules: what real Slack refuses, this refuses, too.

Limits and the names of errors are those of Slack's reference of blocks, elements and methods.
"""

from __future__ import annotations

import json
import re
from typing import Any

from tests.slack.elements import (
    FIELD,
    HEADER,
    ID,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    LABEL,
    SECTION,
    AgainstOurRules,
    Refused,
    element,
    image,
    inert,
    need,
    plain,
    text_object,
    units,
    we_need,
)
from tests.slack.newer_blocks import CHECKS as NEWER

__all__ = [
    "AgainstOurRules", "Refused", "check_ephemeral", "check_message", "check_update", "check_view",
    "texts", "units",
]  # fmt: skip

BLOCKS, VIEW_BLOCKS, TOTAL, TITLE = 50, 100, 12_000, 24
TEXT, OUR_TEXT, UPDATE_TEXT = 40_000, 4000, 4000
"""Slack cuts a post past the first, advises the second, refuses a change past the third."""
METADATA, PRIVATE_METADATA, VIEW_BYTES = 8000, 3000, 250_000
TS = re.compile(r"\d+\.\d+")


def check_message(payload: dict[str, Any]) -> None:
    """Refuse what `chat.postMessage` would refuse, or what our own rules forbid."""
    _storable(payload)
    blocks = payload.get("blocks", [])
    need(payload.get("text") or blocks, "neither text nor blocks", "no_text")
    we_need(payload.get("text"), "text is the fall-back and must be there")
    need(units(payload["text"]) <= TEXT, "text is too long", "msg_too_long")
    we_need(units(payload["text"]) <= OUR_TEXT, "text is longer than Slack advises")
    inert(payload["text"])
    we_need(payload.get("unfurl_links", False) is False, "links must not unfold")
    we_need(payload.get("unfurl_media", False) is False, "media must not unfold")
    we_need(not payload.get("link_names"), "names must not become mentions")
    we_need(payload.get("parse") in {None, "none"}, "text must not be parsed")
    thread = payload.get("thread_ts")
    need(thread is None or TS.fullmatch(str(thread)), "thread_ts", "invalid_thread_ts")
    _check_metadata(payload.get("metadata"))
    need(len(blocks) <= BLOCKS, f"{len(blocks)} blocks")
    _check_blocks(blocks)
    told = sum(units(t) for t in texts(blocks))
    need(told <= TOTAL, f"the message is too long: {told}", "msg_blocks_too_long")


def check_update(payload: dict[str, Any]) -> None:
    """Refuse what `chat.update` would refuse."""
    need(TS.fullmatch(str(payload.get("ts"))), "ts", "message_not_found")
    need(units(payload.get("text") or "") <= UPDATE_TEXT, "text is too long", "msg_too_long")
    check_message(payload)


def check_ephemeral(payload: dict[str, Any]) -> None:
    """Refuse what `chat.postEphemeral` would refuse."""
    need(re.fullmatch(r"[UW][A-Z0-9]+", str(payload.get("user"))), "user", "user_not_in_channel")
    check_message(payload)


def check_view(view: dict[str, Any]) -> None:
    """Refuse what `views.open`, `views.update` or `views.publish` would refuse."""
    _storable(view)
    weight = len(json.dumps(view, ensure_ascii=False).encode())
    need(weight <= VIEW_BYTES, f"{weight} bytes", "view_too_large")
    try:
        _check_view(view)
    except AgainstOurRules:
        raise
    except Refused as why:
        raise Refused(str(why), "invalid_arguments") from None


def _check_view(view: dict[str, Any]) -> None:
    need(view["type"] in {"modal", "home"}, "neither a modal nor a home")
    for name in ("callback_id", "external_id"):
        need(units(view.get(name, "")) <= ID, name)
    need(units(view.get("private_metadata", "")) <= PRIVATE_METADATA, "private_metadata")
    blocks = view["blocks"]
    if view["type"] == "modal":
        plain(view["title"], TITLE)
        for name in ("submit", "close"):
            if name in view:
                plain(view[name], TITLE)
        asks = any(b["type"] == "input" for b in blocks)
        need("submit" in view or not asks, "a modal with inputs needs a submit")
    else:
        need(not {"title", "submit", "close"} & set(view), "a home has no title and no buttons")
    need(1 <= len(blocks) <= VIEW_BLOCKS, f"{len(blocks)} blocks")
    _check_blocks(blocks)


def texts(value: Any) -> list[str]:
    """Every text of a payload."""
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [t for v in value.values() for t in texts(v)]
    return [t for v in value for t in texts(v)] if isinstance(value, list) else []


def _check_metadata(metadata: dict[str, Any] | None) -> None:
    if metadata is None:
        return
    wrong = "invalid_metadata_format"
    need(set(metadata) == {"event_type", "event_payload"}, "metadata has two parts", wrong)
    need(isinstance(metadata["event_payload"], dict), "event_payload", wrong)
    need(re.fullmatch(r"\w{1,255}", str(metadata["event_type"])), "event_type", wrong)
    need(len(json.dumps(metadata)) <= METADATA, "metadata", "metadata_too_large")


def _check_blocks(blocks: list[dict[str, Any]]) -> None:
    ids = [b["block_id"] for b in blocks if "block_id" in b]
    need(len(ids) == len(set(ids)), "block ids repeat")
    need(all(0 < units(i) <= ID for i in ids), "block_id")
    for block in blocks:
        need(block["type"] in _CHECKS, f"unknown block {block['type']}")
        _CHECKS[block["type"]](block)


def _section(block: dict[str, Any]) -> None:
    fields = block.get("fields", [])
    need("text" in block or fields, "a section needs text or fields")
    if "text" in block:
        text_object(block["text"], SECTION)
    need("fields" not in block or 1 <= len(fields) <= 10, "fields")
    for field in fields:
        text_object(field, FIELD)
    if "accessory" in block:
        element(block["accessory"], IN_SECTION)


def _header(block: dict[str, Any]) -> None:
    plain(block["text"], HEADER)


def _context(block: dict[str, Any]) -> None:
    need(1 <= len(block["elements"]) <= 10, "context elements")
    for part in block["elements"]:
        if part["type"] == "image":
            image(part)
        else:
            text_object(part, SECTION)


def _actions(block: dict[str, Any]) -> None:
    need(1 <= len(block["elements"]) <= 25, "actions elements")
    ids = [e["action_id"] for e in block["elements"]]
    need(len(ids) == len(set(ids)), "action ids repeat")
    for part in block["elements"]:
        element(part, IN_ACTIONS)


def _input(block: dict[str, Any]) -> None:
    plain(block["label"], LABEL)
    if "hint" in block:
        plain(block["hint"], LABEL)
    element(block["element"], IN_INPUT)


def _image(block: dict[str, Any]) -> None:
    image(block)
    if "title" in block:
        plain(block["title"], FIELD)


_CHECKS = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "image": _image,
    **NEWER,
    "divider": lambda block: need(set(block) <= {"type", "block_id"}, "divider"),
}


def _storable(payload: dict[str, Any]) -> None:
    try:
        json.dumps(payload, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise Refused("a lone surrogate", "invalid_json") from None
