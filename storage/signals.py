"""Deliveries of the webhook: kept before they are answered, worked on after, each once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from knowledge.clock import Clock
from storage.audit import Audit
from storage.database import Database
from storage.tables_leads import SignalRow


class Signals:
    """The deliveries, by their ids."""

    def __init__(self, db: Database, clock: Clock, audit: Audit) -> None:
        self._db, self._clock, self._audit = db, clock, audit

    def is_known(self, identity: str) -> bool:
        """Whether a delivery with that id came before."""
        with self._db.read() as session:
            return session.get(SignalRow, identity) is not None

    def keep(self, identity: str, payload: Mapping[str, Any]) -> bool:
        """Keep a delivery durably; False for one whose id is known."""
        with self._db.write(first=True) as session:
            if session.get(SignalRow, identity) is not None:
                return False
            session.add(
                SignalRow(id=identity, payload=dict(payload), received_at=self._clock.now())
            )
            return True

    def pending(self) -> list[str]:
        """Ids of deliveries that nobody has worked on, oldest first."""
        row = SignalRow
        query = select(row.id).where(col(row.done_at).is_(None))
        with self._db.read() as session:
            return list(session.exec(query.order_by(col(row.received_at), col(row.id))))

    def payload(self, identity: str) -> dict[str, Any] | None:
        """What a delivery says; None when it was worked on, or erased."""
        with self._db.read() as session:
            row = session.get(SignalRow, identity)
            return row.payload if row and row.done_at is None else None

    def done(self, identity: str, became: str, acts: int) -> None:
        """Note what became of a delivery, once, and let its words go."""
        with self._db.write() as session:
            row = session.get(SignalRow, identity)
            if row is None or row.done_at is not None:
                return
            row.payload, row.done_at, row.became = None, self._clock.now(), became
            session.add(row)
            data = {"acts": acts, "became": became}
            self._audit.append(session, "signal.received", identity[:60], "webhook", data)
