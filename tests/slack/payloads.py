"""A strict reading of Slack's Block Kit rules: what real Slack refuses, this refuses, too."""

from __future__ import annotations

import json
import re
from typing import Any

ENTITY = re.compile(r"&(?:amp|lt|gt);")
LINK = re.compile(r"<https?://[^\s<>|]+\|[^<>]*>|<@[UW][A-Z0-9]+>")
SECTION, HEADER, BUTTON, VALUE = 3000, 150, 75, 2000
BLOCKS, VIEW_BLOCKS, TOTAL, TITLE = 50, 100, 12_000, 24


class Refused(AssertionError):
    """What Slack would answer with `invalid_blocks` or the like."""


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def check_message(payload: dict[str, Any]) -> None:
    """Refuse what `chat.postMessage` would refuse, or what our own rules forbid."""
    _storable(payload)
    _need(payload.get("text"), "text is the fall-back and must be there")
    _need(units(payload["text"]) <= 4000, "text is too long")
    _mrkdwn(payload["text"])
    _need(payload.get("unfurl_links", False) is False, "links must not unfold")
    _need(payload.get("unfurl_media", False) is False, "media must not unfold")
    blocks = payload.get("blocks", [])
    _need(len(blocks) <= BLOCKS, f"{len(blocks)} blocks")
    _need(sum(units(t) for t in texts(blocks)) <= TOTAL, "the message is too long")
    _check_blocks(blocks)


def check_view(view: dict[str, Any]) -> None:
    """Refuse what `views.open` would refuse."""
    _storable(view)
    _need(view["type"] == "modal", "not a modal")
    for name in ("title", "submit", "close"):
        _plain(view[name], TITLE)
    _need(units(view.get("private_metadata", "")) <= 3000, "private_metadata")
    _need(len(view["blocks"]) <= VIEW_BLOCKS, "blocks")
    _check_blocks(view["blocks"])


def texts(value: Any) -> list[str]:
    """Every text of a payload."""
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [t for v in value.values() for t in texts(v)]
    return [t for v in value for t in texts(v)] if isinstance(value, list) else []


def _check_blocks(blocks: list[dict[str, Any]]) -> None:
    ids = [b["block_id"] for b in blocks if "block_id" in b]
    _need(len(ids) == len(set(ids)), "block ids repeat")
    for block in blocks:
        _CHECKS[block["type"]](block)


def _section(block: dict[str, Any]) -> None:
    _text(block["text"], SECTION)


def _header(block: dict[str, Any]) -> None:
    _plain(block["text"], HEADER)


def _context(block: dict[str, Any]) -> None:
    _need(1 <= len(block["elements"]) <= 10, "context elements")
    for element in block["elements"]:
        _text(element, SECTION)


def _actions(block: dict[str, Any]) -> None:
    _need(1 <= len(block["elements"]) <= 25, "actions elements")
    ids = [e["action_id"] for e in block["elements"]]
    _need(len(ids) == len(set(ids)), "action ids repeat")
    for element in block["elements"]:
        _need(element["type"] == "button", "only buttons here")
        _plain(element["text"], BUTTON)
        _need(units(element["value"]) <= VALUE, "button value")
        _need(
            re.fullmatch(r"[\w-]{1,60}(#[0-9a-f]{8})?", element["value"]),
            "a button carries an id, no state",
        )


def _input(block: dict[str, Any]) -> None:
    _plain(block["label"], 2000)
    if "hint" in block:
        _plain(block["hint"], 2000)
    element = block["element"]
    if element["type"] == "plain_text_input":
        _need(0 < element["max_length"] <= 3000, "max_length")
        initial = element.get("initial_value")
        _need(initial is None or 0 < units(initial) <= element["max_length"], "initial_value")
    else:
        _need(element["type"] == "datepicker", "unknown element")
        _need(re.fullmatch(r"\d{4}-\d\d-\d\d", element["initial_date"]), "initial_date")


_CHECKS = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "divider": lambda block: _need(set(block) <= {"type", "block_id"}, "divider"),
}


def _text(text: dict[str, Any], limit: int) -> None:
    if text["type"] == "plain_text":
        return _plain(text, limit)
    _need(text["type"] == "mrkdwn", "unknown text type")
    _need(text.get("verbatim") is True, "mrkdwn must be verbatim: Slack must not link by itself")
    _need(0 < units(text["text"]) <= limit, f"text of {units(text['text'])}")
    return _mrkdwn(text["text"])


def _plain(text: dict[str, Any], limit: int) -> None:
    _need(text["type"] == "plain_text", "must be plain_text")
    _need(0 < units(text["text"]) <= limit, f"plain text of {units(text['text'])}")


def _mrkdwn(text: str) -> None:
    rest = LINK.sub("", text)
    _need(
        "<" not in rest and ">" not in re.sub(r"^> ?", "", rest, flags=re.M),
        f"raw bracket: {rest[:80]}",
    )
    _need("&" not in ENTITY.sub("", text), "raw or split entity")


def _storable(payload: dict[str, Any]) -> None:
    json.dumps(payload, ensure_ascii=False).encode("utf-8")  # a lone surrogate fails here


def _need(held: object, why: str) -> None:
    if not held:
        raise Refused(why)
