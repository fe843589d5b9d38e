"""Deliveries of the webhook: kept before they are answered, worked on after, each once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from knowledge.clock import Clock
from knowledge.errors import TrailguideError
from storage.audit import Audit
from storage.database import Database
from storage.quotas import WINDOW
from storage.tables_leads import SignalRow


class TooMany(TrailguideError):
    """More deliveries than a minute's; `wait` says for how long none is taken."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(
            "More deliveries came within a minute than are taken; send it again later."
        )
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Kept:
    """What a delivery says, and when it came."""

    payload: dict[str, Any]
    received_at: datetime


class Signals:
    """The deliveries, by a mark of the sender's ids: such an id may be a lead's address."""

    def __init__(self, db: Database, clock: Clock, audit: Audit) -> None:
        self._db, self._clock, self._audit = db, clock, audit

    def is_known(self, identity: str) -> bool:
        """Whether a delivery with that id came before."""
        with self._db.read() as session:
            return session.get(SignalRow, _mark(identity)) is not None

    def keep(self, identity: str, payload: Mapping[str, Any], most: int = 0) -> bool:
        """Keep a delivery durably; False for one whose id is known.

        `TooMany` where `most` were kept within the last minute; 0 is any number.
        """
        with self._db.write(first=True) as session:
            mark = _mark(identity)
            if session.get(SignalRow, mark) is not None:
                return False
            _require_room(session, self._clock.now(), most)
            session.add(SignalRow(id=mark, payload=dict(payload), received_at=self._clock.now()))
            return True

    def require_room(self, most: int) -> None:
        """`TooMany` where `most` were kept within the last minute; 0 is any number."""
        with self._db.read() as session:
            _require_room(session, self._clock.now(), most)

    def pending(self) -> list[str]:
        """Marks of deliveries that nobody has worked on, oldest first."""
        row = SignalRow
        query = select(row.id).where(col(row.done_at).is_(None))
        with self._db.read() as session:
            return list(session.exec(query.order_by(col(row.received_at), col(row.id))))

    def kept(self, mark: str) -> Kept | None:
        """A delivery by its mark; None when it was worked on, or erased."""
        with self._db.read() as session:
            row = session.get(SignalRow, mark)
            if row is None or row.done_at is not None or row.payload is None:
                return None
            return Kept(row.payload, row.received_at)

    def done(self, mark: str, became: str, acts: int) -> None:
        """Note what became of a delivery, once, and let its words go."""
        with self._db.write() as session:
            row = session.get(SignalRow, mark)
            if row is None or row.done_at is not None:
                return
            row.payload, row.done_at, row.became = None, self._clock.now(), became
            session.add(row)
            data = {"acts": acts, "became": became}
            self._audit.append(session, "signal.received", mark, "webhook", data)


def _require_room(session: Session, now: datetime, most: int) -> None:
    if not most:
        return
    at = col(SignalRow.received_at)
    lately = select(SignalRow.received_at).where(at > now - WINDOW).order_by(at.desc()).limit(most)
    times = list(session.exec(lately))
    if len(times) >= most:
        raise TooMany(times[-1] + WINDOW - now)


def _mark(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()
