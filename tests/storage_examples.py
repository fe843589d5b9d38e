"""A suggestion with everything in it, for the storage tests."""

from __future__ import annotations

from datetime import date

from knowledge.assets import Asset, AssetStatus
from knowledge.journey import AssetType, Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile
from knowledge.touch import (
    Ask,
    Candidate,
    CheckReport,
    Contribution,
    Draft,
    Finding,
    Pace,
    PaceDecision,
    Ranked,
    StageReading,
    Suggestion,
    TurnedDown,
)


def _candidate(name: str, kind: AssetType) -> Candidate:
    asset = Asset(
        id=f"{name}-1",
        title=f"All about {name}",
        type=kind,
        text="Long text. " * 50,
        source=f"{name}.md",
        url=f"https://example.com/{name}",
        status=AssetStatus.APPROVED,
    )
    return Candidate(asset, 0.5, 0.7, "A passage.")


def a_suggestion(
    suggestion_id: str = "s1",
    *,
    lead_id: str | None = "L1",
    facts: LeadFacts | None = None,
    questions: tuple[str, ...] = ("How long does it take?",),
    body: str | None = "Hello Ada, here is a guide.",
) -> Suggestion:
    facts = facts or LeadFacts(name="Ada Quill", contact_after=date(2026, 4, 1))
    history = (HistoryEntry(Action.READ, date(2026, 2, 1), "pumps-1", "twice"),)
    checks = CheckReport(True, (Finding("M19", "Buy now.", "It sells."),), ("M26",), 0.25)
    return Suggestion(
        id=suggestion_id,
        ask=Ask(
            today=date(2026, 3, 2),
            lead_id=lead_id,
            facts=facts,
            history=history,
            questions=questions,
            exclude=("old-1",),
            asked_by="U1",
            team="T1",
        ),
        profile=LeadProfile(facts, history, questions, lead_id),
        stage=StageReading(Stage.INTEREST, 0.8, ("read a guide",)),
        pace=Pace(
            PaceDecision.SEND,
            "The gap is over.",
            date(2026, 3, 2),
            6,
            27,
            7,
            "gap",
            ("quiet",),
            ("plan",),
        ),
        chosen=Ranked(
            _candidate("valves", AssetType.GUIDE),
            0.9,
            (Contribution("question", 0.5, "It answers the question."),),
        ),
        reasons=("It answers the question.",),
        alternates=(
            TurnedDown(_candidate("suite", AssetType.BROCHURE), "promotional", "A brochure.", 1.2),
        ),
        unanswered=("Is it blue?",),
        profiling_question="Who decides?",
        draft=Draft("Valves", body, "email", "composer", checks, "short") if body else None,
    )
