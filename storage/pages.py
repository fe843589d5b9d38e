"""Pages as their sites told of them when they were last read, to ask only for what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from knowledge.clock import Clock
from storage.database import Database
from storage.tables import PageRow


@dataclass(frozen=True, slots=True)
class PageNote:
    """What a site and a list said of a page; `reader` is the version of our reading then."""

    etag: str = ""
    modified: str = ""
    changed: str = ""
    reader: str = ""
    read_at: datetime | None = None


class Pages:
    """Notes by address."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def known(self, url: str) -> PageNote | None:
        """What is known of a page; None when it was never read."""
        with self._db.read() as session:
            row = session.get(PageRow, url)
            return (
                PageNote(row.etag, row.modified, row.changed, row.reader, row.read_at)
                if row
                else None
            )

    def keep(self, url: str, note: PageNote) -> None:
        """Note a page as it was read just now."""
        with self._db.write() as session:
            session.merge(
                PageRow(
                    url=url, etag=note.etag, modified=note.modified, changed=note.changed,
                    reader=note.reader, read_at=self._clock.now(),
                )
            )  # fmt: skip
