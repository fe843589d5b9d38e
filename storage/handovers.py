"""Leads that sales took over, with the definition used, until a person gives them back (M50)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from knowledge.clock import Clock
from knowledge.errors import BadInput
from knowledge.handover import Handover
from storage.audit import Audit
from storage.database import Database, batches
from storage.presence import require_lead
from storage.salts import salted
from storage.tables_plans import HandoverRow

_IN_ORDER = (col(HandoverRow.at), col(HandoverRow.back_on).is_(None), col(HandoverRow.id))
"""Oldest first; of one moment what is still open is the latest, as only one can be."""


class Handovers:
    """Hand-overs by lead; each change is audited with it."""

    def __init__(self, db: Database, clock: Clock, audit: Audit) -> None:
        self._db, self._clock, self._audit = db, clock, audit

    def of(self, lead_id: str) -> Handover | None:
        """The latest hand-over of a lead, given back or not; None when there was none."""
        return self.of_all([lead_id]).get(lead_id)

    def of_all(self, ids: Collection[str]) -> dict[str, Handover]:
        """The latest hand-over of each of these leads."""
        found: dict[str, Handover] = {}
        with self._db.read() as session:
            for batch in batches(sorted(ids)):
                query = select(HandoverRow).where(col(HandoverRow.lead_id).in_(batch))
                for row in session.exec(query.order_by(*_IN_ORDER)):
                    found[row.lead_id] = _told(row)
        return found

    def how_often(self, lead_id: str) -> int:
        """How many times a lead was handed over so far."""
        query = select(HandoverRow.id).where(HandoverRow.lead_id == lead_id)
        with self._db.read() as session:
            return len(session.exec(query).all())

    def marks(self) -> dict[str, tuple[Any, ...]]:
        """By lead id, what changes whenever it is handed over or given back."""
        query: Any = select(HandoverRow.lead_id, HandoverRow.id, HandoverRow.back_on)
        found: dict[str, tuple[Any, ...]] = {}
        with self._db.read() as session:
            for lead_id, *told in session.exec(query.order_by(col(HandoverRow.at))):
                found[lead_id] = (*found.get(lead_id, ()), *told)
        return found

    def give(self, handover: Handover) -> Handover:
        """Hand a lead over, once: while sales has it, the hand-over there is comes back."""
        with self._db.write() as session:
            require_lead(session, handover.lead_id)
            held = _open(session, handover.lead_id) or session.get(HandoverRow, handover.id)
            if held is not None:
                return _told(held)
            row = HandoverRow(
                id=handover.id, lead_id=handover.lead_id, rule=handover.rule,
                reason=handover.reason, owner=handover.owner,
                definition_version=handover.definition_version, definition=handover.definition,
                on=handover.on, at=self._clock.now(), by=handover.by,
            )  # fmt: skip
            session.add(row)
            session.flush()
            self._note(session, "lead.handed_over", row, row.by)
            return _told(row)

    def take_back(self, lead_id: str, on: date, by: str, because: str = "") -> Handover:
        """Give a lead back to nurturing; `BadInput` when sales has not got it."""
        with self._db.write() as session:
            require_lead(session, lead_id)
            row = _open(session, lead_id)
            if row is None:
                raise BadInput("This lead is not with sales; nothing is to be given back.")
            row.back_on, row.back_by, row.back_because = on, by, because
            session.add(row)
            self._note(session, "lead.given_back", row, by)
            return _told(row)

    def page_given(self, lead_id: str, to: str, by: str) -> None:
        """Note that the page of a hand-over went to somebody."""
        with self._db.write() as session:
            require_lead(session, lead_id)
            row = _open(session, lead_id)
            if row is not None:
                self._note(session, "lead.handover_page", row, by, to=to)

    def _note(self, session: Session, kind: str, row: HandoverRow, by: str, **more: str) -> None:
        mark = salted(session, row.lead_id, row.lead_id)
        data = {"lead": mark, "rule": row.rule, "definition": row.definition_version, **more}
        self._audit.append(session, kind, mark, by, data)


def _open(session: Session, lead_id: str) -> HandoverRow | None:
    query = select(HandoverRow).where(
        HandoverRow.lead_id == lead_id, col(HandoverRow.back_on).is_(None)
    )
    return session.exec(query.order_by(col(HandoverRow.at).desc())).first()


def _told(row: HandoverRow) -> Handover:
    return Handover(
        row.id, row.lead_id, row.rule, row.reason, row.owner, row.definition_version,
        row.definition, row.on, row.by, row.back_on, row.back_by, row.back_because,
    )  # fmt: skip
