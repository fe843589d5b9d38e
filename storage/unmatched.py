"""Signs of people who are no leads here: kept aside, listed, and taken up or dropped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from knowledge.clock import Clock
from knowledge.errors import NotFound
from storage.audit import Audit
from storage.database import Database
from storage.tables_leads import UnmatchedRow


@dataclass(frozen=True, slots=True)
class Sign:
    """What was done by somebody unknown: `who` is a mail address, a name or an id."""

    who: str
    name: str
    action: str
    on: date
    asset: str = ""
    note: str = ""
    source: str = ""

    @property
    def id(self) -> str:
        """The same for the same sign, whichever run tells it."""
        told = "\n".join(str(part).strip().casefold() for part in astuple(self)[:-1])
        return hashlib.sha256(told.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Kept:
    """A sign that is kept, under its id, since when."""

    id: str
    sign: Sign
    since: datetime


class Unmatched:
    """The signs that are kept aside."""

    def __init__(self, db: Database, clock: Clock, audit: Audit) -> None:
        self._db, self._clock, self._audit = db, clock, audit

    def keep(self, signs: Iterable[Sign], by: str) -> int:
        """Keep signs aside; return how many are new."""
        told = {sign.id: sign for sign in signs}
        if not told:
            return 0
        with self._db.write() as session:
            new = keep(session, told.values(), self._clock.now())
            if new:
                self._audit.append(session, "signal.unmatched", "", by, {"count": new})
            return new

    def all(self) -> list[Kept]:
        """Everything that is kept, oldest first."""
        row = UnmatchedRow
        query = select(row).order_by(col(row.noted_at), col(row.happened_on), col(row.id))
        with self._db.read() as session:
            return [_kept(r) for r in session.exec(query)]

    def get(self, identity: str) -> Kept:
        """One of them; `NotFound`."""
        with self._db.read() as session:
            row = session.get(UnmatchedRow, identity)
            if row is None:
                raise NotFound(
                    f"There is no sign '{identity[:40]}'; see `trailguide leads unmatched`."
                )
            return _kept(row)

    def drop(self, ids: Iterable[str], by: str, why: str) -> int:
        """Take signs out, taken up or of no use; return how many there were."""
        with self._db.write() as session:
            rows = [row for i in ids if (row := session.get(UnmatchedRow, i))]
            for row in rows:
                session.delete(row)
            if rows:
                data = {"count": len(rows), "why": why}
                self._audit.append(session, "signal.unmatched_settled", "", by, data)
            return len(rows)


def keep(session: Session, signs: Iterable[Sign], now: datetime) -> int:
    """Keep signs aside in the transaction of the caller; return how many are new."""
    new = 0
    for sign in signs:
        if session.get(UnmatchedRow, sign.id) is None:
            new += 1
            session.add(
                UnmatchedRow(
                    id=sign.id, who=sign.who, name=sign.name, action=sign.action,
                    happened_on=sign.on, asset=sign.asset, note=sign.note, source=sign.source,
                    noted_at=now,
                )
            )  # fmt: skip
    session.flush()
    return new


def _kept(row: UnmatchedRow) -> Kept:
    sign = Sign(
        row.who, row.name, row.action, row.happened_on, row.asset, row.note, row.source
    )  # fmt: skip
    return Kept(row.id, sign, row.noted_at)
