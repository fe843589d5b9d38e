"""Erasing a person from every table that may speak of them; the audit log keeps hashes only.

What each table holds is told once, in `storage/holdings.py`. A lead that is not on record is erased
by the suggestion that was made for it.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, update
from sqlmodel import Session, col, select

from storage import crm_erased
from storage.holdings import HOLDINGS, By, Erased, Holding
from storage.outbox import with_content
from storage.outcomes import keep_outcomes
from storage.person import (
    Person,
    conditions,
    mentions,
    person_of_lead,
    person_of_suggestion,
    rows_about,
    table_of,
    this_row,
)
from storage.tables import (
    ContentMissRow,
    ContentRequestRow,
    InboxRow,
    LeadRow,
    OutboxRow,
    SuggestionRow,
    SuggestionTextRow,
)

_Step = Callable[[Holding], int]


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
    keep_outcomes(session, lead.id, now.date())  # before the history goes
    return erase_person(session, person_of_lead(session, lead), now)


def erase_suggestion(
    session: Session, row: SuggestionRow, texts: SuggestionTextRow, now: datetime
) -> Erasure:
    """Erase the words of one suggestion whose lead is not on record, and its salt."""
    if texts.suggestion_id != row.id:
        raise ValueError("these are the texts of another suggestion")
    return erase_person(session, person_of_suggestion(session, texts), now)


def erase_person(session: Session, person: Person, now: datetime) -> Erasure:
    """Erase everything that the tables hold about a person, table by table."""
    count: Counter[str] = Counter()
    erasing = _Erasing(session, person, now)
    for holding in HOLDINGS:
        count[holding.table] = erasing.erase(holding)
    session.expunge_all()
    return Erasure(
        facts=count["lead_fact"],
        history=count["lead_history"],
        suggestions=len(person.suggestions),
        payloads=count["inbox"] + count["outbox"],
        wordings=count["content_miss"],
    )


def erase_wordings(session: Session, misses: list[ContentMissRow]) -> int:
    """Erase the wordings of some misses, which stay counted, and all that is derived from them.

    A request is told apart by a plain hash of its wording, which anybody can try guesses on. So
    where no wording is left, chance takes the hash's place; one that others asked too keeps it.
    """
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


class _Erasing:
    """One erasure under way: each step erases one table and says how many rows it was."""

    def __init__(self, session: Session, person: Person, now: datetime) -> None:
        self._session, self._person, self._now = session, person, now
        self._as_told: dict[Erased, _Step] = {
            Erased.DELETED: self._delete,
            Erased.CLEARED: self._clear,
            Erased.RENAMED: self._rename,
            Erased.KEPT: lambda _: 0,
        }
        self._of_table: dict[str, _Step] = {  # where it is more than the table's rule says
            "content_miss": self._misses,
            "answered_question": self._questions,
            "proposal": self._proposals,
            "inbox": self._events,
            "outbox": self._messages,
            "crm_link": self._crm_links,
        }

    def erase(self, holding: Holding) -> int:
        step = self._of_table.get(holding.table) or self._as_told[holding.erased]
        done = step(holding)
        self._session.flush()
        return done

    def _delete(self, holding: Holding) -> int:
        return self._each(holding, lambda table, rows: delete(table).where(rows))

    def _clear(self, holding: Holding) -> int:
        table = table_of(holding)
        empty = {name: None if table.c[name].nullable else "" for name in holding.words}
        return self._each(holding, lambda table, rows: update(table).where(rows).values(**empty))

    def _rename(self, holding: Holding) -> int:
        invented = {holding.column: f"erased-{secrets.token_hex(4)}"}  # still one lead in a report
        return self._each(holding, lambda table, rows: update(table).where(rows).values(invented))

    def _each(self, holding: Holding, change: Callable[[Table, Any], Any]) -> int:
        """Change each row about the person, and return how many there were."""
        table = table_of(holding)
        if holding.by is By.MENTION:
            found = list(rows_about(self._session, holding, self._person))
            which: list[Any] = [this_row(table, row) for row in found]
        else:
            which = list(conditions(table, holding, self._person))
        done = 0
        for rows in which:
            done += int(self._session.execute(change(table, rows)).rowcount)  # type: ignore[attr-defined]
        return done

    def _misses(self, holding: Holding) -> int:
        (rows,) = conditions(table_of(holding), holding, self._person)
        misses = self._session.exec(select(ContentMissRow).where(rows)).all()
        return erase_wordings(self._session, list(misses))

    def _questions(self, holding: Holding) -> int:
        """Forget questions that a person confirmed in these very words."""
        return self._drop(holding, lambda row: row["question"].casefold() in self._person.questions)

    def _proposals(self, holding: Holding) -> int:
        """Forget what was proposed in the very words of a question, or names the person."""

        def is_about(row: Any) -> bool:
            told = json.dumps(row["proposed"], ensure_ascii=False).casefold()
            asked = (json.dumps(q, ensure_ascii=False)[1:-1] for q in self._person.questions)
            named = (mentions(row[name], self._person.signs) for name in holding.words)
            return any(question in told for question in asked) or any(named)

        return self._drop(holding, is_about)

    def _drop(self, holding: Holding, is_about: Callable[[Any], bool]) -> int:
        table = table_of(holding)
        rows = self._session.execute(table.select()).mappings().all()
        about = [row for row in rows if is_about(row)]
        for row in about:
            self._session.execute(delete(table).where(this_row(table, row)))
        return len(about)

    def _crm_links(self, holding: Holding) -> int:
        """Forget which records of a CRM it is; a mark keeps the next pull from bringing it back."""
        if self._person.lead_id is not None:
            crm_erased.leave(self._session, self._person.lead_id)
        return self._delete(holding)

    def _events(self, _: Holding) -> int:
        """Empty what came with events that name the person; such work is settled, not left open."""
        erased = 0
        kept = select(InboxRow).where(col(InboxRow.payload).is_not(None))
        for event in self._session.exec(kept):
            if mentions(event.payload, self._person.signs):
                event.payload, event.done_at = None, event.done_at or self._now
                self._session.add(event)
                erased += 1
        return erased

    def _messages(self, _: Holding) -> int:
        """Empty messages to Slack that name the person; they are not sent any more."""
        erased = 0
        kept = col(OutboxRow.payload).is_not(None) | col(OutboxRow.reason).is_not(None)
        for write in self._session.exec(select(OutboxRow).where(kept)):
            if mentions(with_content(write.payload), self._person.signs):
                write.payload, write.settled_at = None, self._now
                write.state, write.reason = "failed", "the lead was erased"
                self._session.add(write)
                erased += 1
            elif mentions(write.reason, self._person.signs):
                write.reason = None
                self._session.add(write)
        return erased
