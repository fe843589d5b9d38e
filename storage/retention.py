"""What has been kept for too long: counted, and taken out by kind, audited with the counts."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, delete, or_, select, update

from knowledge.clock import Clock
from knowledge.errors import NotFound
from knowledge.retention import Kept
from storage.audit import Audit
from storage.database import Database
from storage.emptying import note_erasure
from storage.erasure import erase_person, erase_wordings
from storage.inbox import CHOICE
from storage.leads import Leads
from storage.leads_waiting import take_waiting, waiting_too_long
from storage.person import Person
from storage.tables import (
    ContentMissRow,
    InboxRow,
    LeadHistoryRow,
    LeadRow,
    OutboxRow,
    ProposalRow,
    SuggestionRow,
    SuggestionTextRow,
)

RUN = "retention.run"
TOO_LONG = "kept_too_long"
"""Why a suggestion was withdrawn, or a lead erased."""

_OPEN = ("pending", "edited")


class Retention:
    """Counts and takes out what is older than a moment; logs are files, and not of here.

    `outside` erases what lies outside the database under the words that name a lead.
    """

    def __init__(
        self,
        db: Database,
        audit: Audit,
        clock: Clock,
        outside: Callable[[str, frozenset[str]], object] = lambda *_: None,
    ) -> None:
        self._db, self._audit, self._clock, self._outside = db, audit, clock, outside

    def due(self, before: Mapping[Kept, datetime]) -> dict[Kept, int]:
        """How much of each kind is older than its moment; a kind without one is left out."""
        with self._db.read() as session:
            return {kept: len(_FOUND[kept](session, at)) for kept, at in before.items()}

    def run(
        self, before: Mapping[Kept, datetime], by: str, more: Mapping[str, int]
    ) -> dict[Kept, int]:
        """Take it out, and audit the run with its counts; `more` counts what went elsewhere.

        Each lead and each suggestion goes in a transaction with an entry of its own, the rest
        with the entry of the run.
        """
        done: dict[Kept, int] = {}
        if Kept.UNDECIDED in before:
            done[Kept.UNDECIDED] = self._undecided(before[Kept.UNDECIDED], by)
        if Kept.LEADS in before:
            done[Kept.LEADS] = self._leads(before[Kept.LEADS], by)
        with self._db.write() as session:
            for kept, take_out in _TAKEN_OUT.items():
                if kept in before:
                    done[kept] = take_out(session, before[kept], self._clock.now())
            if any(done.values()):
                note_erasure(session)
            rows = {kept.value: n for kept, n in done.items()} | dict(more)
            self._audit.append(session, RUN, "retention", by, {"rows": rows})
        return done

    def _undecided(self, before: datetime, by: str) -> int:
        with self._db.read() as session:
            ids = _undecided(session, before)
        done = 0
        for id_ in ids:
            with self._db.write() as session:
                row = session.get(SuggestionRow, id_)
                if row is None or row.state not in _OPEN:
                    continue  # decided meanwhile
                now = self._clock.now()
                row.state, row.withdrawn_at, row.withdrawn_because = "withdrawn", now, TOO_LONG
                session.add(row)
                data = {"asset": row.asset_id, "because": TOO_LONG}
                self._audit.append(session, "suggestion.withdrawn", id_, by, data)
                erase_person(session, Person(None, (id_,), frozenset({id_.casefold()})), now)
                self._audit.append(session, "suggestion.erased", id_, by, {"why": TOO_LONG})
                done += 1
        return done

    def _leads(self, before: datetime, by: str) -> int:
        leads = Leads(self._db, self._clock, self._audit)
        with self._db.read() as session:
            ids = _leads(session, before)
        done = 0
        for lead_id in ids:
            with contextlib.suppress(NotFound):  # erased, or heard of, meanwhile
                self._outside(lead_id, leads.signs(lead_id))
                leads.erase(lead_id, by, TOO_LONG, partial(_is_old, lead_id, before))
                done += 1
        return done


def _payloads(session: Session, before: datetime) -> list[str]:
    events = session.exec(select(InboxRow.key).where(*_stuck_events(before)))
    messages = session.exec(select(OutboxRow.key).where(*_stuck_messages(before)))
    return [*events, *messages, *waiting_too_long(session, before)]


def _stuck_events(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """Events that nobody dealt with; notes of ids stay, that of a choice holds a text."""
    open_ = or_(col(InboxRow.done_at).is_(None), col(InboxRow.kind) == CHOICE)
    return col(InboxRow.payload).is_not(None), open_, col(InboxRow.received_at) < before


def _stuck_messages(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(OutboxRow.payload).is_not(None), col(OutboxRow.planned_at) < before


def _proposals(session: Session, before: datetime) -> list[str]:
    return list(session.exec(select(ProposalRow.id).where(*_unconfirmed(before))))


def _unconfirmed(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(ProposalRow.asset_id).is_(None), col(ProposalRow.made_at) < before


def _undecided(session: Session, before: datetime) -> list[str]:
    query = (
        select(SuggestionRow.id)
        .join(SuggestionTextRow, col(SuggestionTextRow.suggestion_id) == col(SuggestionRow.id))
        .where(col(SuggestionRow.state).in_(_OPEN), col(SuggestionRow.created_at) < before)
        .order_by(col(SuggestionRow.id))
    )
    return list(session.exec(query))


def _wordings(session: Session, before: datetime) -> list[ContentMissRow]:
    query = select(ContentMissRow).where(
        col(ContentMissRow.wording).is_not(None), col(ContentMissRow.missed_at) < before
    )
    return list(session.exec(query))


def _is_old(lead_id: str, before: datetime, session: Session) -> bool:
    return lead_id in _leads(session, before, lead_id)


def _leads(session: Session, before: datetime, only: str | None = None) -> list[str]:
    """Leads of whom nothing was learnt, said, asked or done since."""
    history: Any = select(LeadHistoryRow.lead_id).where(
        or_(col(LeadHistoryRow.happened_on) >= before.date(), LeadHistoryRow.added_at >= before)
    )
    asked: Any = select(SuggestionRow.lead_id).where(
        col(SuggestionRow.lead_id).is_not(None),
        or_(
            col(SuggestionRow.created_at) >= before,
            func.coalesce(SuggestionRow.decided_at, SuggestionRow.created_at) >= before,
            func.coalesce(SuggestionRow.sent_at, SuggestionRow.created_at) >= before,
        ),
    )
    query = select(LeadRow.id).where(
        col(LeadRow.updated_at) < before,
        col(LeadRow.id).not_in(history),
        col(LeadRow.id).not_in(asked),
    )
    if only is not None:
        query = query.where(col(LeadRow.id) == only)
    return sorted(session.exec(query))


def _take_payloads(session: Session, before: datetime, now: datetime) -> int:
    events = session.execute(
        update(InboxRow)
        .where(*_stuck_events(before))
        .values(payload=None, done_at=func.coalesce(InboxRow.done_at, now))
    )
    messages = session.execute(
        update(OutboxRow)
        .where(*_stuck_messages(before))
        .values(payload=None, state="failed", reason="not sent for too long", settled_at=now)
    )
    gone = take_waiting(session, before, now)
    return int(events.rowcount + messages.rowcount) + gone  # type: ignore[attr-defined]


def _take_proposals(session: Session, before: datetime, _: datetime) -> int:
    gone = session.execute(delete(ProposalRow).where(*_unconfirmed(before)))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _take_wordings(session: Session, before: datetime, _: datetime) -> int:
    return erase_wordings(session, _wordings(session, before))


_FOUND: dict[Kept, Callable[[Session, datetime], list[Any]]] = {
    Kept.PAYLOADS: _payloads, Kept.PROPOSALS: _proposals, Kept.UNDECIDED: _undecided,
    Kept.WORDINGS: _wordings, Kept.LEADS: _leads,
}  # fmt: skip
_TAKEN_OUT: dict[Kept, Callable[[Session, datetime, datetime], int]] = {
    Kept.PAYLOADS: _take_payloads, Kept.PROPOSALS: _take_proposals, Kept.WORDINGS: _take_wordings,
}  # fmt: skip
