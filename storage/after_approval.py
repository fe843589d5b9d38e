"""What is told of an approved touch: when and how it was sent, and what came of it (M48, M52)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from knowledge.clock import Clock
from knowledge.errors import BadInput, NotFound
from knowledge.outcomes import ACTS, Outcome, asset_of_act
from storage import suggestion_audit
from storage.audit import Audit
from storage.database import Database
from storage.salts import salt_owner, salted
from storage.stored_suggestion import SentText, StoredSuggestion, restore
from storage.tables import (
    LeadHistoryRow,
    LeadRow,
    SuggestionRow,
    SuggestionTextRow,
    TouchOutcomeRow,
)


@dataclass(frozen=True, slots=True)
class ToldOutcome:
    """What happened after a touch, who said so and when."""

    outcome: Outcome
    on: date
    by: str
    at: datetime


class AfterApproval:
    """Facts of approved suggestions; each may be told again, and the last word counts.

    The same words again change nothing and are not audited twice. All raise `NotFound`, and
    `BadInput` for a suggestion that was not approved or was erased.
    """

    def __init__(self, db: Database, audit: Audit, clock: Clock) -> None:
        self._db = db
        self._audit = audit
        self._clock = clock

    def mark_sent(self, suggestion_id: str, sent: SentText) -> StoredSuggestion:
        """Keep that it was sent, and the text as it left; returns the suggestion afterwards."""
        with self._db.write() as session:
            row, texts = _approved(session, suggestion_id)
            before = restore(row, texts).sent
            if before is not None and _same(before, sent):
                return restore(row, texts)
            row.sent_on, row.sent_channel = sent.on, sent.channel
            row.sent_by, row.sent_at = sent.by, self._clock.now()
            texts.sent_subject, texts.sent_body = sent.subject, sent.body
            session.add(row)
            session.add(texts)
            session.flush()
            after = restore(row, texts)
            data = suggestion_audit.sent(session, after, before)
            self._audit.append(session, "suggestion.sent", row.id, sent.by, data)
            return after

    def tell(
        self, suggestion_id: str, by: str, outcome: Outcome, on: date, note: str = ""
    ) -> ToldOutcome:
        """Keep what happened, in the lead's history too when it is on record.

        Another outcome takes the former's entry out of the history again.
        """
        with self._db.write() as session:
            row, _ = _approved(session, suggestion_id)
            came = session.get(TouchOutcomeRow, row.id) or TouchOutcomeRow(suggestion_id=row.id)
            told = _told(came)
            if (
                told
                and (told.outcome, told.on) == (outcome, on)
                and _adds_nothing(session, came, note)
            ):
                return told
            before, now = came.outcome, self._clock.now()
            _take_back(session, row, came)
            came.history_id = self._into_history(session, row, outcome, on, note)
            came.outcome, came.outcome_on = outcome.value, on
            came.outcome_by, came.outcome_at = by, now
            session.add(came)
            session.flush()
            owner = salt_owner(row.lead_id, row.id)
            data = {
                "asset": row.asset_id,
                "outcome": outcome.value,
                "on": on.isoformat(),
                "note": salted(session, owner, note) if note else None,
                "before": before,
            }
            self._audit.append(session, "suggestion.outcome", row.id, by, data)
            return ToldOutcome(outcome, on, by, now)

    def outcome_of(self, suggestion_id: str) -> ToldOutcome | None:
        """What is said to have happened; None when nobody said so."""
        with self._db.read() as session:
            came = session.get(TouchOutcomeRow, suggestion_id)
            return _told(came) if came else None

    def why_helped(self, suggestion_id: str, by: str, reason: str) -> None:
        """Keep why the piece helped or did not; `BadInput` before anybody said which."""
        with self._db.write() as session:
            row, texts = _approved(session, suggestion_id)
            came = session.get(TouchOutcomeRow, suggestion_id)
            if came is None or came.helped is None:
                raise BadInput("Say first whether the piece helped; then say why.")
            if (texts.helped_reason or "") == reason:
                return
            texts.helped_reason = reason or None
            session.add(texts)
            owner = salt_owner(row.lead_id, row.id)
            data = {
                "helped": came.helped,
                "reason": salted(session, owner, reason) if reason else None,
            }
            self._audit.append(session, "suggestion.answer_explained", row.id, by, data)

    def _into_history(
        self, session: Session, row: SuggestionRow, outcome: Outcome, on: date, note: str
    ) -> int | None:
        """Add the entry; None for a lead not on record, or when the history has it already."""
        if row.lead_id is None or session.get(LeadRow, row.lead_id) is None:
            return None
        note_hash = hashlib.sha256(note.encode()).hexdigest() if note else ""
        entry = LeadHistoryRow(
            lead_id=row.lead_id,
            action=ACTS[outcome].value,
            happened_on=on,
            asset_id=asset_of_act(outcome, row.asset_id),
            note=note,
            note_hash=note_hash,
            added_at=self._clock.now(),
        )
        known = select(LeadHistoryRow).where(
            LeadHistoryRow.lead_id == entry.lead_id,
            LeadHistoryRow.action == entry.action,
            LeadHistoryRow.happened_on == entry.happened_on,
            LeadHistoryRow.asset_id == entry.asset_id,
            LeadHistoryRow.note_hash == note_hash,
        )
        if session.exec(known).first() is not None:
            return None
        session.add(entry)
        session.flush()
        return entry.id


def _adds_nothing(session: Session, came: TouchOutcomeRow, note: str) -> bool:
    """Whether a note is empty, kept already, or has no entry of ours to stand with."""
    entry = session.get(LeadHistoryRow, came.history_id) if came.history_id else None
    return not note or entry is None or entry.note == note


def _take_back(session: Session, row: SuggestionRow, came: TouchOutcomeRow) -> None:
    """Remove the entry that the former outcome added; ids are used again, so the lead is asked."""
    entry = session.get(LeadHistoryRow, came.history_id) if came.history_id else None
    if entry is not None and entry.lead_id == row.lead_id:
        session.delete(entry)
        session.flush()


def _approved(session: Session, suggestion_id: str) -> tuple[SuggestionRow, SuggestionTextRow]:
    row = session.get(SuggestionRow, suggestion_id)
    if row is None:
        raise NotFound(
            f"There is no suggestion '{suggestion_id[:80]}'; "
            "see the ids with `trailguide touches export`."
        )
    if row.state != "approved":
        raise BadInput(
            "This card was not approved, so nothing can be noted of it; approve it first."
        )
    texts = session.get(SuggestionTextRow, suggestion_id)
    if texts is None:
        raise BadInput("The texts of this suggestion were erased along with its lead.")
    return row, texts


def _told(came: TouchOutcomeRow) -> ToldOutcome | None:
    if came.outcome is None or came.outcome_on is None or came.outcome_at is None:
        return None
    return ToldOutcome(
        Outcome(came.outcome), came.outcome_on, came.outcome_by or "", came.outcome_at
    )


def _same(before: SentText, sent: SentText) -> bool:
    return (before.on, before.channel, before.subject, before.body) == (
        sent.on,
        sent.channel,
        sent.subject,
        sent.body,
    )
