"""How much is asked within a minute, counted in what was taken in: shared by all processes.

The count and the event are one transaction, so that a cap holds however many bots write at once,
and a restart forgets nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, ScalarSelect, bindparam
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from knowledge.clock import Clock
from storage.database import Database
from storage.tables import InboxRow

WINDOW = timedelta(minutes=1)
CAPPED = "capped"
"""The kind of the event that tells a person that asks were not taken."""


@dataclass(frozen=True, slots=True)
class Caps:
    """Most asks within a minute, of one person and of all together; 0 for no cap."""

    person: int
    together: int


@dataclass(frozen=True, slots=True)
class Asked:
    """An ask as it came; `lane` is what it waits in."""

    key: str
    kind: str
    asker: str
    payload: dict[str, Any]
    lane: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an ask. `go_on` is when the next is taken, where this one was not.

    `tell` is the key of the event that says so: none where the person was told within a minute.
    """

    is_new: bool
    go_on: datetime | None = None
    tell: str | None = None


Notice = Callable[[datetime], dict[str, Any]]
"""What the event that tells the person holds, by the time to go on."""


class Quotas:
    """Takes asks in, up to what was agreed."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def take(self, asked: Asked, caps: Caps, notice: Notice | None) -> Taken:
        """Keep an ask, or its key alone where it is one too many; a repeat changes nothing.

        `notice` is None where the person is told by the answer to the request itself.
        """
        with self._db.write(first=True) as session:
            if session.get(InboxRow, asked.key) is not None:
                return Taken(is_new=False)
            now = self._clock.now()
            go_on = _go_on(session, asked.asker, caps, now)
            row = InboxRow(key=asked.key, kind=asked.kind, lane=asked.lane, received_at=now)
            if go_on is None:
                row.payload, row.asker = asked.payload, asked.asker
                session.add(row)
                return Taken(is_new=True)
            row.done_at = now  # the key stays, so that a repeat is known; its words are not kept
            session.add(row)
            if notice is None or _told_lately(session, asked.asker, now):
                return Taken(is_new=True, go_on=go_on)
            key = f"{CAPPED}:{asked.key}"
            told = InboxRow(key=key, kind=CAPPED, lane=f"{CAPPED}:{asked.asker}", received_at=now)
            told.payload, told.asker = notice(go_on), asked.asker
            session.add(told)
            return Taken(is_new=True, go_on=go_on, tell=key)


def _go_on(session: Session, asker: str, caps: Caps, now: datetime) -> datetime | None:
    """When the person may go on; None where they may at once.

    The first ask within a minute is always taken, so that many who ask much stop nobody else.
    """
    own, any_own, of_all = session.execute(
        _COUNTED,
        {"asker": asker, "now": now, "since": now - WINDOW,
         "own": max(caps.person - 1, 0), "together": max(caps.together - 1, 0)},
    ).one()  # fmt: skip
    if caps.person and own:
        return cast(datetime, own) + WINDOW
    return cast(datetime, of_all) + WINDOW if caps.together and any_own and of_all else None


def _latest_but(newer: str | int, *whose: ColumnElement[bool]) -> ScalarSelect[datetime]:
    """The time of the ask within the window that so many newer ones follow."""
    asked = col(InboxRow.received_at)
    return (
        select(asked)
        # What a clock that went ahead calls later counts for nothing.
        .where(*whose, asked > bindparam("since"), asked <= bindparam("now"))
        .where(col(InboxRow.kind) != CAPPED)
        .order_by(asked.desc())
        .offset(bindparam(newer, type_=Integer) if isinstance(newer, str) else newer)
        .limit(1)
        .scalar_subquery()
    )


_BY_ASKER = col(InboxRow.asker) == bindparam("asker")
_COUNTED = sql_select(
    _latest_but("own", _BY_ASKER),
    _latest_but(0, _BY_ASKER),
    _latest_but("together", col(InboxRow.asker).is_not(None)),
)
"""Made once and asked as one, out of indexes alone: an acknowledgement waits for it, and every
other writer behind it."""


def _told_lately(session: Session, asker: str, now: datetime) -> bool:
    query = select(InboxRow.key).where(
        col(InboxRow.asker) == asker, *_within(now), col(InboxRow.kind) == CAPPED
    )
    return session.exec(query).first() is not None


def _within(now: datetime) -> tuple[Any, Any]:
    """In the last minute; what a clock that went ahead calls later counts for nothing."""
    return col(InboxRow.received_at) > now - WINDOW, col(InboxRow.received_at) <= now
