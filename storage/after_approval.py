"""What is told of an approved touch: when and how it was sent, and what came of it (M48, M52)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from knowledge.clock import Clock
from knowledge.errors import BadInput, NotFound
from knowledge.outcomes import ACTS, Outcome, asset_of_act
from storage import suggestion_audit
from storage.audit import Audit
from storage.crm_queue import CrmQueue
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
    """What happened after a touch, who said so and when; `note` is what the lead wrote."""

    outcome: Outcome
    on: date
    by: str
    at: datetime
    note: str = ""


class AfterApproval:
    """Facts of approved suggestions; each may be told again, and the last word counts.

    The same words again change nothing and are not audited twice. All raise `NotFound`, and
    `BadInput` for a suggestion that was not approved or was erased.
    """

    def __init__(
        self, db: Database, audit: Audit, clock: Clock, crm: CrmQueue | None = None
    ) -> None:
        self._crm = crm
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
            if self._crm:
                self._crm.sent(session, row, self._clock.now())
            data = suggestion_audit.sent(session, after, before)
            self._audit.append(session, "suggestion.sent", row.id, sent.by, data)
            return after

    def tell(
        self, suggestion_id: str, by: str, outcome: Outcome, on: date, note: str = ""
    ) -> ToldOutcome:
        """Keep what happened, in the lead's history too when it is on record.

        Another outcome takes the former's entry out of the history again. The same outcome with
        no note keeps the former note: a day put right costs none of the lead's words.
        """
        with self._db.write() as session:
            row, _ = _approved(session, suggestion_id)
            came = session.get(TouchOutcomeRow, row.id) or TouchOutcomeRow(suggestion_id=row.id)
            told = _told(session, row, came)
            if told and told.outcome is outcome:
                note = note or told.note
                if told.on == on and (not note or _known(session, row, outcome, on, note)):
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
            return ToldOutcome(outcome, on, by, now, note)

    def outcome_of(self, suggestion_id: str) -> ToldOutcome | None:
        """What is said to have happened; None when nobody said so."""
        with self._db.read() as session:
            came = session.get(TouchOutcomeRow, suggestion_id)
            row = session.get(SuggestionRow, suggestion_id)
            return _told(session, row, came) if row and came else None

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
        """Add the entry, or share the one that another touch told.

        None for a lead not on record, or when the history has it from elsewhere.
        """
        if row.lead_id is None or session.get(LeadRow, row.lead_id) is None:
            return None
        known = _known(session, row, outcome, on, note)
        if known is not None:
            return known.id if _told_by(session, known, row.lead_id) else None
        entry = LeadHistoryRow(
            lead_id=row.lead_id,
            action=ACTS[outcome].value,
            happened_on=on,
            asset_id=asset_of_act(outcome, row.asset_id),
            note=note,
            note_hash=_hash(note),
            added_at=self._clock.now(),
        )
        session.add(entry)
        session.flush()
        return entry.id


def _known(
    session: Session, row: SuggestionRow, outcome: Outcome, on: date, note: str
) -> LeadHistoryRow | None:
    """The entry of the lead's history that says the same, whoever added it."""
    query = select(LeadHistoryRow).where(
        LeadHistoryRow.lead_id == row.lead_id,
        LeadHistoryRow.action == ACTS[outcome].value,
        LeadHistoryRow.happened_on == on,
        LeadHistoryRow.asset_id == asset_of_act(outcome, row.asset_id),
        LeadHistoryRow.note_hash == _hash(note),
    )
    return session.exec(query).first()


def _hash(note: str) -> str:
    return hashlib.sha256(note.encode()).hexdigest() if note else ""


def _entry(session: Session, row: SuggestionRow, came: TouchOutcomeRow) -> LeadHistoryRow | None:
    """The entry that the outcome added; ids are used again, so the lead is asked."""
    entry = session.get(LeadHistoryRow, came.history_id) if came.history_id else None
    return entry if entry is not None and entry.lead_id == row.lead_id else None


def _told_by(session: Session, entry: LeadHistoryRow, lead_id: str) -> int:
    """How many touches of the lead this entry was told of."""
    query = (
        select(TouchOutcomeRow.suggestion_id)
        .join(SuggestionRow, col(SuggestionRow.id) == TouchOutcomeRow.suggestion_id)
        .where(TouchOutcomeRow.history_id == entry.id, SuggestionRow.lead_id == lead_id)
    )
    return len(session.exec(query).all())


def _take_back(session: Session, row: SuggestionRow, came: TouchOutcomeRow) -> None:
    """Remove the entry that the former outcome added, unless another touch told it too."""
    entry = _entry(session, row, came)
    if entry is not None and row.lead_id and _told_by(session, entry, row.lead_id) == 1:
        session.delete(entry)
        session.flush()
    came.history_id = None


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


def _told(session: Session, row: SuggestionRow, came: TouchOutcomeRow) -> ToldOutcome | None:
    if came.outcome is None or came.outcome_on is None or came.outcome_at is None:
        return None
    entry = _entry(session, row, came)
    return ToldOutcome(
        Outcome(came.outcome), came.outcome_on, came.outcome_by or "", came.outcome_at,
        entry.note if entry else "",
    )  # fmt: skip


def _same(before: SentText, sent: SentText) -> bool:
    return (before.on, before.channel, before.subject, before.body) == (
        sent.on,
        sent.channel,
        sent.subject,
        sent.body,
    )
