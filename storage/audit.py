"""The audit log: append-only, chained by HMAC, its head anchored outside the database (M56).

An entry's HMAC covers its number, time, kind, subject, actor, data and the HMAC before it. Without
the key nobody can forge one; without a break in the chain nobody can change, drop, move or insert
one; and the anchor file shows when entries were cut off at the end.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from knowledge.clock import Clock, SystemClock
from knowledge.errors import StorageFailed
from storage.database import Database, after_commit
from storage.tables import AuditKeyRow, AuditRow

START = "0" * 64
"""What the first entry has in place of a forerunner."""

KEY_BYTES = 32
LONGEST_WORD = 200
"""Audit data are ids, labels, numbers and hashes; a longer string is a text that strayed in."""

_FOREIGN = (
    "The audit log in this database was begun with another audit.key; copy that audit.key into "
    "TRAILGUIDE_HOME (homes that share a database share the key), or use another database."
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether the log is whole; else the number of the first bad entry, if one can be named."""

    ok: bool
    entries: int
    first_bad: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry as a reader sees it; `at` is ISO 8601 in UTC."""

    seq: int
    at: str
    kind: str
    subject_id: str
    actor: str
    data: dict[str, Any]


class _Walk(NamedTuple):
    entries: int
    at_anchor: str
    verdict: AuditVerdict | None


class Audit:
    """Appends entries within the caller's transaction, and verifies the whole."""

    def __init__(self, key: bytes, anchor: Path | None = None, clock: Clock | None = None) -> None:
        self._key = key
        self._anchor = anchor
        self._clock = clock or SystemClock()

    def append(
        self, session: Session, kind: str, subject_id: str, actor: str, data: Mapping[str, Any]
    ) -> int:
        """Add an entry in the transaction of `session` (from `Database.write`); return its number.

        `data` holds ids, labels, numbers and salted hashes only; longer strings are refused.
        Raises `StorageFailed`, so that the change is not made either, when the log was begun with
        another key: an entry under ours would break the chain for good.
        """
        _refuse_texts(data)
        self._require_own(session)
        last = session.exec(select(AuditRow).order_by(col(AuditRow.seq).desc()).limit(1)).first()
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
        row.hmac = self._sign(_canonical(row))
        session.add(row)
        session.flush()
        if self._anchor and self._anchor_holds(session, first=row.seq == 1):
            seq, mac = row.seq, row.hmac
            after_commit(session, "audit", lambda: self._move_anchor(seq, mac))
        return row.seq

    def entries(self, db: Database, subject_id: str | None = None) -> list[AuditEntry]:
        """All entries, or those about one subject, oldest first."""
        query = select(AuditRow).order_by(col(AuditRow.seq))
        if subject_id is not None:
            query = query.where(AuditRow.subject_id == subject_id)
        with db.read() as session:
            return [
                AuditEntry(r.seq, _moment(r), r.kind, r.subject_id, r.actor, json.loads(r.data))
                for r in session.exec(query)
            ]

    def verify(self, db: Database) -> AuditVerdict:
        """Walk the chain from the first entry to the anchored head."""
        with db.read() as session:
            held = session.get(AuditKeyRow, 1)
        if held is not None and held.fingerprint != self._fingerprint:
            return AuditVerdict(ok=False, entries=_count(db), why=_FOREIGN)
        try:
            anchored = self._read_anchor()  # first: entries may be added while we read
        except ValueError as error:
            return AuditVerdict(ok=False, entries=_count(db), why=str(error))
        walk = self._walk(db, anchored[0] if anchored else None)
        if walk.verdict is not None:
            return walk.verdict
        entries = walk.entries
        bad, why = None, ""
        if anchored is None:
            if self._anchor and entries:
                why = f"The anchor file {self._anchor} is missing, so a cut end would not show."
        elif anchored[0] > entries:
            bad = entries + 1
            why = f"Entries {bad} to {anchored[0]} were cut off at the end."
        elif anchored[1] != walk.at_anchor:
            bad = anchored[0] or None
            why = f"Entry {anchored[0]} is not the one that was anchored."
        return AuditVerdict(ok=not why, entries=entries, first_bad=bad, why=why)

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

    def _walk(self, db: Database, stop_at: int | None) -> _Walk:
        """Check number, HMAC and forerunner of every entry; note the HMAC of entry `stop_at`."""
        entries, previous, at_anchor = 0, START, START
        with db.read() as session:
            query = select(AuditRow).order_by(col(AuditRow.seq))
            for row in session.exec(query.execution_options(yield_per=1000)):
                expected = entries + 1
                if row.seq != expected:
                    why = f"Entry {expected} is missing."
                elif not hmac.compare_digest(row.hmac, self._sign(_canonical(row))):
                    why = f"Entry {expected} was changed, moved or put in."
                elif row.previous != previous:
                    why = f"Entry {expected} does not follow the one before it."
                else:
                    entries, previous = expected, row.hmac
                    at_anchor = row.hmac if expected == stop_at else at_anchor
                    continue
                bad = AuditVerdict(ok=False, entries=_count(db), first_bad=expected, why=why)
                return _Walk(entries, at_anchor, bad)
        return _Walk(entries, at_anchor, None)

    def _sign(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def _read_anchor(self) -> tuple[int, str] | None:
        """The anchored number and HMAC, None without a file; `ValueError` when it was altered."""
        if self._anchor is None or not self._anchor.exists():
            return None
        try:
            held = json.loads(self._anchor.read_text("utf-8"))
            seq, mac = int(held["seq"]), str(held["hmac"])
            genuine = hmac.compare_digest(str(held["seal"]), self._sign(f"anchor {seq} {mac}"))
        except (ValueError, KeyError, TypeError):
            genuine = False
        if not genuine:
            raise ValueError(f"The anchor file {self._anchor} was changed.")
        return seq, mac

    def _anchor_holds(self, session: Session, *, first: bool) -> bool:
        """Whether the anchor may move on: it is there, and the entry that it names is too.

        Else it stays for `verify` to find; moved on, it would cover up for a cut end.
        """
        if first:
            self._move_anchor(0, START)  # so that a lost anchor can be told from a new one
        try:
            held = self._read_anchor()
        except ValueError:
            held = None
        if held is not None:
            row = session.get(AuditRow, held[0]) if held[0] else None
            if held == (0, START) or (row is not None and row.hmac == held[1]):
                return True
        _log.error("The audit anchor and the log do not agree; run `trailguide audit verify`.")
        return False

    def _move_anchor(self, seq: int, mac: str) -> None:
        """Replace the anchor, never by an older head than it holds.

        The change it belongs to is committed already, so a failure here is logged, not raised: the
        chain itself still holds, and the next entry moves the anchor on.
        """
        if self._anchor is None:
            return
        try:
            with self._anchor.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                held = self._read_anchor()
                if held is not None and held[0] >= seq:
                    return
                seal = self._sign(f"anchor {seq} {mac}")
                fresh = self._anchor.with_suffix(".new")
                with fresh.open("w", encoding="utf-8") as file:
                    json.dump({"seq": seq, "hmac": mac, "seal": seal}, file)
                    file.flush()
                    os.fsync(file.fileno())
                fresh.replace(self._anchor)
        except (OSError, ValueError) as error:
            _log.warning("The audit anchor could not be moved to entry %d: %s", seq, error)


def load_or_create_key(path: Path) -> bytes:
    """The audit key at `path`, made once, readable by its owner only.

    Raises `StorageFailed` when the file cannot be read or made, or is not a key.
    """
    try:
        if not path.exists():
            fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
            with os.fdopen(
                os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)  # whole or not at all; the first of two processes wins
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        key = path.read_bytes()
    except OSError as error:
        raise StorageFailed(
            f"The audit key {path} cannot be read or made ({error.strerror}); "
            "check that its folder is there and that you may write to it."
        ) from error
    if len(key) != KEY_BYTES:
        raise StorageFailed(f"The audit key {path} is damaged; put a backup in its place.")
    return key


def _moment(row: AuditRow) -> str:
    return row.at.astimezone(UTC).isoformat(timespec="microseconds")


def _canonical(row: AuditRow) -> str:
    parts = [row.seq, _moment(row), row.kind, row.subject_id, row.actor, row.data, row.previous]
    return json.dumps(parts, separators=(",", ":"), ensure_ascii=False)


def _count(db: Database) -> int:
    with db.read() as session:
        return len(session.exec(select(AuditRow.seq)).all())


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
