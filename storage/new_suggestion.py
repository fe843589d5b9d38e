"""The two rows that a new suggestion is kept in: figures that stay, words that can be erased."""

from __future__ import annotations

from datetime import datetime

from knowledge.touch import Suggestion
from storage.snapshot import CHECKS, SNAPSHOT, snapshot
from storage.tables import SuggestionRow, SuggestionTextRow


def rows_of(suggestion: Suggestion, now: datetime) -> tuple[SuggestionRow, SuggestionTextRow]:
    """The row without a word about the lead, and the one of the words."""
    return _figures(suggestion, now), _words(suggestion)


def _figures(suggestion: Suggestion, now: datetime) -> SuggestionRow:
    chosen = suggestion.chosen
    return SuggestionRow(
        id=suggestion.id,
        lead_id=suggestion.profile.lead_id,
        asked_by=suggestion.ask.asked_by,
        team=suggestion.ask.team,
        created_at=now,
        stage=suggestion.stage.stage.value,
        stage_confidence=suggestion.stage.confidence,
        decision=suggestion.pace.decision.value,
        rule=suggestion.pace.rule,
        act_on=suggestion.pace.when,
        touch_number=suggestion.pace.touch_number,
        budget=suggestion.pace.budget,
        asset_id=chosen.asset.id if chosen else None,
        asset_version=chosen.asset.version if chosen else None,
        score=chosen.score if chosen else None,
        rules=[c.rule for c in chosen.contributions] if chosen else [],
        question_count=len(suggestion.ask.questions),
        state="pending",
    )


def _words(suggestion: Suggestion) -> SuggestionTextRow:
    draft = suggestion.draft
    return SuggestionTextRow(
        suggestion_id=suggestion.id,
        lead_id=suggestion.profile.lead_id,
        card=SNAPSHOT.dump_python(snapshot(suggestion), mode="json"),
        subject=draft.subject if draft else None,
        body=draft.body if draft else None,
        original_subject=draft.subject if draft else None,
        original_body=draft.body if draft else None,
        checks=CHECKS.dump_python(draft.checks, mode="json") if draft else None,
    )
