"""Rewriting a draft on request: shorter, softer, or for another channel."""

from __future__ import annotations

from typing import Literal

from bot.flow.tools import Tools
from knowledge.errors import BadInput
from storage.stored_suggestion import StoredSuggestion

Wish = Literal["shorter", "softer", "channel"]


def rewrite(
    suggestion_id: str,
    by: str,  # noqa: ARG001 - whoever asks is told of in the audit entry
    wish: Wish,  # noqa: ARG001
    tools: Tools,
    channel: str | None = None,  # noqa: ARG001
) -> StoredSuggestion:
    """Put a rewritten text in place; `BadInput` when that cannot be done."""
    tools.suggestions.get(suggestion_id)
    raise BadInput("I cannot rewrite a draft yet; press Edit to change it yourself.")
