"""What came in about leads and waits for somebody: kept as long as other payloads, no longer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from storage.tables_leads import LeadFileRow, SignalRow, UnmatchedRow


def waiting_too_long(session: Session, before: datetime) -> list[str]:
    """Signals, signs of unknown people and lists of files that came before a moment and wait."""
    return [
        id_ for column, told in _stuck(before) for id_ in session.exec(select(column).where(*told))
    ]


def take_waiting(session: Session, before: datetime, now: datetime) -> int:
    """Take them out; a signal's id stays, so that a repeat is known."""
    signals, signs, lists = (told for _, told in _stuck(before))
    done = [
        session.execute(
            update(SignalRow)
            .where(*signals)
            .values(payload=None, done_at=func.coalesce(SignalRow.done_at, now))
        ),
        session.execute(delete(UnmatchedRow).where(*signs)),
        session.execute(
            update(LeadFileRow).where(*lists).values(files=None, state="gone", name="")
        ),
    ]
    counts: list[int] = [result.rowcount for result in done]  # type: ignore[attr-defined]
    return sum(counts)


def _stuck(before: datetime) -> tuple[tuple[Any, tuple[Any, ...]], ...]:
    return (
        (SignalRow.id, (col(SignalRow.payload).is_not(None), col(SignalRow.received_at) < before)),
        (UnmatchedRow.id, (col(UnmatchedRow.noted_at) < before,)),
        (LeadFileRow.id, (col(LeadFileRow.files).is_not(None), col(LeadFileRow.sent_at) < before)),
    )
