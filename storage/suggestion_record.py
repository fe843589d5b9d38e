"""One line of a report on suggestions: decision, texts, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from storage.snapshot import CHECKS
from storage.tables import SuggestionRow, SuggestionTextRow, TouchOutcomeRow


@dataclass(frozen=True, slots=True)
class SuggestionRecord:
    """One line of `touches export`; the texts are None without a draft or once erased.

    `verdict` is the state, or `approved_edited` when the approved text was changed by a person.
    `kept_rules` found something in the final text that its editor kept, for `kept_reason`.
    What was sent is the text as a person says it left; `outcome` what they say came of it.
    """

    suggestion_id: str
    created_at: datetime
    asked_by: str | None
    lead_id: str | None
    stage: str
    decision: str
    when: date | None
    asset_id: str | None
    questions: int
    rules: tuple[str, ...]
    verdict: str
    decision_reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    original_subject: str | None
    original_text: str | None
    final_subject: str | None
    final_text: str | None
    edited_by: str | None
    edited_at: datetime | None
    kept_rules: tuple[str, ...]
    kept_reason: str | None
    stage_corrected: str | None
    sent_on: date | None
    sent_channel: str | None
    sent_subject: str | None
    sent_text: str | None
    helped: bool | None
    helped_reason: str | None
    outcome: str | None
    outcome_on: date | None
    asset_version: int | None = None


def record(
    row: SuggestionRow, texts: SuggestionTextRow | None, came: TouchOutcomeRow | None = None
) -> SuggestionRecord:
    """The report's line for a suggestion."""
    return SuggestionRecord(
        suggestion_id=row.id,
        created_at=row.created_at,
        asked_by=row.asked_by,
        lead_id=row.lead_id,
        stage=row.stage,
        decision=row.decision,
        when=row.act_on,
        asset_id=row.asset_id,
        questions=row.question_count,
        rules=tuple(row.rules),
        verdict="approved_edited" if row.state == "approved" and row.edits else row.state,
        decision_reason=texts.decision_reason if texts else None,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        original_subject=texts.original_subject if texts else None,
        original_text=texts.original_body if texts else None,
        final_subject=texts.subject if texts else None,
        final_text=texts.body if texts else None,
        edited_by=row.edited_by,
        edited_at=row.edited_at,
        kept_rules=CHECKS.validate_python(texts.checks).rules
        if texts and texts.kept_reason
        else (),
        kept_reason=texts.kept_reason if texts else None,
        stage_corrected=row.stage_corrected,
        sent_on=row.sent_on,
        sent_channel=row.sent_channel,
        sent_subject=texts.sent_subject if texts else None,
        sent_text=texts.sent_body if texts else None,
        helped=came.helped if came else None,
        helped_reason=texts.helped_reason if texts else None,
        outcome=came.outcome if came else None,
        outcome_on=came.outcome_on if came else None,
        asset_version=row.asset_version,
    )
