"""What goes out to Slack: each write is planned once by key, then posted or failed."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlmodel import Session, col, select

from knowledge.clock import Clock
from knowledge.errors import NotFound
from storage.database import Database
from storage.tables import OutboxRow

OutboxState = Literal["planned", "posted", "failed"]


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One Slack write; `payload` is None once it is posted, `channel` and `ts` None until then."""

    key: str
    method: str
    payload: dict[str, Any] | None
    state: OutboxState
    planned_at: datetime
    channel: str | None = None
    ts: str | None = None
    reason: str | None = None


class Outbox:
    """Slack writes by key."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def plan(self, key: str, method: str, payload: dict[str, Any]) -> OutboxEntry:
        """Keep a write that is about to happen; a key that is known already gives its entry.

        A failed one is planned anew, with the payload given now.
        """
        with self._db.write() as session:
            row = session.get(OutboxRow, key)
            if row is None:
                row = OutboxRow(
                    key=key,
                    method=method,
                    payload=payload,
                    state="planned",
                    planned_at=self._clock.now(),
                )
            elif row.state == "failed":
                row.method, row.payload = method, payload
                row.state, row.reason, row.settled_at = "planned", None, None
            session.add(row)
            return _entry(row)

    def posted(self, key: str, channel: str | None, ts: str | None) -> None:
        """Note that Slack took it, and erase its payload; `NotFound` for an unknown key."""
        with self._db.write() as session:
            row = _row(session, key)
            row.state, row.payload, row.reason = "posted", None, None
            row.channel, row.ts, row.settled_at = channel, ts, self._clock.now()
            session.add(row)

    def failed(self, key: str, reason: str) -> None:
        """Note that Slack refused it; a posted one stays posted. `NotFound` for an unknown key."""
        with self._db.write() as session:
            row = _row(session, key)
            if row.state != "posted":
                row.state, row.reason, row.settled_at = "failed", reason[:500], self._clock.now()
                session.add(row)

    def get(self, key: str) -> OutboxEntry | None:
        """The entry with this key, or None."""
        with self._db.read() as session:
            row = session.get(OutboxRow, key)
            return _entry(row) if row else None

    def pending(self) -> list[OutboxEntry]:
        """Entries planned and neither posted nor failed, oldest first."""
        query = (
            select(OutboxRow)
            .where(OutboxRow.state == "planned")
            .order_by(col(OutboxRow.planned_at), col(OutboxRow.key))
        )
        with self._db.read() as session:
            return [_entry(row) for row in session.exec(query)]


def _row(session: Session, key: str) -> OutboxRow:
    row = session.get(OutboxRow, key)
    if row is None:
        raise NotFound(f"Nothing was planned under the key '{key}'.")
    return row


def _entry(row: OutboxRow) -> OutboxEntry:
    return OutboxEntry(
        key=row.key,
        method=row.method,
        payload=row.payload,
        state=cast(OutboxState, row.state),
        planned_at=row.planned_at,
        channel=row.channel,
        ts=row.ts,
        reason=row.reason,
    )


def with_content(payload: dict[str, Any] | None) -> dict[str, Any] | None:
    """A payload with the content of its file as text, so that it can be searched for names."""
    content = (payload or {}).get("content")
    if payload is None or not isinstance(content, str):
        return payload
    return {**payload, "content": base64.b64decode(content).decode("utf-8", "replace")}
