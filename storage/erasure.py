"""Erasing a lead from every table that may speak of it; the audit log keeps hashes only.

A lead that is not on record is erased by the suggestion that was made for it.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from storage.outcomes import keep_outcomes
from storage.salts import salt_owner
from storage.snapshot import SNAPSHOT
from storage.tables import (
    AnsweredQuestionRow,
    ContentMissRow,
    ContentRequestRow,
    InboxRow,
    LeadFactRow,
    LeadHistoryRow,
    LeadRow,
    OutboxRow,
    ProposalRow,
    SaltRow,
    SuggestionRow,
    SuggestionTextRow,
)
from storage.tables_review import ReviewTextRow


@dataclass(frozen=True, slots=True)
class Erasure:
    """How much was erased; `log_emptied` is False while another reader holds SQLite's log."""

    facts: int
    history: int
    suggestions: int
    payloads: int
    wordings: int
    log_emptied: bool = False


def erase_lead(session: Session, lead: LeadRow, now: datetime) -> Erasure:
    """Erase `lead` in the transaction of `session`."""
    lead_id = lead.id
    keep_outcomes(session, lead_id, now.date())  # before the history goes
    signs = [s.casefold() for s in (lead.id, lead.name, lead.email) if s]
    facts = _count(session, col(LeadFactRow.lead_id) == lead_id)
    history = _count(session, col(LeadHistoryRow.lead_id) == lead_id)
    suggestions = list(
        session.exec(select(SuggestionRow.id).where(SuggestionRow.lead_id == lead_id))
    )
    session.execute(delete(SuggestionTextRow).where(col(SuggestionTextRow.lead_id) == lead_id))
    session.execute(delete(ReviewTextRow).where(col(ReviewTextRow.lead_id) == lead_id))
    session.execute(
        update(SuggestionRow)
        .where(col(SuggestionRow.lead_id) == lead_id)
        .values(lead_id=f"erased-{secrets.token_hex(4)}")  # still one lead in a report
    )
    wordings = _erase_wordings(session, col(ContentMissRow.lead_id) == lead_id)
    payloads = _erase_payloads(session, {*signs, *(s.casefold() for s in suggestions)}, now)
    session.execute(delete(SaltRow).where(col(SaltRow.owner) == lead_id))
    session.execute(delete(LeadFactRow).where(col(LeadFactRow.lead_id) == lead_id))
    session.execute(delete(LeadHistoryRow).where(col(LeadHistoryRow.lead_id) == lead_id))
    session.execute(delete(LeadRow).where(col(LeadRow.id) == lead_id))
    session.expunge_all()
    return Erasure(facts, history, len(suggestions), payloads, wordings)


def erase_suggestion(
    session: Session, row: SuggestionRow, texts: SuggestionTextRow, now: datetime
) -> Erasure:
    """Erase the words of one suggestion whose lead is not on record, and its salt."""
    facts = SNAPSHOT.validate_python(texts.card).facts
    signs = {s.casefold() for s in (row.id, facts.name, facts.email) if s}
    wordings = _erase_wordings(
        session, (col(ContentMissRow.ask_key) == row.id) & col(ContentMissRow.lead_id).is_(None)
    )
    payloads = _erase_payloads(session, signs, now)
    session.delete(texts)
    session.execute(delete(ReviewTextRow).where(col(ReviewTextRow.suggestion_id) == row.id))
    owner = salt_owner(None, row.id)
    session.execute(delete(SaltRow).where(col(SaltRow.owner) == owner))
    session.flush()
    return Erasure(0, 0, 1, payloads, wordings)


def _count(session: Session, condition: Any) -> int:
    return int(session.execute(select(func.count()).where(condition)).scalar_one())


def _erase_wordings(session: Session, condition: Any) -> int:
    """Erase the wordings of some misses, which stay counted, and all that is derived from them.

    A request is told apart by a plain hash of its wording, which anybody can try guesses on. So
    where no wording is left, chance takes the hash's place; one that others asked too keeps it.
    """
    misses = session.exec(select(ContentMissRow).where(condition)).all()
    _erase_proposed(session, {miss.wording.casefold() for miss in misses if miss.wording})
    for miss in misses:
        miss.wording, miss.lead_id = None, None
        session.add(miss)
    session.flush()
    for request_id in {miss.request_id for miss in misses}:
        left = select(ContentMissRow.id).where(
            ContentMissRow.request_id == request_id, col(ContentMissRow.wording).is_not(None)
        )
        request = session.get(ContentRequestRow, request_id)
        if request is not None and session.exec(left.limit(1)).first() is None:
            request.wording_hash = f"erased-{secrets.token_hex(16)}"
            session.add(request)
    session.flush()
    return len(misses)


def _erase_proposed(session: Session, wordings: set[str]) -> None:
    """Forget questions that were proposed, or confirmed, of a piece in these very words."""
    for row in session.exec(select(ProposalRow)):
        told = json.dumps(row.proposed, ensure_ascii=False).casefold()
        if any(json.dumps(w, ensure_ascii=False)[1:-1] in told for w in wordings):
            session.delete(row)
    for answered in session.exec(select(AnsweredQuestionRow)):
        if answered.question.casefold() in wordings:
            session.delete(answered)


def _erase_payloads(session: Session, signs: set[str], now: datetime) -> int:
    """Empty every kept payload that holds one of `signs`; such work is settled, not left open."""
    erased = 0
    for event in session.exec(select(InboxRow).where(col(InboxRow.payload).is_not(None))):
        if _mentions(event.payload, signs):
            event.payload, event.done_at = None, event.done_at or now
            session.add(event)
            erased += 1
    for write in session.exec(select(OutboxRow).where(col(OutboxRow.payload).is_not(None))):
        if _mentions(write.payload, signs):
            write.payload, write.settled_at = None, now
            write.state, write.reason = "failed", "the lead was erased"
            session.add(write)
            erased += 1
    session.flush()
    return erased


def _mentions(payload: dict[str, Any] | None, signs: set[str]) -> bool:
    """Whether a sign stands in the payload as words of its own; a very short one, as a value."""
    text = json.dumps(payload, ensure_ascii=False).casefold()
    return any(
        re.search(rf"(?<!\w){re.escape(sign)}(?!\w)", text)
        if len(sign) > 2
        else f'"{sign}"' in text
        for sign in signs
    )
