"""What people read of a record's conflicts, stages by product line, and consent."""

from __future__ import annotations

from typing import Any

from bot.views.words import day
from knowledge.consent import Consent
from knowledge.fact_trust import LINE_STAGE, Conflict, Told
from knowledge.leads import LeadFacts

CONFLICTS = "Sources disagree:"
STAGES = "Stage by product line"
_NAMES = {"email": "mail", "phone": "phone", "text": "text messages", "direct_mail": "letters",
          "social": "social media"}  # fmt: skip


def conflict(found: Conflict, most: int = 3) -> str:
    """Which word is used, who told it, and what others told."""
    others = "; ".join(f"{value(o.value)} {_from(o)}" for o in found.others[:most])
    more = len(found.others) - most
    more_told = f"; and {more} more" if more > 0 else ""
    return (
        f"{fact_name(found.fact)}: {value(found.used.value)} is used {_from(found.used)}; "
        f"told otherwise: {others}{more_told}."
    )


def fact_name(fact: str) -> str:
    """A fact as people call it."""
    if fact.startswith(LINE_STAGE):
        return f"stage for {fact.removeprefix(LINE_STAGE)}"
    return fact.replace("_", " ")


def value(told: Any) -> str:
    """A value in words."""
    if isinstance(told, dict):
        return str(told.get("stage", told))
    if isinstance(told, list | tuple):
        return ", ".join(map(str, told))
    if isinstance(told, bool):
        return "yes" if told else "no"
    return str(told)


def line_stages(facts: LeadFacts) -> list[str]:
    """The stage for each product line, with what says so."""
    if not facts.line_stages:
        return []
    return [
        f"{STAGES}: "
        + "; ".join(
            f"{s.line} {s.stage.value}"
            + (f" ({', '.join(p for p in (s.evidence, day(s.on) if s.on else '') if p)})"
               if s.evidence or s.on else "")
            for s in facts.line_stages
        )
    ]  # fmt: skip


def consents(found: Consent) -> list[str]:
    """What the lead agreed to or refused, by channel."""
    return [
        f"{'Agreed to' if w.given else 'Wants no'} {_NAMES.get(channel, channel)}"
        f" ({', '.join(p for p in (day(w.on), w.source, w.by) if p)})"
        for channel, w in found.items()
    ]


def _from(told: Told) -> str:
    by = f", {told.by}" if told.by else ""
    return f"({told.source}{by}, {day(told.at.date())})"
