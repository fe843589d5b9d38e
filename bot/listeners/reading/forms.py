"""What was typed in a modal, when it is submitted."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from bot.listeners.handling import FORMS
from bot.listeners.incoming import Incoming, Kind

_OWN_PLACE = frozenset({"subject", "body", "reason", "until"})
"""Fields that an event names; all others stand together."""


def read_form(body: dict[str, Any]) -> Incoming | None:
    """What was typed in a modal, on submission; None for a form that is none of ours."""
    view = body.get("view") or {}
    name = str(view.get("callback_id") or "")
    if name not in FORMS:
        return None
    state = ((view.get("state") or {}).get("values")) or {}
    user = str((body.get("user") or {}).get("id") or "")
    # A second try after findings may hold the same text, so what was typed is not enough of a key.
    told = json.dumps([view.get("id"), user, body.get("trigger_id"), state], sort_keys=True)
    team = str((body.get("team") or {}).get("id") or "")
    return Incoming(
        key=f"view:{team}:{hashlib.sha256(told.encode()).hexdigest()[:32]}",
        kind=Kind.SUBMISSION,
        team=team,
        user=user,
        action=name,
        suggestion_id=str(view.get("private_metadata") or ""),
        subject=_typed(state, "subject", "value"),
        body=_typed(state, "body", "value"),
        reason=_typed(state, "reason", "value") or "",
        until=_day(_typed(state, "until", "selected_date") or ""),
        typed=_others(state),
    )


def _others(state: dict[str, Any]) -> dict[str, Any]:
    """The fields without a place of their own; one that was left alone may be missing.

    Slack hands on what an untouched field showed. A local Slack hands on nothing for it, and can be
    told by its list of several choices, which then is no list: there, empty means left alone.
    """
    told = {block: _value(held) for block, held in state.items() if block not in _OWN_PLACE}
    elements = [element for held in state.values() for element in held.values()]
    lists = [e for e in elements if str(e.get("type", "")).startswith("multi_")]
    if all("selected_options" in e for e in lists):
        return told
    return {block: value for block, value in told.items() if value}


def _value(held: dict[str, Any]) -> Any:
    """What the one element of a block holds; empty when nothing was typed or chosen."""
    for element in held.values():
        if "selected_options" in element:
            return [str(o["value"]) for o in element["selected_options"] or []]
        if chosen := element.get("selected_option"):
            return str(chosen["value"])
        told = (element.get(k) for k in ("value", "selected_date", "selected_user"))
        return str(next((t for t in told if t), ""))
    return ""


def _day(told: str) -> str:
    """A day as it was chosen; what is none counts as not chosen."""
    try:
        return date.fromisoformat(told).isoformat()
    except ValueError:
        return ""


def _typed(state: dict[str, Any], name: str, field: str) -> str | None:
    """What a field holds; None when it is not there, or has no value at all: it was left alone.

    Slack itself lets nobody empty a field that must be filled; a local Slack hands on "" then.
    """
    told = ((state.get(name) or {}).get(name) or {}).get(field)
    return None if told is None else str(told)
