"""Working out again the ranking behind a suggestion that was stored, for whoever asks why."""

from __future__ import annotations

from bot.flow.explaining import explain
from bot.flow.recalling import recall_lead
from bot.flow.tools import Tools
from knowledge.errors import TrailguideError
from knowledge.touch import Ranking, Suggestion
from storage.stored_suggestion import StoredSuggestion


def ranking_behind(stored: StoredSuggestion, tools: Tools) -> Ranking | None:
    """The ranking for the same ask with the library and the lead as they are now.

    None when it cannot be worked out any more: the reasons that were stored stand all the same.
    """
    if stored.ask is None or stored.asset is None:
        return None
    try:
        profile = recall_lead(stored.ask, stored.questions, tools)
        suggestion = Suggestion(
            id=stored.id,
            ask=stored.ask,
            profile=profile,
            stage=stored.stage,
            pace=stored.pace,
            chosen=None,
            reasons=stored.reasons,
            alternates=(),
            unanswered=stored.unanswered,
            profiling_question=stored.profiling_question,
            draft=stored.draft,
        )
        return explain(suggestion, tools).ranking
    except TrailguideError:
        return None
