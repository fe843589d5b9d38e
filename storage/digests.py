"""Who wants the daily digest, and when: a preference by person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from knowledge.clock import Clock
from storage.database import Database
from storage.tables import DigestRow


@dataclass(frozen=True, slots=True)
class Digest:
    """A person's wish; `zone` is their own time zone once it is known, `since` when it was told."""

    team: str
    user: str
    on: bool = False
    zone: str | None = None
    since: datetime | None = None


class Digests:
    """The preferences; off for whoever never said anything."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def of(self, team: str, user: str) -> Digest:
        """This person's preference."""
        with self._db.read() as session:
            row = session.get(DigestRow, (team, user))
            return _digest(row) if row else Digest(team, user)

    def switch(self, team: str, user: str, *, on: bool) -> None:
        """Turn it on or off; as it is already, it stays untouched."""
        with self._db.write() as session:
            row = session.get(DigestRow, (team, user)) or DigestRow(
                team=team, slack_user=user, wanted=False, since=self._clock.now()
            )
            if row.wanted is not on:
                row.wanted, row.since = on, self._clock.now()
            session.add(row)

    def live_in(self, team: str, user: str, zone: str) -> None:
        """Note a person's time zone, for whoever has a preference."""
        with self._db.write() as session:
            row = session.get(DigestRow, (team, user))
            if row is not None and row.zone != zone:
                row.zone = zone
                session.add(row)

    def wanted(self) -> list[Digest]:
        """Everybody who wants it."""
        query = (
            select(DigestRow)
            .where(col(DigestRow.wanted))
            .order_by(col(DigestRow.team), col(DigestRow.slack_user))
        )
        with self._db.read() as session:
            return [_digest(row) for row in session.exec(query)]


def _digest(row: DigestRow) -> Digest:
    return Digest(row.team, row.slack_user, row.wanted, row.zone, row.since)
