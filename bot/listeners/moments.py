"""Moments as people read them, in the team's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.flow.chain_state import ChainState
from bot.listeners.edge import Edge
from bot.views import escape
from bot.views import words_touches as words

REMARK = 300


def when(edge: Edge, *, year: bool = False) -> Callable[[datetime], str]:
    """What tells a moment: `3 Mar 09:30`, or with the year `3 Mar 2026 09:30`."""
    zone = ZoneInfo(edge.tools.settings.time_zone)
    form = "%b %Y %H:%M" if year else "%b %H:%M"

    def told(at: datetime) -> str:
        local = at.astimezone(zone)
        return f"{local.day} {local:{form}}"

    return told


def chain_told(state: ChainState, edge: Edge) -> str:
    """Whether the audit log was whole when it was walked."""
    why = escape.mrkdwn(state.verdict.why, REMARK)
    return words.chain(state.verdict.ok, state.verdict.entries, when(edge)(state.at), why)
