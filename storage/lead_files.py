"""Lists of leads that somebody sent in Slack: kept until they are taken in or given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.clock import Clock
from knowledge.errors import NotFound
from storage.database import Database
from storage.tables_leads import LeadFileRow

WAITING, TAKEN = "waiting", "taken"


@dataclass(frozen=True, slots=True)
class LeadFiles:
    """Files of one message, by name, with who sent them."""

    id: str
    sent_by: str
    files: Mapping[str, str]
    state: str


class WaitingFiles:
    """The lists that wait."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def keep(self, identity: str, by: str, files: Mapping[str, str]) -> None:
        """Keep the files of a message; what is kept already stays as it is."""
        with self._db.write() as session:
            if session.get(LeadFileRow, identity) is None:
                names, now = ", ".join(files), self._clock.now()
                session.add(
                    LeadFileRow(id=identity, sent_by=by, name=names, files=dict(files), sent_at=now)
                )

    def get(self, identity: str) -> LeadFiles:
        """What waits under an id; `NotFound` when it was taken in long ago, or erased."""
        with self._db.read() as session:
            row = session.get(LeadFileRow, identity)
        if row is None or (row.files is None and row.state != TAKEN):
            raise NotFound("That list is not kept any more; send the file once more.")
        return LeadFiles(row.id, row.sent_by, row.files or {}, row.state)

    def taken(self, identity: str) -> None:
        """Let the words go once they are in the records."""
        with self._db.write() as session:
            row = session.get(LeadFileRow, identity)
            if row is not None:
                row.files, row.name, row.state = None, "", TAKEN
                session.add(row)
