"""The hype of texts that were audited before, so that a second import reads nothing twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Table, insert, select

import storage.tables  # noqa: F401 - registers the table
from storage.columns import metadata
from storage.database import Database, batches

TONE_AUDIT: Table = metadata.tables["tone_audit"]


class ToneAudits:
    """Scores from 0 to 1, by a digest of the text and of the audit's version."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def known(self, digests: Collection[str]) -> dict[str, float]:
        """The scores of those digests that have one."""
        found: dict[str, float] = {}
        with self._db.read() as session:
            for batch in batches(digests):
                query = select(TONE_AUDIT).where(TONE_AUDIT.c.digest.in_(batch))
                found |= {row.digest: row.hype for row in session.execute(query)}
        return found

    def keep(self, scores: Mapping[str, float]) -> None:
        """Keep scores; those that are known already stay."""
        if not scores:
            return
        with self._db.write() as session:
            query = select(TONE_AUDIT.c.digest).where(TONE_AUDIT.c.digest.in_(list(scores)))
            known = {row.digest for row in session.execute(query)}
            fresh = [{"digest": d, "hype": h} for d, h in scores.items() if d not in known]
            if fresh:
                session.execute(insert(TONE_AUDIT), fresh)
