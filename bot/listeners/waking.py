"""Handing over what a change left to be told, without waiting for the sweep."""

from __future__ import annotations

from bot.listeners.edge import Edge
from storage import notices


def send_waiting(edge: Edge) -> None:
    """Start every notice that waits; one that is under way already is started once all the same."""
    for key in notices.waiting(edge.tools.db):
        edge.start(key)
