"""Suggestions to draw cards from."""

from __future__ import annotations

from datetime import date

from bot.views.card import Card, ShownAsset
from knowledge.journey import Stage
from knowledge.leads import LeadFacts
from knowledge.touch import CheckReport, Draft, Finding, Pace, PaceDecision, StageReading

URL = "https://www.tidewell.example/guides/rollout"


def a_card(
    word: str = "How a rollout runs",
    *,
    decision: PaceDecision = PaceDecision.SEND,
    findings: int = 0,
    url: str | None = URL,
    asset: bool = True,
    draft: bool = True,
    many: int = 3,
) -> Card:
    """A card whose every foreign text is `word`."""
    report = CheckReport(
        passed=not findings,
        findings=tuple(Finding("one-topic", word, word) for _ in range(findings)),
    )
    return Card(
        suggestion_id="touch-0123456789ab",
        facts=LeadFacts(name=word, company=word, role=word, industry=word),
        stage=StageReading(Stage.INTEREST, 0.82, tuple(word for _ in range(many))),
        pace=Pace(
            decision=decision,
            reason=word,
            when=date(2026, 3, 12),
            touch_number=6,
            budget=27,
            gap_days=7,
            also=(word,) * many,
            warnings=(word,) * many,
        ),
        asset=ShownAsset(word, url, "guide", 4, word) if asset else None,
        reasons=(word,) * many,
        others=((word, word),) * many,
        unanswered=(word,) * many,
        profiling_question=word,
        draft=Draft(word, f"{word}\n\n{word}", "email", "composer", report, note=word)
        if draft
        else None,
    )
