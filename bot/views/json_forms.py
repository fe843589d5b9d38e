"""The JSON that the command line prints: the shapes of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from knowledge.assets import Asset
from knowledge.leads import LeadFacts, LeadProfile
from knowledge.touch import (
    Candidate,
    CheckReport,
    Draft,
    Ranked,
    Ranking,
    StageReading,
    Suggestion,
    TurnedDown,
)
from knowledge.tracks import PlanStep
from knowledge.understanding import Understanding
from retrieval.profiling import ProfilingChoice
from storage.leads import LearntFact


def asset_form(asset: Asset) -> dict[str, Any]:
    """What every mention of an asset has in common."""
    return {"asset_id": asset.id, "title": asset.title, "url": asset.url, "type": asset.type}


def library_form(asset: Asset) -> dict[str, Any]:
    """One asset as the marketer sees it, without its text."""
    return {
        **asset_form(asset),
        "type_guessed": asset.type_guessed,
        "status": asset.status,
        "stages": list(asset.fitting_stages),
        "personas": list(asset.personas),
        "industries": list(asset.industries),
        "topics": list(asset.topics),
        "published": asset.published.isoformat() if asset.published else None,
        "description": asset.description,
        "words": len(asset.text.split()),
        "hype": round(asset.hype, 3),
        "hype_overruled": asset.hype_overruled,
        "source": asset.source,
    }


def result_form(rank: int, found: Candidate) -> dict[str, Any]:
    """One search result."""
    return {
        "rank": rank,
        **asset_form(found.asset),
        "stages": list(found.asset.fitting_stages),
        "score": round(found.score, 4),
        "passage": found.passage,
    }


def stage_form(stage: StageReading) -> dict[str, Any]:
    """A stage reading."""
    return {
        "stage": stage.stage,
        "confidence": round(stage.confidence, 3),
        "evidence": list(stage.evidence),
    }


def checks_form(report: CheckReport) -> dict[str, Any]:
    """The outcome of the checks."""
    return {
        "passed": report.passed,
        "findings": [
            {"rule": f.rule, "sentence": f.sentence, "why": f.why} for f in report.findings
        ],
    }


def understanding_form(read: Understanding) -> dict[str, Any]:
    """What a rep's message says."""
    return {
        "intent": read.intent,
        "lead_name": read.lead_name,
        "company": read.company,
        "role": read.role,
        "industry": read.industry,
        "company_size": read.company_size,
        "stage": read.stage,
        "questions": list(read.questions),
        "signals": list(read.signals),
        "lead_id": read.lead_id,
    }


def suggestion_form(suggestion: Suggestion) -> dict[str, Any]:
    """A recommendation: `next --json`."""
    pace, chosen = suggestion.pace, suggestion.chosen
    return {
        "suggestion_id": suggestion.id,
        "decision": pace.decision,
        "reason": pace.reason,
        "also": list(pace.also),
        "warnings": list(pace.warnings),
        "when": pace.when.isoformat() if pace.when else None,
        "stage": stage_form(suggestion.stage),
        "asset": {**asset_form(chosen.asset), "score": round(chosen.score, 4)} if chosen else None,
        "passage": chosen.candidate.passage if chosen else None,
        "reasons": list(suggestion.reasons),
        "alternates": [_alternate_form(a) for a in suggestion.alternates],
        "unanswered": list(suggestion.unanswered),
        "rule": pace.rule,
        "gap_days": pace.gap_days,
        "touch": {"number": pace.touch_number, "budget": pace.budget},
        "profiling_question": suggestion.profiling_question,
        "step": step_form(suggestion.step),
        "draft": _draft_form(suggestion.draft) if suggestion.draft else None,
    }


def step_form(step: PlanStep | None) -> dict[str, Any] | None:
    """The step of the plan that a touch serves."""
    return asdict(step) if step else None


def explanation_form(ranking: Ranking, profiling: ProfilingChoice | None) -> dict[str, Any]:
    """What stood behind a recommendation: `next --json --explain`; best candidate first."""
    return {
        "candidates": [_points_form(r) for r in ranking.ranked],
        "refused": [_alternate_form(t) for t in ranking.refused],
        "profiling": None
        if profiling is None
        else {
            "question": profiling.question,
            "attribute": profiling.effects[0].attribute,
            "effects": [
                {
                    "attribute": e.attribute,
                    "answers": e.answers,
                    "changing": e.changing,
                    "gain": round(e.gain, 4),
                    "moved": round(e.moved, 4),
                    "example": e.example or None,
                    "instead": e.instead or None,
                }
                for e in profiling.effects
            ],
        },
    }


def _points_form(ranked: Ranked) -> dict[str, Any]:
    return {
        **asset_form(ranked.asset),
        "score": round(ranked.score, 4),
        "contributions": [
            {"rule": c.rule, "points": round(c.points, 4), "sentence": c.sentence}
            for c in ranked.contributions
        ],
    }


def _alternate_form(turned_down: TurnedDown) -> dict[str, Any]:
    return {
        **asset_form(turned_down.candidate.asset),
        "score": round(turned_down.score, 4),
        "why_not": turned_down.why_not,
        "rule": turned_down.rule,
    }


def _draft_form(draft: Draft) -> dict[str, Any]:
    return {
        "subject": draft.subject,
        "body": draft.body,
        "channel": draft.channel,
        "source": draft.source,
        "note": draft.note,
        "checks": checks_form(draft.checks),
    }


def _line_stages(facts: LeadFacts) -> dict[str, Any]:
    if not facts.line_stages:
        return {}
    return {
        "line_stages": [
            {"line": s.line, "stage": s.stage.value, "evidence": s.evidence,
             "on": s.on.isoformat() if s.on else None}
            for s in facts.line_stages
        ]
    }  # fmt: skip


def lead_form(profile: LeadProfile, learnt: Sequence[LearntFact] = ()) -> dict[str, Any]:
    """A lead record: facts that are known, the history, and who told what when, oldest first."""
    known = {k: v for k, v in asdict(profile.facts).items() if v not in (None, (), "")}
    return {
        "lead_id": profile.lead_id,
        **{k: v.isoformat() if isinstance(v, date) else v for k, v in known.items()},
        **_line_stages(profile.facts),
        "history": [
            {"asset_id": e.asset_id, "action": e.action, "on": e.on.isoformat(), "note": e.note}
            for e in profile.history
        ],
        "learnt": [
            {**asdict(f), "at": f.at.isoformat(), "as_of": (f.as_of or f.at).isoformat()}
            for f in learnt
        ],
    }
