"""The audit log for many entries in one transaction: chained in memory, inserted in one go."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert
from sqlmodel import Session, col, select

from knowledge.clock import Clock
from storage.audit import START, Audit, _refuse_texts
from storage.audit_kinds import require_known_fields
from storage.audit_verify import canonical
from storage.columns import metadata
from storage.tables import AuditRow

_TABLE: Table = metadata.tables["audit"]
_COLUMNS = tuple(column.name for column in _TABLE.columns)


class BulkAudit(Audit):
    """Entries wait until `settle`; `finish` moves the anchor on, in the transaction of the changes.

    One writer holds the whole chain meanwhile, which a write transaction of ours sees to.
    """

    def __init__(self, key: bytes, anchor: Path | None = None, clock: Clock | None = None) -> None:
        super().__init__(key, anchor, clock)
        self._head: tuple[int, str] | None = None
        self._last: AuditRow | None = None
        self._waiting: list[dict[str, Any]] = []

    @classmethod
    def beside(cls, audit: Audit) -> BulkAudit:
        """One that goes on with another's key, anchor and clock; for one transaction."""
        bulk = cls(audit._key, None, audit._clock)  # noqa: SLF001 - of one family
        bulk._anchor = audit._anchor  # noqa: SLF001
        return bulk

    def append(
        self, session: Session, kind: str, subject_id: str, actor: str, data: Mapping[str, Any]
    ) -> int:
        """Add an entry behind those that wait; return its number."""
        _refuse_texts(data)
        require_known_fields(kind, data)
        seq, previous = self._head or self._begin(session)
        row = AuditRow(
            seq=seq + 1,
            at=self._clock.now(),
            kind=kind,
            subject_id=subject_id,
            actor=actor,
            data=json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
            previous=previous,
            hmac="",
        )
        row.hmac = self._sign(canonical(row))
        self._waiting.append({name: getattr(row, name) for name in _COLUMNS})
        self._head, self._last = (row.seq, row.hmac), row
        return row.seq

    def settle(self, session: Session) -> None:
        """Insert what waits."""
        if self._waiting:
            session.execute(insert(_TABLE), self._waiting)
            self._waiting = []

    def finish(self, session: Session) -> None:
        """Insert what waits, and have the anchor moved on once that is committed."""
        self.settle(session)
        if self._last is not None:
            self._anchor_after_commit(session, self._last)

    def _begin(self, session: Session) -> tuple[int, str]:
        """The head of the log as it stands; notes the key, and begins the anchor of a new one."""
        self._require_own(session)
        last = session.exec(select(AuditRow).order_by(col(AuditRow.seq).desc()).limit(1)).first()
        if last is None and self._anchor is not None:
            self._anchor.begin()
        return (last.seq, last.hmac) if last else (0, START)
