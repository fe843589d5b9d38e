"""What a rep's wish changes in a draft that is composed: its parts, its insight, its length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knowledge.channels import parse_channel
from knowledge.touch import Draft, DraftRequest
from prompts.checks.shape import LENGTHS, word_count
from prompts.insight import Insight
from prompts.parts import is_advice
from prompts.wording import words_with

OVERLAYS = ("softer", "shorter")
"""Template files by the wish they serve; what both change, the shorter one settles."""
SHORT_INSIGHT = 24
"""Words of an insight in a shorter draft: a mail of 60 words has room for one sentence."""


def parts_for(request: DraftRequest) -> dict[str, Any]:
    """The composer's words, with those of each wish in their place."""
    return words_with("composer", tuple(w for w in OVERLAYS if w in request.wishes))


def insights_for(request: DraftRequest, found: Sequence[Insight]) -> list[Insight]:
    """The insights in the order to try them: short ones first, or those that command nothing."""
    kept = list(found)
    if "softer" in request.wishes:
        kept.sort(key=lambda i: is_advice(i.text))
    if request.most_words is not None:
        kept.sort(key=lambda i: bool(i.items) or len(i.text.split()) > SHORT_INSIGHT)
    return kept


def is_within(draft: Draft, request: DraftRequest) -> bool:
    """Whether a draft has no more words than are wanted."""
    return request.most_words is None or word_count(draft.body) <= request.most_words


def is_worth_checking(draft: Draft, request: DraftRequest, held: Draft | None) -> bool:
    """Whether a draft could be taken if it passed, `held` being the best one that did."""
    if request.most_words is None:
        return True
    count, (fewest, _) = word_count(draft.body), LENGTHS[parse_channel(draft.channel) or "email"]
    return count >= fewest and (held is None or count < word_count(held.body))
