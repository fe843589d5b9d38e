"""The checks that every draft passes, whoever wrote it, and the audit of an asset (M17 to M27)."""

from __future__ import annotations

from knowledge.journey import AssetType, Stage
from knowledge.sentence_models import SentenceModels
from knowledge.tone import audit_tone, case_study_gaps, is_promotional
from knowledge.touch import CheckReport, Finding
from prompts.checks.grounding import (
    CLAIM_UNSUPPORTED,
    NOTHING_OF_THE_LEAD,
    NUMBER_UNSUPPORTED,
    STATISTIC_SOURCE,
)
from prompts.checks.manners import BASHING, BROADCAST, CHECKING_IN, FAMILIARITY, HYPE, SHOUTING
from prompts.checks.placing import Field, by_field
from prompts.checks.rule import MOST_CHARACTERS, CheckContext, Rule, run
from prompts.checks.selling import (
    MEETING_ASK,
    PITCH,
    PRICE,
    PRODUCT_TALK,
    READY_TO_BUY,
    SOLUTION_TOO_EARLY,
    URGENCY,
)
from prompts.checks.shape import FOREIGN_LINK, HARD_TO_READ, LENGTH, ONE_TOPIC, PLACEHOLDER
from prompts.wording import why

__all__ = [
    "MOST_CHARACTERS",
    "RULES",
    "CheckContext",
    "Field",
    "Rule",
    "by_field",
    "check_asset",
    "check_draft",
]

RULES: tuple[Rule, ...] = (
    PITCH, PRODUCT_TALK, SOLUTION_TOO_EARLY, PRICE, MEETING_ASK, URGENCY, READY_TO_BUY, CHECKING_IN,
    HYPE, SHOUTING, BASHING, FAMILIARITY, BROADCAST, ONE_TOPIC, FOREIGN_LINK, NUMBER_UNSUPPORTED,
    CLAIM_UNSUPPORTED, STATISTIC_SOURCE, NOTHING_OF_THE_LEAD, LENGTH, HARD_TO_READ, PLACEHOLDER,
)  # fmt: skip
"""In the order of the card: what matters most comes first."""

_PRODUCT_TYPES = frozenset(
    {AssetType.SPEC, AssetType.DEMO, AssetType.PRODUCT_OVERVIEW, AssetType.COMPARISON}
)
"""Fit from consideration on (M27)."""


def check_draft(context: CheckContext) -> CheckReport:
    """Judge a draft by every rule; what is absent from the context is listed in `skipped`."""
    return run(RULES, context, _hype_of(context))


_SELLING = ("pitch", "price", "meeting_ask", "urgency", "hype", "broadcast")


def _hype_of(context: CheckContext) -> float:
    """How much a draft sells, 0 to 1: its most selling sentence, or all its words together."""
    sold = (sum(sins[name] for name in _SELLING) for sins in context.sins)
    return round(max(audit_tone(context.own_text).hype, *sold, 0.0), 4)


def check_asset(
    text: str,
    asset_type: AssetType | None = None,
    stage: Stage | None = None,
    *,
    title: str = "",
    overruled: bool = False,
    models: SentenceModels | None = None,
) -> CheckReport:
    """Say whether a piece is fit to recommend at a stage, and name the sentences that sell.

    `passed` follows from the score, the type and the stage alone: a sentence that sells is named
    even in a piece that is fit. `overruled` is a reviewer's word against the score.
    """
    tone = audit_tone(text, title, models)
    findings: list[Finding] = []
    skipped = [n for n, v in (("promotional_type", asset_type), ("stage_fit", stage)) if v is None]
    refusal = is_promotional(asset_type or AssetType.OTHER, tone.hype, stage, overruled)
    if refusal:
        # What a text without hype is refused for is its type.
        by_type = is_promotional(asset_type or AssetType.OTHER, 0.0, stage, overruled)
        kind = "type" if by_type else ""
        findings.append(Finding("promotional", refusal, why("promotional", kind)))
    early = stage is not None and stage.order < Stage.CONSIDERATION.order
    if early and asset_type in _PRODUCT_TYPES:
        refusal = refusal or why("stage_fit")
        findings.append(Finding("stage_fit", str(asset_type), why("stage_fit")))
    if asset_type is AssetType.CASE_STUDY and (gaps := case_study_gaps(text)):
        findings.append(Finding("weak_case_study", ", ".join(gaps), why("weak_case_study")))
    elif asset_type is None:
        skipped.append("weak_case_study")
    return CheckReport(refusal is None, (*findings, *tone.findings), tuple(skipped), tone.hype)
