"""Slack's rules for its newer blocks: card, table and context actions."""

from __future__ import annotations

from typing import Any

from tests.slack.elements import BUTTON, VALUE, element, need, plain, text_object, units

CARD = {"title": 150, "subtitle": 150, "body": 200}
ROWS, CELLS = 100, 20
FEEDBACK = 5


def card(block: dict[str, Any]) -> None:
    need({"hero_image", "title", "actions", "body"} & set(block), "an empty card")
    for name, limit in CARD.items():
        if name in block:
            text_object(block[name], limit)
    for part in block.get("actions", []):
        element(part, frozenset({"button"}))


def table(block: dict[str, Any]) -> None:
    need(1 <= len(block["rows"]) <= ROWS, "rows")
    for row in block["rows"]:
        need(1 <= len(row) <= CELLS, "cells")
        for cell in row:
            need(cell["type"] == "raw_text" and units(cell["text"]) > 0, "cell")
    need(len(block.get("column_settings", [])) <= CELLS, "column_settings")


def context_actions(block: dict[str, Any]) -> None:
    need(1 <= len(block["elements"]) <= FEEDBACK, "elements")
    for part in block["elements"]:
        need(part["type"] == "feedback_buttons", "only feedback here")
        need(part["action_id"], "action_id")
        for side in ("positive_button", "negative_button"):
            plain(part[side]["text"], BUTTON)
            need(0 < units(part[side]["value"]) <= VALUE, "value")


CHECKS = {"card": card, "table": table, "context_actions": context_actions}
