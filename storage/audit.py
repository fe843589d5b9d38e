"""The audit log: append-only, chained by HMAC, its head anchored outside the database (M56).

An entry's HMAC covers its number, time, kind, subject, actor, data and the HMAC before it. Without
the key nobody can forge one; without a break in the chain nobody can change, drop, move or insert
one; and the anchor's files show when entries were cut off, or the whole chain was rebuilt.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from knowledge.clock import Clock, SystemClock
from knowledge.errors import StorageFailed
from storage import audit_verify
from storage.audit_anchor import START, Anchor, Head
from storage.audit_key import load_or_create_key
from storage.audit_kinds import require_known_fields
from storage.audit_texts import first_altered
from storage.audit_verify import AuditVerdict, Progress, canonical, moment
from storage.database import Database, after_commit
from storage.tables import AuditKeyRow, AuditRow

LONGEST_WORD = 200
"""Audit data are ids, labels, numbers and hashes; a longer string is a text that strayed in."""

MOST_CAUGHT_UP = 50_000
"""Marks that an anchor which fell behind takes up at once: half a second of reading."""

JOINED = "anchor.begun"
"""A home folder's anchor begins here."""

_TAIL = "trailguide_audit_tail"
_FOREIGN = (
    "The audit log in this database was begun with another audit.key; copy that audit.key into "
    "TRAILGUIDE_HOME, or set TRAILGUIDE_AUDIT_KEY (homes that share a database share the key), or "
    "use another database."
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry as a reader sees it; `at` is ISO 8601 in UTC."""

    seq: int
    at: str
    kind: str
    subject_id: str
    actor: str
    data: dict[str, Any]


class Audit:
    """Appends entries within the caller's transaction, and verifies the whole.

    `home` names the home folder of the anchor where several homes share a database; its anchor then
    begins where the log is when the home makes its first entry, and an entry says so.
    """

    def __init__(
        self,
        key: bytes,
        anchor: Path | None = None,
        clock: Clock | None = None,
        *,
        home: str = "",
    ) -> None:
        self._key = key
        self._anchor = Anchor(anchor, key) if anchor else None
        self._clock = clock or SystemClock()
        self._joins_as = home

    def append(
        self, session: Session, kind: str, subject_id: str, actor: str, data: Mapping[str, Any]
    ) -> int:
        """Add an entry in the transaction of `session` (from `Database.write`); return its number.

        `data` holds ids, labels, numbers and salted hashes only; longer strings are refused, and
        so are fields that its kind does not have (`storage/audit_kinds.py`).
        Raises `StorageFailed`, so that the change is not made either, when the log was begun with
        another key: an entry under ours would break the chain for good.
        """
        _refuse_texts(data)
        require_known_fields(kind, data)
        self._require_own(session)
        self._join_once(session)
        last = _last(session)
        row = AuditRow(
            seq=last.seq + 1 if last else 1,
            at=self._clock.now(),
            kind=kind,
            subject_id=subject_id,
            actor=actor,
            data=json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
            previous=last.hmac if last else START,
            hmac="",
        )
        row.hmac = self._sign(canonical(row))
        session.add(row)
        session.flush()
        self._anchor_after_commit(session, row)
        return row.seq

    def entries(self, db: Database, subject_id: str | None = None) -> list[AuditEntry]:
        """All entries, or those about one subject, oldest first."""
        query = select(AuditRow).order_by(col(AuditRow.seq))
        if subject_id is not None:
            query = query.where(AuditRow.subject_id == subject_id)
        with db.read() as session:
            return [
                AuditEntry(r.seq, moment(r.at), r.kind, r.subject_id, r.actor, json.loads(r.data))
                for r in session.exec(query)
            ]

    def verify(self, db: Database, progress: Progress | None = None) -> AuditVerdict:
        """Walk the chain from the first entry to the anchored head, then what it marked."""
        with db.read() as session:
            held = session.get(AuditKeyRow, 1)
            if held is not None and held.fingerprint != self._fingerprint:
                return AuditVerdict(ok=False, entries=audit_verify.count(db), why=_FOREIGN)
            is_new = self._is_new(session, self._joins_as)
        anchor = None if is_new else self._anchor
        verdict = audit_verify.verify(db, anchor, self._sign, progress)
        if verdict.ok:
            with db.read() as session:
                verdict = first_altered(session, verdict)
        return replace(verdict, since=verdict.entries + 1) if is_new else verdict

    def require_own(self, db: Database) -> None:
        """Raise `StorageFailed` when the log was begun with another key: nothing could be kept."""
        with db.read() as session:
            held = session.get(AuditKeyRow, 1)
        if held is not None and held.fingerprint != self._fingerprint:
            raise StorageFailed(_FOREIGN)

    def _join_once(self, session: Session) -> None:
        """Begin the anchor of a home that is new to the log, before its first entry.

        A home that was there before and has lost its anchor is not let in again: `verify` tells.
        """
        home, self._joins_as = self._joins_as, ""
        if self._anchor is None or not self._is_new(session, home):
            return
        last = _last(session)
        if last is not None:
            self._anchor.begin(Head(last.seq, last.hmac))
        self.append(session, JOINED, home, "", {"entries": last.seq if last else 0})

    def _is_new(self, session: Session, home: str) -> bool:
        """Whether this home has yet to join, which one that lost its anchor has done already."""
        if not home or self._anchor is None or self._anchor.is_there:
            return False
        joined = select(AuditRow.seq).where(AuditRow.kind == JOINED, AuditRow.subject_id == home)
        return session.exec(joined).first() is None

    def _require_own(self, session: Session) -> None:
        """Note our key's fingerprint with the first entry; with later ones, compare it."""
        held = session.get(AuditKeyRow, 1)
        if held is None:
            session.add(AuditKeyRow(id=1, fingerprint=self._fingerprint))
        elif held.fingerprint != self._fingerprint:
            raise StorageFailed(_FOREIGN)

    @property
    def _fingerprint(self) -> str:
        return self._sign("fingerprint of the audit key")[:16]

    def _sign(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), "sha256").hex()

    def _anchor_after_commit(self, session: Session, row: AuditRow) -> None:
        """Have the anchor moved on to this entry once it is durable, if it may move on."""
        if self._anchor is None:
            return
        tails: dict[int, list[str] | None] = session.info.setdefault(_TAIL, {})
        if id(self) in tails:
            tail = tails[id(self)]
            if tail is not None:
                tail.append(row.hmac)
        else:
            tail = tails[id(self)] = self._tail(session, self._anchor, row)
        if tail is not None:
            anchor, head = self._anchor, Head(row.seq, row.hmac)
            after_commit(session, "audit", lambda: anchor.move(head, tail[-MOST_CAUGHT_UP:]))

    @staticmethod
    def _tail(session: Session, anchor: Anchor, row: AuditRow) -> list[str] | None:
        """The HMACs after the anchored entry; None when the anchor may not move on.

        It may when it is there, and the entry that it names is too. Else it stays for `verify` to
        find; moved on, it would cover up for a cut end or a chain that was rebuilt.
        """
        if row.seq == 1:
            anchor.begin()
        try:
            head = anchor.read()
        except ValueError:
            head = None
        if head is not None:
            named = session.get(AuditRow, head.seq) if head.seq else None
            if head == (0, START) or (named is not None and named.hmac == head.hmac):
                since = max(head.seq, row.seq - MOST_CAUGHT_UP)
                after = select(AuditRow.hmac).where(AuditRow.seq > since)
                return list(session.exec(after.order_by(col(AuditRow.seq))))
        _log.error("The audit anchor and the log do not agree; run `trailguide audit verify`.")
        return None


def _last(session: Session) -> AuditRow | None:
    return session.exec(select(AuditRow).order_by(col(AuditRow.seq).desc()).limit(1)).first()


def _refuse_texts(data: Any) -> None:
    if isinstance(data, str):
        if len(data) > LONGEST_WORD:
            raise ValueError("Texts do not belong in the audit log; put in a salted hash.")
    elif isinstance(data, Mapping):
        for value in data.values():
            _refuse_texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            _refuse_texts(value)


__all__ = ["START", "Audit", "AuditEntry", "AuditVerdict", "load_or_create_key"]
