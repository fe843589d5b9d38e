"""Every kind of audit entry with the fields of its data; docs/audit.md says what each means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_AFTER_A_DECISION = frozenset({
    "state", "edits", "asset", "draft", "original", "until", "reason", "kept", "kept_reason",
    "replaced_by", "stage_corrected", "wishes", "difference",
})  # fmt: skip
_PIECE = frozenset({"content"})
_NOTE = frozenset({"note", "about", "to", "answers", "text"})

KINDS: dict[str, frozenset[str]] = {
    "suggestion.made": frozenset(
        {
            "lead",
            "facts",
            "history",
            "channel",
            "questions",
            "stage",
            "confidence",
            "evidence",
            "decision",
            "rule",
            "when",
            "touch",
            "budget",
            "asset",
            "asset_version",
            "asset_hash",
            "score",
            "rules",
            "turned_down",
            "unanswered",
            "draft",
            "step",
        }
    ),
    "suggestion.card_posted": frozenset({"channel", "ts"}),
    "suggestion.edited": _AFTER_A_DECISION,
    "suggestion.rewritten": _AFTER_A_DECISION,
    "suggestion.approved": _AFTER_A_DECISION,
    "suggestion.replaced": _AFTER_A_DECISION,
    "suggestion.snoozed": _AFTER_A_DECISION,
    "suggestion.withdrawn": frozenset({"asset", "because"}),
    "suggestion.sent": frozenset({"on", "channel", "text", "as_approved", "before"}),
    "suggestion.outcome": frozenset({"asset", "outcome", "on", "note", "before"}),
    "suggestion.answered": frozenset({"asset", "helped", "before"}),
    "suggestion.answer_explained": frozenset({"helped", "reason"}),
    "suggestion.stage_moved": frozenset({"from", "to", "how", "touch", "of"}),
    "suggestion.erased": frozenset({"why"}),
    "lead.added": frozenset({"lead", "facts", "how", "not_used"}),
    "lead.updated": frozenset({"lead", "facts", "how", "not_used"}),
    "lead.history_added": frozenset({"lead", "acts"}),
    "signal.received": frozenset({"acts", "became"}),
    "signal.unmatched": frozenset({"count"}),
    "signal.unmatched_settled": frozenset({"count", "why"}),
    "lead.imported": frozenset({"files", "added", "updated", "unchanged", "acts", "rejected"}),
    "lead.stage_corrected": frozenset({"lead", "from", "to"}),
    "lead.handed_over": frozenset({"lead", "rule", "definition"}),
    "lead.handover_page": frozenset({"lead", "rule", "definition", "to"}),
    "lead.given_back": frozenset({"lead", "rule", "definition"}),
    "plan.started": frozenset({"lead", "track", "version"}),
    "plan.moved": frozenset({"lead", "track", "version"}),
    "plan.ended": frozenset({"lead", "track", "version"}),
    "lead.erased": frozenset({"lead", "suggestions", "why"}),
    "lead.gone_from_crm": frozenset({"lead"}),
    "lead.kept": frozenset({"lead"}),
    "lead.merged": frozenset({"lead", "from", "rows"}),
    "crm.written": frozenset({"lead", "what", "fields", "suggestion"}),
    "crm.conflict": frozenset({"lead", "what"}),
    "crm.settled": frozenset({"lead", "what", "ours"}),
    "lead.exported": frozenset({"lead", "records"}),
    "asset.added": _PIECE | {"status"},
    "asset.changed": _PIECE | {"fields"},
    "asset.submitted": _PIECE,
    "asset.sent_back": _PIECE,
    "asset.approved": _PIECE,
    "asset.unapproved": _PIECE,
    "asset.retired": _PIECE,
    "asset.gone": _PIECE,
    "asset.hype_overruled": _PIECE,
    "asset.version": _PIECE | {"version", "fields"},
    "asset.version_held": _PIECE | {"version", "because"},
    "asset.version_sent_back": _PIECE,
    "asset.questions": frozenset({"questions"}),
    "asset.verified": frozenset({"version"}),
    "asset.dead": frozenset({"link", "strikes"}),
    "asset.alive": frozenset({"link"}),
    "request.missed": frozenset({"stage", "persona", "suggestion"}),
    "request.decided": frozenset({"state", "asset"}),
    "request.merged": frozenset({"into", "wordings"}),
    "request.split": frozenset({"out", "wordings"}),
    "setting.changed": frozenset({"before", "now"}),
    "retention.run": frozenset({"rows"}),
    "backup.made": frozenset(),
    "backup.restored": frozenset({"made"}),
    "review.flagged": _NOTE,
    "review.commented": _NOTE,
    "review.answered": _NOTE,
    "review.settled": frozenset({"note"}),
    "review.sampled": frozenset({"of", "random", "risk"}),
    "review.judged": frozenset({"week", "verdict"}),
    "touches.exported": frozenset({"rows", "filter", "named"}),
    "anchor.begun": frozenset({"entries"}),
    "role_granted": frozenset({"role"}),
    "role_revoked": frozenset({"role"}),
    "refused": frozenset({"act"}),
}
"""By kind, the names of its fields; an entry may leave some out."""


def require_known_fields(kind: str, data: Mapping[str, Any]) -> None:
    """`ValueError` for a field that a documented kind does not have."""
    known = KINDS.get(kind)
    if known is not None and (strange := data.keys() - known):
        raise ValueError(f"The audit entry '{kind}' has no field {sorted(strange)[0]!r}.")
