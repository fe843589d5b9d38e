"""A suggestion as it is kept: the values that a card is made from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, cast

from knowledge.journey import Stage
from knowledge.leads import LeadFacts
from knowledge.touch import (
    Ask,
    Draft,
    Pace,
    PaceDecision,
    StageReading,
    Wish,
)
from knowledge.tracks import PlanStep
from storage.rewritten import rewritten
from storage.snapshot import CHECKS, SNAPSHOT, StoredAsset
from storage.tables import SuggestionRow, SuggestionTextRow

State = Literal["pending", "edited", "approved", "replaced", "snoozed", "withdrawn"]


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
    step: PlanStep | None = None

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


def text_hash(subject: str, body: str) -> str:
    """SHA-256 that names one exact draft, so that an approval binds to the text that was seen."""
    return hashlib.sha256(f"{subject}\x1f{body}".encode()).hexdigest()


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
        step=held.step,
    )


def _sent(row: SuggestionRow, texts: SuggestionTextRow | None) -> SentText | None:
    if row.sent_on is None:
        return None
    subject, body = (texts.sent_subject, texts.sent_body) if texts else (None, None)
    return SentText(
        row.sent_on, row.sent_channel or "", row.sent_by or "", subject or "", body or ""
    )
