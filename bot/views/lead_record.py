"""A lead's record on the terminal, as JSON, and what of it stands in Slack's summary."""

from __future__ import annotations

from typing import Any

from bot.views import words_record as words
from bot.views.json_forms import lead_form
from bot.views.terminal import console, print_lead
from knowledge.fact_trust import Conflict, Told
from storage.whole_record import WholeRecord


def print_record(record: WholeRecord) -> None:
    """Print facts with who told them, stages by product line, consent, conflicts and history."""
    print_lead(record.profile, record.learnt, record.acts)
    shown = console()
    for sentence in (*words.line_stages(record.profile.facts), *words.consents(record.consent)):
        shown.print(sentence, markup=False)
    if record.conflicts:
        shown.print(words.CONFLICTS, markup=False)
        for conflict in record.conflicts:
            shown.print(f"  {words.conflict(conflict)}", markup=False)


def record_form(record: WholeRecord) -> dict[str, Any]:
    """The record in JSON terms."""
    form = lead_form(record.profile, record.learnt)
    for entry, act in zip(form["history"], record.acts, strict=False):
        entry |= {"line": act.entry.line, "source": act.source, "by": act.by}
    return form | {
        "consent": {
            channel: {"given": w.given, "on": w.on.isoformat(), "source": w.source, "by": w.by}
            for channel, w in record.consent.items()
        },
        "conflicts": [_conflict(c) for c in record.conflicts],
    }


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "fact": conflict.fact,
        "used": _told(conflict.used),
        "others": [_told(other) for other in conflict.others],
    }


def _told(told: Told) -> dict[str, Any]:
    return {
        "value": told.value, "source": told.source, "kind": told.kind.value, "by": told.by,
        "at": told.at.isoformat(),
    }  # fmt: skip
