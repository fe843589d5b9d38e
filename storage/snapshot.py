"""What the erasable side table keeps of a suggestion beside its texts, as it was made."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from knowledge.journey import AssetType
from knowledge.leads import LeadFacts
from knowledge.touch import Ask, Candidate, CheckReport, Contribution, Draft, Pace, Suggestion
from knowledge.tracks import PlanStep


@dataclass(frozen=True, slots=True)
class StoredAsset:
    """An asset as the card named it; `rule` and `why_not` say why an alternate was turned down.

    `points` are what each ranking rule gave it; empty for a piece that was refused unranked.
    """

    asset_id: str
    title: str
    url: str | None
    type: AssetType
    score: float
    rule: str = ""
    why_not: str = ""
    points: tuple[Contribution, ...] = ()


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
    step: PlanStep | None = None


SNAPSHOT = TypeAdapter(Snapshot)
CHECKS = TypeAdapter(CheckReport)


def snapshot(suggestion: Suggestion) -> Snapshot:
    """The erasable part of a suggestion."""
    chosen = suggestion.chosen
    return Snapshot(
        ask=suggestion.ask,
        facts=suggestion.profile.facts,
        evidence=suggestion.stage.evidence,
        pace=suggestion.pace,
        asset=_asset(chosen.candidate, chosen.score, chosen.contributions) if chosen else None,
        alternates=tuple(
            _asset(t.candidate, t.score, t.contributions, t.rule, t.why_not)
            for t in suggestion.alternates
        ),
        reasons=suggestion.reasons,
        unanswered=suggestion.unanswered,
        questions=suggestion.ask.questions,
        profiling_question=suggestion.profiling_question,
        draft=suggestion.draft,
        step=suggestion.step,
    )


def _asset(
    candidate: Candidate,
    score: float,
    points: tuple[Contribution, ...],
    rule: str = "",
    why_not: str = "",
) -> StoredAsset:
    asset = candidate.asset
    return StoredAsset(asset.id, asset.title, asset.url, asset.type, score, rule, why_not, points)
