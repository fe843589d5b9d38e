"""The writes that wait for the CRM: taken up by one process at a time, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, or_, select

from knowledge.clock import Clock
from knowledge.errors import BadInput, NotFound
from storage.audit import Audit
from storage.crm_queue import CONFLICT, DONE, REFUSED, WAITING
from storage.database import Database, batches
from storage.salts import salted
from storage.tables_crm import CrmWriteRow

CLAIM = timedelta(minutes=10)
"""Longest that a process may take for what it took up; another one goes on after that. Far above
what a hundred writes take, paced."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""Between the machines of two processes, at most; what is further ahead was set by a clock that was
put back since."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
"""Between tries of one write: doubled each time, so that a day without the CRM costs ten tries.
Nothing rests for longer, whatever a provider asks for."""


@dataclass(frozen=True, slots=True)
class Queued:
    """One write that waits; of a touch `suggestion_id` is set, of a fact `fact` and `value`.

    `base` is what the CRM had in the field then. `inferred` marks a stage that was read and not
    told. `external_id` is the activity's, once it
    was written. `theirs` is what the CRM has instead, of a conflict.
    """

    id: int
    key: str
    lead_id: str
    version: int
    suggestion_id: str | None
    fact: str
    value: Any
    value_at: datetime
    base: str | None
    inferred: bool
    tries: int
    external_id: str
    state: str
    theirs: Any
    theirs_at: datetime | None
    why: str


class CrmWrites:
    """The queue of one CRM, from its other end."""

    def __init__(self, db: Database, clock: Clock, audit: Audit, crm: str) -> None:
        self._db, self._clock, self._audit, self._crm = db, clock, audit, crm

    def claim(self, most: int) -> list[Queued]:
        """Take up what is due, oldest first; nobody else gets it for `CLAIM`."""
        with self._db.write() as session:
            now = self._clock.now()  # after the wait for our turn: others claimed meanwhile
            query = (
                select(CrmWriteRow)
                .where(
                    CrmWriteRow.crm == self._crm,
                    CrmWriteRow.state == WAITING,
                    _has_rested(now),
                    _is_free(now),
                )
                .order_by(col(CrmWriteRow.id))
                .limit(most)
            )
            rows = session.exec(query).all()
            for row in rows:
                row.claimed_until = now + CLAIM
                session.add(row)
            return [_queued(row) for row in rows]

    def is_due(self) -> bool:
        """Whether something waits that could be taken up now."""
        now = self._clock.now()
        query = select(CrmWriteRow.id).where(
            CrmWriteRow.crm == self._crm, CrmWriteRow.state == WAITING,
            _has_rested(now),
            _is_free(now),
        )  # fmt: skip
        with self._db.read() as session:
            return session.exec(query.limit(1)).first() is not None

    def written(self, queued: Queued, external_id: str, fields: Sequence[str] = ()) -> None:
        """Note that it is in the CRM; a newer value that came meanwhile still waits."""
        with self._db.write() as session:
            row = self._row(session, queued)
            if row is None:
                return
            row.external_id = external_id
            data = {"what": row.fact or "touch", "fields": sorted(fields), "suggestion": None}
            if row.suggestion_id:
                data["suggestion"] = row.suggestion_id
            self._settle(session, row, queued, DONE)
            self._note(session, "crm.written", row, data)

    def agreed(self, queued: Queued) -> None:
        """Note that the CRM has it already, or is further on."""
        self._settled(queued, DONE)

    def refused(self, queued: Queued, why: str) -> None:
        """Note that the CRM will not have it; `why` is a label without a value."""
        self._settled(queued, REFUSED, why=why)

    def conflict(self, queued: Queued, theirs: Any, theirs_at: datetime | None) -> None:
        """Keep what the CRM has beside ours, for a person to decide."""
        with self._db.write() as session:
            row = self._row(session, queued)
            if row is None or row.version != queued.version:
                return self._release(session, row)
            row.theirs, row.theirs_at = theirs, theirs_at
            self._settle(session, row, queued, CONFLICT)
            self._note(session, "crm.conflict", row, {"what": row.fact})
            return None

    def later(self, queued: Queued, why: str, wait: timedelta | None = None) -> None:
        """Try again after a while: `wait`, or twice as long as the last time."""
        with self._db.write() as session:
            row = self._row(session, queued)
            if row is None:
                return
            row.tries += 1
            pause = FIRST_PAUSE * 2 ** min(row.tries - 1, 12)
            row.not_before = self._clock.now() + min(LONGEST_PAUSE, wait or pause)
            row.claimed_until, row.why = None, why
            session.add(row)

    def settle(self, identity: int, by: str, *, ours: bool) -> Queued:
        """Decide a conflict: write ours after all, or let theirs stand. `NotFound`, `BadInput`."""
        with self._db.write() as session:
            row = session.get(CrmWriteRow, identity)
            if row is None:
                raise NotFound(f"There is no conflict {identity}; see `trailguide crm conflicts`.")
            if row.state != CONFLICT:
                raise BadInput(f"Number {identity} is no conflict any more.")
            queued = _queued(row)
            now = self._clock.now()
            row.state = WAITING if ours else DONE
            row.not_before, row.settled_at = now, None if ours else now
            row.value_at = now if ours else row.value_at
            row.inferred = False if ours else row.inferred
            row.version += 1
            session.add(row)
            self._note(session, "crm.settled", row, {"what": row.fact, "ours": ours}, by)
            return queued

    def ours(self, ids: Collection[str]) -> frozenset[str]:
        """Those of the activities that were written by us."""
        found: set[str] = set()
        with self._db.read() as session:
            for batch in batches(ids):
                query = select(CrmWriteRow.external_id).where(
                    CrmWriteRow.crm == self._crm,
                    col(CrmWriteRow.suggestion_id).is_not(None),
                    col(CrmWriteRow.external_id).in_(batch),
                )
                found |= set(session.exec(query))
        return frozenset(found)

    def conflicts(self) -> list[Queued]:
        """What both sides changed, oldest first."""
        return self._all(CONFLICT)

    def refusals(self) -> list[Queued]:
        """What the CRM will not have, oldest first."""
        return self._all(REFUSED)

    def count(self) -> Counter[str]:
        """How many there are, by state."""
        query = (
            select(CrmWriteRow.state, func.count())
            .where(CrmWriteRow.crm == self._crm)
            .group_by(CrmWriteRow.state)
        )
        with self._db.read() as session:
            return Counter(dict(session.exec(query).all()))

    def _all(self, state: str) -> list[Queued]:
        query = (
            select(CrmWriteRow)
            .where(CrmWriteRow.crm == self._crm, CrmWriteRow.state == state)
            .order_by(col(CrmWriteRow.id))
        )
        with self._db.read() as session:
            return [_queued(row) for row in session.exec(query)]

    def _settled(self, queued: Queued, state: str, *, why: str = "") -> None:
        with self._db.write() as session:
            row = self._row(session, queued)
            if row is not None:
                self._settle(session, row, queued, state, why=why)

    def _settle(
        self, session: Session, row: CrmWriteRow, queued: Queued, state: str, *, why: str = ""
    ) -> None:
        """Close it, unless a newer value came in while it was written: that one waits on."""
        row.claimed_until = None
        if row.version == queued.version:
            row.state, row.why, row.settled_at = state, why, self._clock.now()
            if state != CONFLICT and row.fact:
                row.value = None if state == DONE else row.value
        session.add(row)
        session.flush()

    def _release(self, session: Session, row: CrmWriteRow | None) -> None:
        if row is not None:
            row.claimed_until = None
            session.add(row)

    def _row(self, session: Session, queued: Queued) -> CrmWriteRow | None:
        """The row, None once its lead was erased; ids are used again, so the key tells."""
        row = session.get(CrmWriteRow, queued.id)
        return row if row is not None and row.key == queued.key else None

    def _note(
        self, session: Session, kind: str, row: CrmWriteRow, data: dict[str, Any], by: str = "crm"
    ) -> None:
        mark = salted(session, row.lead_id, row.lead_id)
        told = {k: v for k, v in data.items() if v is not None}
        self._audit.append(session, kind, mark, by, {"lead": mark, **told})


def _queued(row: CrmWriteRow) -> Queued:
    assert row.id is not None  # noqa: S101 - it comes from the table
    return Queued(
        row.id, row.key, row.lead_id, row.version, row.suggestion_id, row.fact, row.value,
        row.value_at, row.base, row.inferred, row.tries, row.external_id, row.state, row.theirs,
        row.theirs_at, row.why,
    )  # fmt: skip


def _has_rested(now: datetime) -> Any:
    """Its pause is over, or longer than any is: then a clock that was ahead made it."""
    not_before = col(CrmWriteRow.not_before)
    return or_(not_before <= now, not_before > now + LONGEST_PAUSE + CLOCKS_DIFFER)


def _is_free(now: datetime) -> Any:
    """Claimed by nobody, or so long ago that whoever did is dead.

    A claim further ahead than any can be is one of a clock that was put back since.
    """
    until = col(CrmWriteRow.claimed_until)
    return or_(until.is_(None), until < now, until > now + CLAIM + CLOCKS_DIFFER)
