"""Display names of people, by Slack id, kept so that a report needs no look-ups."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlmodel import col, select

from knowledge.clock import Clock
from storage.database import Database
from storage.tables_names import PersonNameRow

LONGEST_NAME = 80
"""Slack allows as many characters in a display name."""


class Names:
    """The names that are known."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def all(self) -> dict[str, str]:
        """By Slack id, the name."""
        with self._db.read() as session:
            return {row.slack_user: row.name for row in session.exec(select(PersonNameRow))}

    def older_than(self, users: Collection[str], moment: datetime) -> set[str]:
        """Those of `users` whose name is unknown, or was looked up before `moment`."""
        query = select(PersonNameRow.slack_user).where(col(PersonNameRow.noted_at) >= moment)
        with self._db.read() as session:
            fresh = set(session.exec(query).all())
        return set(users) - fresh

    def keep(self, names: Mapping[str, str]) -> None:
        """Keep names as they are called now."""
        with self._db.write() as session:
            for user, name in names.items():
                row = session.get(PersonNameRow, user)
                row = row or PersonNameRow(slack_user=user, name="", noted_at=self._clock.now())
                row.name, row.noted_at = name.strip()[:LONGEST_NAME], self._clock.now()
                session.add(row)
