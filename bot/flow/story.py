"""The whole of one suggestion as events in order, from audit log and record (M56)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.flow.story_made import events_of_made
from bot.flow.tools import Tools
from knowledge.story import Fact, Happening, Story, StoryEvent
from knowledge.text_difference import difference
from knowledge.touch import Finding
from storage.after_approval import ToldOutcome
from storage.audit import AuditEntry
from storage.review_notes import ReviewNotes
from storage.stored_suggestion import StoredSuggestion

NEW_TEXT = frozenset({"suggestion.edited", "suggestion.rewritten"})


@dataclass(frozen=True, slots=True)
class _Record:
    """What is known of the suggestion, and which entry is the last of its kind."""

    stored: StoredSuggestion
    outcome: ToldOutcome | None
    last: dict[str, int]
    notes: dict[str, str]

    def is_last(self, entry: AuditEntry) -> bool:
        return self.last.get(entry.kind) == entry.seq

    def in_force(self, entry: AuditEntry) -> bool:
        """Whether the text that stands now is the one this entry put in place."""
        return entry.seq == max((self.last.get(kind, 0) for kind in NEW_TEXT), default=0)


def story(suggestion_id: str, tools: Tools) -> Story:
    """Everything that happened with a suggestion, oldest first; `NotFound` for an unknown id.

    After an erasure it tells what is left: figures, rules, days and people, and no words.
    """
    stored = tools.suggestions.get(suggestion_id)
    entries = tools.audit.entries(tools.db, suggestion_id)
    notes = ReviewNotes(tools.db, tools.audit, tools.clock)
    known = _Record(
        stored,
        None if stored.erased else tools.after_approval.outcome_of(suggestion_id),
        {entry.kind: entry.seq for entry in entries},
        {note.id: note.text for note in notes.of(suggestion_id)},
    )
    return Story(
        suggestion_id=stored.id,
        state=stored.state,
        lead_id=stored.lead_id,
        asked_by=stored.asked_by,
        created_at=stored.created_at,
        erased=stored.erased,
        events=tuple(event for entry in entries for event in _events(entry, known)),
    )


def _events(entry: AuditEntry, known: _Record) -> Iterator[StoryEvent]:
    if entry.kind == "suggestion.made":
        yield from events_of_made(entry, known.stored)
        return
    teller = _TELLERS.get(entry.kind)
    if teller is not None:
        yield teller(entry, known)
        return
    told = [(Fact.KIND, entry.kind)]
    told += [(Fact.NOTE, f"{name}: {value}") for name, value in entry.data.items() if value]
    yield _event(Happening.NOTED, entry, *told)


def _event(what: Happening, entry: AuditEntry, *told: tuple[Fact, Any], **more: Any) -> StoryEvent:
    """An event of an entry; facts that hold nothing are left out."""
    kept = tuple((fact, str(value)) for fact, value in told if value not in (None, "", [], ()))
    at = datetime.fromisoformat(entry.at)
    return StoryEvent(what, at, entry.actor, kept, entry=entry.seq, **more)


def _shown(entry: AuditEntry, _: _Record) -> StoryEvent:
    return _event(Happening.SHOWN, entry, (Fact.CHANNEL, entry.data.get("channel")))


def _new_text(entry: AuditEntry, known: _Record) -> StoryEvent:
    """An edit, or a text written anew on a wish; the text itself while it stands."""
    edited = entry.kind == "suggestion.edited"
    told: list[tuple[Fact, Any]] = [
        (Fact.KEPT, rule) for rule in (entry.data.get("kept") or ()) if edited
    ]
    if edited and known.in_force(entry):
        told.append((Fact.KEPT_BECAUSE, known.stored.kept_reason))
    if not edited:
        told += [(Fact.WISH, wish) for wish in (entry.data.get("wishes") or ())[-1:]]
    what = Happening.EDITED if edited else Happening.REWRITTEN
    return _event(what, entry, *told, **_text(entry, known, known.in_force(entry)))


def _approved(entry: AuditEntry, known: _Record) -> StoryEvent:
    data, stored = entry.data, known.stored
    told: list[tuple[Fact, Any]] = [(Fact.KEPT, rule) for rule in data.get("kept") or ()]
    told.append((Fact.KEPT_BECAUSE, stored.kept_reason))
    return _event(Happening.APPROVED, entry, *told, **_text(entry, known, standing=True))


def _text(entry: AuditEntry, known: _Record, standing: bool) -> dict[str, Any]:
    """The text of an entry with its checks and difference, or its checks' rules alone."""
    draft, first = known.stored.draft, known.stored.original_draft
    if standing and draft is not None:
        changes = difference(first.body, draft.body) if first else ()
        return {"findings": draft.checks.findings, "text": (draft.subject, draft.body),
                "difference": changes}  # fmt: skip
    checks = (entry.data.get("draft") or {}).get("checks", {})
    return {"findings": tuple(Finding(rule, "", "") for rule in checks.get("findings", ()))}


def _replaced(entry: AuditEntry, _: _Record) -> StoryEvent:
    return _event(
        Happening.REPLACED, entry,
        (Fact.REPLACED_BY, entry.data.get("replaced_by")),
        (Fact.CORRECTED_TO, entry.data.get("stage_corrected")),
    )  # fmt: skip


def _snoozed(entry: AuditEntry, known: _Record) -> StoryEvent:
    return _event(
        Happening.SNOOZED, entry,
        (Fact.UNTIL, entry.data.get("until")), (Fact.BECAUSE, known.stored.decision_reason),
    )  # fmt: skip


def _withdrawn(entry: AuditEntry, _: _Record) -> StoryEvent:
    data = entry.data
    because, asset = data.get("because"), data.get("asset")
    return _event(Happening.WITHDRAWN, entry, (Fact.BECAUSE, because), (Fact.ASSET, asset))


def _sent(entry: AuditEntry, known: _Record) -> StoryEvent:
    data, sent = entry.data, known.stored.sent
    told = (
        (Fact.ON, data.get("on")),
        (Fact.CHANNEL, data.get("channel")),
        (Fact.AS_APPROVED, "yes" if data.get("as_approved") else "no"),
    )
    if not (known.is_last(entry) and sent and sent.body):
        return _event(Happening.SENT, entry, *told)
    draft = known.stored.draft
    changes = difference(draft.body, sent.body) if draft else ()
    return _event(Happening.SENT, entry, *told, text=(sent.subject, sent.body), difference=changes)


def _outcome(entry: AuditEntry, known: _Record) -> StoryEvent:
    note = known.outcome.note if known.outcome and known.is_last(entry) else ""
    return _event(
        Happening.OUTCOME, entry,
        (Fact.OUTCOME, entry.data.get("outcome")), (Fact.ON, entry.data.get("on")),
        (Fact.NOTE, note),
    )  # fmt: skip


def _helped(entry: AuditEntry, _: _Record) -> StoryEvent:
    yes = "yes" if entry.data.get("helped") else "no"
    return _event(Happening.HELPED, entry, (Fact.HELPED, yes))


def _explained(entry: AuditEntry, known: _Record) -> StoryEvent:
    reason = known.stored.helped_reason if known.is_last(entry) else ""
    yes = "yes" if entry.data.get("helped") else "no"
    return _event(Happening.EXPLAINED, entry, (Fact.HELPED, yes), (Fact.BECAUSE, reason))


def _stage_moved(entry: AuditEntry, _: _Record) -> StoryEvent:
    data = entry.data
    return _event(
        Happening.STAGE_MOVED, entry,
        (Fact.FROM, data.get("from")), (Fact.TO, data.get("to")), (Fact.HOW, data.get("how")),
    )  # fmt: skip


def _reviewed(entry: AuditEntry, known: _Record) -> StoryEvent:
    data = entry.data
    return _event(
        Happening.REVIEWED, entry,
        (Fact.KIND, entry.kind.partition(".")[2]), (Fact.ABOUT, data.get("about")),
        (Fact.COMMENT, known.notes.get(data.get("note", ""), "")),
    )  # fmt: skip


def _erased(entry: AuditEntry, _: _Record) -> StoryEvent:
    return _event(Happening.ERASED, entry)


_TELLERS: dict[str, Callable[[AuditEntry, _Record], StoryEvent]] = {
    "suggestion.card_posted": _shown,
    "suggestion.edited": _new_text,
    "suggestion.rewritten": _new_text,
    "suggestion.approved": _approved,
    "suggestion.replaced": _replaced,
    "suggestion.snoozed": _snoozed,
    "suggestion.withdrawn": _withdrawn,
    "suggestion.sent": _sent,
    "suggestion.outcome": _outcome,
    "suggestion.answered": _helped,
    "suggestion.answer_explained": _explained,
    "suggestion.stage_moved": _stage_moved,
    "suggestion.erased": _erased,
    "review.flagged": _reviewed,
    "review.commented": _reviewed,
    "review.answered": _reviewed,
    "review.settled": _reviewed,
}
