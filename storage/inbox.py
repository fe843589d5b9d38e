"""What came in from Slack, durable before it is acknowledged, and erasable."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import col, delete, select

from knowledge.clock import Clock
from storage.database import Database
from storage.tables import InboxRow

CHOICE = "choice"
"""A note of what was asked until its lead is chosen; it holds a text, so it goes in the end."""

PROBE = "probe:writable"


class Inbox:
    """Events by key (team and event id, or action id): each is taken in once."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def record(
        self, key: str, kind: str, payload: dict[str, Any], *, lane: str = "", first: bool = False
    ) -> bool:
        """Keep an event; True when it is new, False when its key was seen before.

        Events of one `lane` are worked on in the order in which they came. It is on disk when this
        returns. One that is kept `first` passes other writers: an acknowledgement waits for it.
        """
        with self._db.write(first=first) as session:
            if session.get(InboxRow, key) is not None:
                return False
            session.add(
                InboxRow(
                    key=key, kind=kind, payload=payload, lane=lane, received_at=self._clock.now()
                )
            )
        return True

    def note(self, key: str, kind: str, payload: dict[str, Any]) -> None:
        """Keep a note of ids under a key, which asks for no work; the first one stays.

        In one step: of two, a death between them would leave a note that waits for ever.
        """
        with self._db.write() as session:
            row = session.get(InboxRow, key)
            now = self._clock.now()
            if row is None:
                row = InboxRow(key=key, kind=kind, payload=payload, received_at=now)
            row.done_at = row.done_at or now
            session.add(row)

    def try_to_write(self) -> None:
        """Write a row and take it away again; `DatabaseAway` while that cannot be done."""
        with self._db.write() as session:
            row = InboxRow(key=PROBE, kind=PROBE, received_at=self._clock.now())
            session.add(row)
            session.flush()
            session.delete(row)

    def database_seconds(self) -> float:
        """The time by the database, in seconds: on a server the same for all who share it."""
        with self._db.read() as session:
            if self._db.is_sqlite:
                return self._clock.now().timestamp()
            return float(session.execute(text("SELECT extract(epoch FROM now())")).scalar_one())

    def payload(self, key: str) -> dict[str, Any] | None:
        """What came with the event; None when the key is unknown or its payload was erased."""
        with self._db.read() as session:
            row = session.get(InboxRow, key)
            return row.payload if row else None

    def kind(self, key: str) -> str | None:
        """What sort of event it is; None when the key is unknown."""
        with self._db.read() as session:
            row = session.get(InboxRow, key)
            return row.kind if row else None

    def received_at(self, key: str) -> datetime | None:
        """When the event was kept; None when the key is unknown."""
        with self._db.read() as session:
            row = session.get(InboxRow, key)
            return row.received_at if row else None

    def done(self, key: str, keep_payload: bool = False) -> None:
        """Mark an event as dealt with; its key stays, so that a repeat is known.

        What came with it is erased, unless `keep_payload`: for notes that are read later and hold
        ids only.
        """
        with self._db.write() as session:
            row = session.get(InboxRow, key)
            if row is not None and row.done_at is None:
                row.done_at = self._clock.now()
                if not keep_payload:
                    row.payload = None
                session.add(row)

    def pending(self) -> list[str]:
        """Keys of the events not dealt with yet, oldest first."""
        query = (
            select(InboxRow.key)
            .where(col(InboxRow.done_at).is_(None))
            .order_by(col(InboxRow.received_at), col(InboxRow.key))
        )
        with self._db.read() as session:
            return list(session.exec(query))

    def lane(self, key: str) -> str:
        """The lane an event was recorded in; empty when it has none, or is unknown."""
        with self._db.read() as session:
            row = session.get(InboxRow, key)
            return row.lane if row else ""

    def waiting(self, lane: str) -> list[str]:
        """Keys of a lane's events not dealt with yet, oldest first."""
        query = (
            select(InboxRow.key)
            .where(col(InboxRow.lane) == lane, col(InboxRow.done_at).is_(None))
            .order_by(col(InboxRow.received_at), col(InboxRow.key))
        )
        with self._db.read() as session:
            return list(session.exec(query))

    def purge(self, older_than: timedelta) -> int:
        """Forget the keys of events dealt with longer ago than this; return how many.

        Events not dealt with stay, whatever their age, and so do notes of ids, which are still
        read; the note of a choice goes. Safe to call at any time; a repeat that comes after its key
        was forgotten is taken in anew, so keep keys for a day at least: Slack repeats an event for
        about an hour.
        """
        limit = self._clock.now() - older_than
        with self._db.write() as session:
            gone = session.exec(
                delete(InboxRow).where(
                    col(InboxRow.done_at) < limit,
                    col(InboxRow.payload).is_(None) | (col(InboxRow.kind) == CHOICE),
                )
            )
            return int(gone.rowcount)
