"""How far each stream of the CRM was pulled, kept after every page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select

from knowledge.clock import Clock
from storage.database import Database
from storage.tables_crm import CrmCursorRow

LONGEST_TROUBLE = 300


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far one stream was pulled: `since` by the CRM's clock, `cursor` within a pull.

    `highest` is the latest change met in the pull under way, `records` how many it brought.
    `noted` counts by label what could not be read.
    """

    stream: str
    since: datetime | None = None
    cursor: str | None = None
    highest: datetime | None = None
    began_at: datetime | None = None
    done_at: datetime | None = None
    not_before: datetime | None = None
    records: int = 0
    trouble: str = ""
    noted: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_under_way(self) -> bool:
        """Whether a pull of it was begun and is not over."""
        return self.began_at is not None


class CrmCursors:
    """The cursors of one CRM."""

    def __init__(self, db: Database, clock: Clock, crm: str) -> None:
        self._db, self._clock, self._crm = db, clock, crm

    def get(self, stream: str) -> Cursor:
        """The cursor of a stream; a fresh one when it was never pulled."""
        with self._db.read() as session:
            row = session.get(CrmCursorRow, (self._crm, stream))
            return _cursor(row) if row else Cursor(stream)

    def all(self) -> list[Cursor]:
        """Every cursor there is, by stream."""
        query = (
            select(CrmCursorRow)
            .where(CrmCursorRow.crm == self._crm)
            .order_by(col(CrmCursorRow.stream))
        )
        with self._db.read() as session:
            return [_cursor(row) for row in session.exec(query)]

    def begin(self, stream: str) -> Cursor:
        """Begin a pull, or go on with the one under way."""
        with self._db.write() as session:
            row = session.get(CrmCursorRow, (self._crm, stream)) or CrmCursorRow(
                crm=self._crm, stream=stream
            )
            if row.began_at is None:
                row.began_at, row.cursor, row.highest = self._clock.now(), None, None
                row.records, row.noted = 0, {}
            session.add(row)
            return _cursor(row)

    def page_done(
        self,
        stream: str,
        cursor: str | None,
        *,
        highest: datetime | None = None,
        records: int = 0,
        noted: Mapping[str, int] | None = None,
        most: datetime | None = None,
    ) -> Cursor:
        """Note that a page is in; with no `cursor` the pull is over, and `since` moves on.

        It moves to the latest change that was met, but no further than to `most`; never back, and
        never by our own clock.
        """
        with self._db.write() as session:
            row = session.get(CrmCursorRow, (self._crm, stream))
            if row is None:
                raise ValueError(f"the pull of {stream} was not begun")
            row.cursor, row.records = cursor, row.records + records
            row.trouble, row.not_before = "", None
            known = [moment for moment in (row.highest, highest) if moment]
            row.highest = max(known, default=None)
            for label, count in (noted or {}).items():
                row.noted = {**row.noted, label: row.noted.get(label, 0) + count}
            if cursor is None:
                end = min(row.highest, most) if row.highest and most else row.highest
                row.since = max((m for m in (row.since, end) if m), default=None)
                row.began_at, row.done_at = None, self._clock.now()
            session.add(row)
            return _cursor(row)

    def trouble(self, stream: str, told: str, not_before: datetime | None) -> None:
        """Note why a pull did not go on, in a sentence without lead data, and when it may."""
        with self._db.write() as session:
            row = session.get(CrmCursorRow, (self._crm, stream)) or CrmCursorRow(
                crm=self._crm, stream=stream
            )
            row.trouble, row.not_before = told[:LONGEST_TROUBLE], not_before
            session.add(row)

    def start_over(self) -> None:
        """Forget how far the pulls came, so that everything is pulled once more."""
        with self._db.write() as session:
            for row in session.exec(select(CrmCursorRow).where(CrmCursorRow.crm == self._crm)):
                session.delete(row)


def _cursor(row: CrmCursorRow) -> Cursor:
    return Cursor(
        row.stream, row.since, row.cursor, row.highest, row.began_at, row.done_at, row.not_before,
        row.records, row.trouble, dict(row.noted),
    )  # fmt: skip
