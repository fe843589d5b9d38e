"""What the audit log says of a suggestion: ids, labels, numbers and salted hashes, no words."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlmodel import Session

from knowledge.leads import LeadFacts
from knowledge.text_difference import as_lines, difference, words_changed
from knowledge.touch import CheckReport, Contribution, Draft, Suggestion
from storage.salts import salt_owner, salted
from storage.stored_suggestion import SentText, StoredSuggestion


def made(session: Session, suggestion: Suggestion) -> dict[str, Any]:
    """Inputs, evidence, what was chosen and turned down, and the draft with its checks."""
    lead_id = suggestion.profile.lead_id
    owner = salt_owner(lead_id, suggestion.id)
    chosen = suggestion.chosen

    def marks(texts: tuple[str, ...]) -> list[str]:
        return [salted(session, owner, text) for text in texts]

    return {
        "lead": salted(session, owner, lead_id) if lead_id else None,
        "facts": sorted(_known(suggestion.profile.facts)),
        "history": len(suggestion.profile.history),
        "channel": suggestion.ask.channel,
        "questions": marks(suggestion.ask.questions),
        "stage": suggestion.stage.stage.value,
        "confidence": round(suggestion.stage.confidence, 4),
        "evidence": marks(suggestion.stage.evidence),
        "decision": suggestion.pace.decision.value,
        "rule": suggestion.pace.rule,
        "when": _day(suggestion.pace.when),
        "touch": suggestion.pace.touch_number,
        "budget": suggestion.pace.budget,
        "asset": chosen.asset.id if chosen else None,
        "asset_version": chosen.asset.version if chosen else None,
        "asset_hash": chosen.asset.content_hash if chosen else None,
        "score": round(chosen.score, 6) if chosen else None,
        "rules": _points(chosen.contributions) if chosen else {},
        "turned_down": [
            {
                "asset": t.candidate.asset.id,
                "rule": t.rule,
                "score": round(t.score, 6),
                "rules": _points(t.contributions),
            }
            for t in suggestion.alternates
        ],
        "unanswered": marks(suggestion.unanswered),
        "draft": _draft(session, owner, suggestion.draft),
        "step": _step(suggestion),
    }


def changed(session: Session, after: StoredSuggestion) -> dict[str, Any]:
    """How a suggestion stands after a person's decision."""
    owner = salt_owner(after.lead_id, after.id)
    return {
        "state": after.state,
        "edits": after.edits,
        "asset": after.asset.asset_id if after.asset else None,
        "draft": _draft(session, owner, after.draft),
        "original": _draft(session, owner, after.original_draft),
        "until": _day(after.snoozed_until),
        "reason": salted(session, owner, after.decision_reason) if after.decision_reason else None,
        "kept": list(after.kept_rules),
        "kept_reason": salted(session, owner, after.kept_reason) if after.kept_reason else None,
        "replaced_by": after.replaced_by,
        "stage_corrected": after.stage_corrected.value if after.stage_corrected else None,
        "wishes": list(after.wishes),
        "difference": _difference(session, owner, after),
    }


def sent(session: Session, after: StoredSuggestion, before: SentText | None) -> dict[str, Any]:
    """What a person says was sent: day, channel, a mark of the text, and what was said before."""
    owner, now, approved = salt_owner(after.lead_id, after.id), after.sent, after.draft
    if now is None:
        return {}
    as_approved = approved is not None and (approved.subject, approved.body) == (
        now.subject,
        now.body,
    )
    return {
        "on": _day(now.on),
        "channel": now.channel,
        "text": salted(session, owner, f"{now.subject}\x1f{now.body}"),
        "as_approved": as_approved,
        "before": {"on": _day(before.on), "channel": before.channel} if before else None,
    }


def _points(contributions: tuple[Contribution, ...]) -> dict[str, float]:
    return {c.rule: round(c.points, 6) for c in contributions}


def _known(facts: LeadFacts) -> set[str]:
    """The names of the facts that were known, without a word of what they say."""
    return {f.name for f in fields(facts) if getattr(facts, f.name) not in (None, (), "")}


def _difference(session: Session, owner: str, after: StoredSuggestion) -> dict[str, Any] | None:
    """How the text in force differs from the one first written: words counted, and a mark."""
    first, now = after.original_draft, after.draft
    if first is None or now is None:
        return None
    changes = difference(f"{first.subject}\n\n{first.body}", f"{now.subject}\n\n{now.body}")
    if not changes:
        return None
    out, put = words_changed(changes)
    return {"out": out, "in": put, "text": salted(session, owner, as_lines(changes))}


def _step(suggestion: Suggestion) -> dict[str, Any] | None:
    """Track, version and number: what a step says may quote the lead."""
    step = suggestion.step
    if step is None:
        return None
    gave_way = bool(step.passed_over)
    return {"track": step.track, "version": step.version, "number": step.number,
            "passed_over": gave_way}  # fmt: skip


def _draft(session: Session, owner: str, draft: Draft | None) -> dict[str, Any] | None:
    if draft is None:
        return None
    return {
        "text": salted(session, owner, f"{draft.subject}\x1f{draft.body}"),
        "channel": draft.channel,
        "source": draft.source,
        "checks": _checks(draft.checks),
    }


def _checks(checks: CheckReport) -> dict[str, Any]:
    return {
        "passed": checks.passed,
        "findings": [f.rule for f in checks.findings],
        "skipped": list(checks.skipped),
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
