"""A suggestion as it is kept: the values that a card and a report are made from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, cast

from pydantic import TypeAdapter

from knowledge.journey import AssetType, Stage
from knowledge.leads import LeadFacts
from knowledge.touch import (
    Ask,
    Candidate,
    CheckReport,
    Draft,
    Pace,
    PaceDecision,
    StageReading,
    Suggestion,
    Wish,
)
from storage.rewritten import rewritten
from storage.tables import SuggestionRow, SuggestionTextRow, TouchOutcomeRow

State = Literal["pending", "edited", "approved", "replaced", "snoozed", "withdrawn"]


@dataclass(frozen=True, slots=True)
class StoredAsset:
    """An asset as the card named it; `rule` and `why_not` say why an alternate was turned down."""

    asset_id: str
    title: str
    url: str | None
    type: AssetType
    score: float
    rule: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class SentText:
    """What a person says they sent (M52): the day, the channel, and the text once it is known.

    The text is empty after an erasure.
    """

    on: date
    channel: str
    by: str
    subject: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class StoredSuggestion:
    """Everything a card needs; after an erasure only what says nothing of the lead is left.

    `draft` is the text as it stands now, `original_draft` as it was made. `ask` is None once
    erased. Open means that it can still be decided. `decision_reason` is the latest reason given;
    `kept_reason` is why the text in force keeps what its checks found. `stage_corrected` is the
    stage a person put in place of the one read; `sent` is None until it is said to be sent.
    `wishes` are those that the text in force was written anew by, the latest last;
    `typed_before` is a person's text that gave way to it. `withdrawn_at` is when its piece left the
    library while it was open, and `withdrawn_because` the label of why.
    """

    id: str
    state: State
    lead_id: str | None
    asked_by: str | None
    team: str | None
    created_at: datetime
    stage: StageReading
    pace: Pace
    asset: StoredAsset | None
    alternates: tuple[StoredAsset, ...] = ()
    reasons: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    profiling_question: str | None = None
    draft: Draft | None = None
    original_draft: Draft | None = None
    ask: Ask | None = None
    facts: LeadFacts = field(default_factory=LeadFacts)
    decided_by: str | None = None
    decided_at: datetime | None = None
    snoozed_until: date | None = None
    decision_reason: str = ""
    kept_reason: str = ""
    edited_by: str | None = None
    edited_at: datetime | None = None
    replaced_by: str | None = None
    card_channel: str | None = None
    card_ts: str | None = None
    edits: int = 0
    erased: bool = False
    stage_corrected: Stage | None = None
    sent: SentText | None = None
    helped_reason: str = ""
    wishes: tuple[Wish, ...] = ()
    typed_before: str = ""
    withdrawn_at: datetime | None = None
    withdrawn_because: str = ""
    asset_version: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a decision."""
        return self.state in {"pending", "edited"}

    @property
    def can_be_replaced(self) -> bool:
        """Whether another one may take its place: open, or withdrawn with its piece."""
        return self.is_open or self.state == "withdrawn"

    @property
    def kept_rules(self) -> tuple[str, ...]:
        """The rules whose findings were kept with a reason."""
        return self.draft.checks.rules if self.draft and self.kept_reason else ()

    @property
    def text_hash(self) -> str | None:
        """Names the draft's text as it stands now; None without a draft."""
        return text_hash(self.draft.subject, self.draft.body) if self.draft else None


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


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the erasable side table keeps besides the texts themselves."""

    ask: Ask
    facts: LeadFacts
    evidence: tuple[str, ...]
    pace: Pace
    asset: StoredAsset | None
    alternates: tuple[StoredAsset, ...]
    reasons: tuple[str, ...]
    unanswered: tuple[str, ...]
    questions: tuple[str, ...]
    profiling_question: str | None
    draft: Draft | None


SNAPSHOT = TypeAdapter(Snapshot)
CHECKS = TypeAdapter(CheckReport)


def text_hash(subject: str, body: str) -> str:
    """SHA-256 that names one exact draft, so that an approval binds to the text that was seen."""
    return hashlib.sha256(f"{subject}\x1f{body}".encode()).hexdigest()


def snapshot(suggestion: Suggestion) -> Snapshot:
    """The erasable part of a suggestion."""
    chosen = suggestion.chosen
    return Snapshot(
        ask=suggestion.ask,
        facts=suggestion.profile.facts,
        evidence=suggestion.stage.evidence,
        pace=suggestion.pace,
        asset=_asset(chosen.candidate, chosen.score) if chosen else None,
        alternates=tuple(
            _asset(t.candidate, t.score, t.rule, t.why_not) for t in suggestion.alternates
        ),
        reasons=suggestion.reasons,
        unanswered=suggestion.unanswered,
        questions=suggestion.ask.questions,
        profiling_question=suggestion.profiling_question,
        draft=suggestion.draft,
    )


def restore(row: SuggestionRow, texts: SuggestionTextRow | None) -> StoredSuggestion:
    """The suggestion that the two rows hold; without texts, what is left after an erasure."""
    bare = StoredSuggestion(
        id=row.id,
        state=cast(State, row.state),
        lead_id=row.lead_id,
        asked_by=row.asked_by,
        team=row.team,
        created_at=row.created_at,
        stage=StageReading(Stage(row.stage), row.stage_confidence, ()),
        pace=Pace(
            decision=PaceDecision(row.decision),
            reason="",
            when=row.act_on,
            touch_number=row.touch_number,
            budget=row.budget,
            gap_days=0,
            rule=row.rule,
        ),
        asset=None,
        edited_by=row.edited_by,
        edited_at=row.edited_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        snoozed_until=row.snoozed_until,
        replaced_by=row.replaced_by,
        card_channel=row.card_channel,
        card_ts=row.card_ts,
        edits=row.edits,
        erased=texts is None,
        stage_corrected=Stage(row.stage_corrected) if row.stage_corrected else None,
        sent=_sent(row, texts),
        withdrawn_at=row.withdrawn_at,
        withdrawn_because=row.withdrawn_because or "",
        asset_version=row.asset_version,
    )
    if texts is None:
        return bare
    held = SNAPSHOT.validate_python(texts.card)
    now = held.draft
    if now is None and texts.body is not None:
        now = Draft(texts.subject or "", texts.body, held.ask.channel, "person")
    if now is not None:
        now = replace(
            now,
            subject=texts.subject or "",
            body=texts.body or "",
            checks=CHECKS.validate_python(texts.checks),
        )
    anew = rewritten(texts)
    if now is not None and anew is not None:
        now = replace(now, channel=anew.channel, source=anew.source, note=anew.note)
    return replace(
        bare,
        wishes=anew.wishes if anew else (),
        typed_before=anew.typed if anew else "",
        stage=replace(bare.stage, evidence=held.evidence),
        pace=held.pace,
        asset=held.asset,
        alternates=held.alternates,
        reasons=held.reasons,
        unanswered=held.unanswered,
        questions=held.questions,
        profiling_question=held.profiling_question,
        draft=now,
        original_draft=held.draft,
        ask=held.ask,
        facts=held.facts,
        decision_reason=texts.decision_reason or "",
        kept_reason=texts.kept_reason or "",
        helped_reason=texts.helped_reason or "",
    )


def _sent(row: SuggestionRow, texts: SuggestionTextRow | None) -> SentText | None:
    if row.sent_on is None:
        return None
    subject, body = (texts.sent_subject, texts.sent_body) if texts else (None, None)
    return SentText(
        row.sent_on, row.sent_channel or "", row.sent_by or "", subject or "", body or ""
    )


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


def _asset(candidate: Candidate, score: float, rule: str = "", why_not: str = "") -> StoredAsset:
    asset = candidate.asset
    return StoredAsset(asset.id, asset.title, asset.url, asset.type, score, rule, why_not)
