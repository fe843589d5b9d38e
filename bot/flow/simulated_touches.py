"""A touch of a simulated quarter as the values that the storage keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, cast

from bot.flow.simulated_drafts import sample_drafts
from bot.flow.simulated_story import TEAM, Touch, World
from knowledge.assets import Asset
from knowledge.leads import LeadProfile
from knowledge.touch import (
    Ask,
    Candidate,
    Contribution,
    Draft,
    Pace,
    PaceDecision,
    Ranked,
    StageReading,
    Suggestion,
    TurnedDown,
)
from storage.library import Library
from storage.snapshot import CHECKS, StoredAsset
from storage.stored_suggestion import SentText, State, StoredSuggestion

BUDGET, GAP_DAYS = 27, 7
"""The packaged pace (M8, M10)."""

_REASON = {
    "due": "Nothing speaks against a touch now.",
    "gap": "The gap since our last touch is not over.",
    "account_touched": "A colleague was in touch with this account lately.",
    "problem_unknown": "What troubles them is not known yet; ask first.",
    "asked_for_sales": "They asked for a demo; hand them over.",
}


@dataclass
class Shown:
    """What a card of a touch shows, made from the sample's pieces and drafts."""

    library: Library
    world: World

    @cached_property
    def assets(self) -> dict[str, Asset]:
        """Every piece by id."""
        return {asset.id: asset for asset in self.library.all()}

    def suggestion(self, touch: Touch) -> Suggestion:
        """The suggestion as it was made."""
        day, lead = touch.at.date(), touch.lead
        chosen = self._ranked(touch)
        questions = (touch.question,) if touch.question else ()
        return Suggestion(
            id=touch.id,
            ask=Ask(day, lead.id, questions=questions, asked_by=touch.rep.user, team=TEAM),
            profile=LeadProfile(lead.facts, questions=questions, lead_id=lead.id),
            stage=StageReading(touch.stage, touch.confidence, (self._evidence(touch),)),
            pace=self._pace(touch),
            chosen=chosen,
            reasons=chosen.reasons if chosen else (),
            alternates=self._turned_down(touch),
            unanswered=questions if touch.missed else (),
            profiling_question=None,
            draft=self.first(touch) if chosen else None,
        )

    def first(self, touch: Touch) -> Draft:
        """The draft as it was made; now and then a model's with something in it that sells."""
        source = "model" if touch.slipped else "composer"
        return self._draft(touch, touch.slipped, source)

    def last(self, touch: Touch) -> Draft:
        """The draft as it stands once the rep is done with it."""
        return self._draft(touch, touch.edit, "composer") if touch.edit else self.first(touch)

    def is_edited(self, touch: Touch) -> bool:
        """Whether the rep's habit changed anything in this text."""
        return touch.edit is not None and self.last(touch).body != self.first(touch).body

    def stored(self, touch: Touch, state: str = "") -> StoredSuggestion:
        """The touch as the audit sees it after a decision."""
        edited = self.is_edited(touch)
        draft = self.last(touch) if edited else self.first(touch)
        has_draft = touch.asset_id is not None
        kept = touch.kept_reason if edited and draft.checks.findings else ""
        sent = None
        if touch.sent_on:
            sent = SentText(touch.sent_on, draft.channel, touch.rep.user, draft.subject, draft.body)
        return StoredSuggestion(
            id=touch.id,
            state=cast(State, state or touch.state),
            lead_id=touch.lead.id,
            asked_by=touch.rep.user,
            team=TEAM,
            created_at=touch.at,
            stage=StageReading(touch.stage, touch.confidence, ()),
            pace=self._pace(touch),
            asset=self._named(touch.asset_id) if touch.asset_id else None,
            draft=draft if has_draft else None,
            original_draft=self.first(touch) if has_draft else None,
            decision_reason=kept if state == "edited" else touch.reason or kept,
            kept_reason=kept,
            snoozed_until=touch.until if not state else None,
            replaced_by=touch.replaced_by if not state else None,
            stage_corrected=touch.corrected if not state else None,
            edits=int(edited),
            sent=None if state else sent,
        )

    def _draft(self, touch: Touch, edit: Any, source: str) -> Draft:
        drafts = sample_drafts()[str(touch.asset_id)]
        persona = touch.lead.facts.persona or "operations"
        name = touch.lead.facts.first_name or "there"
        return drafts[persona].draft(name, edit, source)

    def _named(self, asset_id: str, rule: str = "", why: str = "") -> StoredAsset:
        asset = self.assets[asset_id]
        return StoredAsset(asset.id, asset.title, asset.url, asset.type, 0.7, rule, why)

    def _ranked(self, touch: Touch) -> Ranked | None:
        if touch.asset_id is None:
            return None
        score = round(0.45 + 0.5 * touch.confidence, 4)
        rules = [
            Contribution("relevance", round(score - 0.1, 4), "It is on what troubles them."),
            Contribution("stage_fit", 0.06, f"It fits the {touch.stage} stage."),
        ]
        if touch.lead.facts.persona in self.assets[touch.asset_id].personas:
            rules.append(Contribution("persona", 0.04, "It is written for their role."))
        return Ranked(self._candidate(touch.asset_id, score), score, tuple(rules))

    def _candidate(self, asset_id: str, score: float) -> Candidate:
        return Candidate(self.assets[asset_id], score, round(score - 0.2, 4), "")

    def _turned_down(self, touch: Touch) -> tuple[TurnedDown, ...]:
        if touch.refused is None:
            return ()
        why = "It sells more than it teaches."
        return (TurnedDown(self._candidate(touch.refused, 0.8), "promotional", why, 0.8),)

    def _evidence(self, touch: Touch) -> str:
        if touch.question:
            return f"Asked “{touch.question}”, a question typical of {touch.stage}."
        return f"What they read last is typical of {touch.stage}."

    def _pace(self, touch: Touch) -> Pace:
        when: date | None = touch.at.date()
        if touch.decision is PaceDecision.WAIT:
            when = date.fromordinal(touch.at.date().toordinal() + GAP_DAYS)
        return Pace(
            touch.decision, _REASON[touch.rule], when, touch.number, BUDGET, GAP_DAYS, touch.rule
        )


def touch_values(touch: Touch, shown: Shown) -> dict[str, Any]:
    """The columns of a suggestion that came after it was made."""
    edited = shown.is_edited(touch)
    by = touch.rep.user
    values: dict[str, Any] = {"state": touch.state, "replaced_by": touch.replaced_by}
    if edited:
        values |= {"edits": 1, "edited_by": by, "edited_at": touch.edited_at}
    if touch.decided_at:
        values |= {"decided_by": by, "decided_at": touch.decided_at}
    if touch.state == "withdrawn":
        values |= {"withdrawn_at": shown.world.retired_at, "withdrawn_because": "retired"}
    if touch.sent_on:
        values |= {"sent_on": touch.sent_on, "sent_channel": "email", "sent_by": by}
        values["sent_at"] = touch.sent_at
    corrected = touch.corrected.value if touch.corrected else None
    return values | {"snoozed_until": touch.until, "stage_corrected": corrected}


def texts_after(touch: Touch, shown: Shown) -> dict[str, Any]:
    """The texts of a suggestion that came after it was made."""
    if touch.asset_id is None:
        return {}
    after = shown.stored(touch)
    draft = after.draft
    if draft is None:
        return {}
    values: dict[str, Any] = {
        "decision_reason": after.decision_reason or None,
        "kept_reason": after.kept_reason or None,
    }
    if after.edits:
        checks = CHECKS.dump_python(draft.checks, mode="json")
        values |= {"subject": draft.subject, "body": draft.body, "checks": checks}
    if after.sent:
        values |= {"sent_subject": draft.subject, "sent_body": draft.body}
    return values
