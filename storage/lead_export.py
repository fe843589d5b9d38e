"""Everything held on one lead, table by table as `storage/holdings.py` tells, and audited."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from storage.audit import Audit
from storage.audit_verify import moment
from storage.database import Database, batches
from storage.holdings import HOLDINGS, By, Holding
from storage.person import Person, person_of_lead, rows_about, table_of
from storage.presence import require_lead
from storage.salts import salted
from storage.tables import AuditRow

Held = dict[str, list[dict[str, Any]]]

SECRET = frozenset({"salt"})
"""Tables whose content would only help to link marks to the lead."""

EXPORTED = "lead.exported"


def export_lead(db: Database, audit: Audit, lead_id: str, by: str) -> Held:
    """By table, every row about a lead in JSON terms, with the audit log's entries; `NotFound`."""
    with db.write() as session:
        lead = require_lead(session, lead_id)
        if lead is None:
            raise ValueError("name a lead")
        person = person_of_lead(session, lead)
        held: Held = {}
        for holding in HOLDINGS:
            if holding.by is not By.NOTHING and holding.table not in SECRET:
                held[holding.table] = [_plain(row) for row in _rows(session, holding, person)]
        mark = salted(session, lead_id, lead_id)
        held["audit"] = _entries(session, mark, person)
        data = {"lead": mark, "records": sum(map(len, held.values()))}
        audit.append(session, EXPORTED, mark, by, data)
    return held


def _rows(session: Session, holding: Holding, person: Person) -> list[Any]:
    if holding.by is not By.WORDING:
        return list(rows_about(session, holding, person))
    table = table_of(holding)
    asked = session.execute(table.select()).mappings().all()
    return [row for row in asked if row[holding.column].casefold() in person.questions]


def _entries(session: Session, mark: str, person: Person) -> list[dict[str, Any]]:
    """The audit log's entries about the lead or one of its suggestions, oldest first."""
    found: list[AuditRow] = []
    for batch in [[mark], *batches(person.suggestions)]:
        query = select(AuditRow).where(col(AuditRow.subject_id).in_(batch))
        found += session.exec(query).all()
    return [
        {"seq": row.seq, "at": moment(row.at), "kind": row.kind, "subject_id": row.subject_id,
         "actor": row.actor, "data": json.loads(row.data)}
        for row in sorted(found, key=lambda row: row.seq)
    ]  # fmt: skip


def _plain(row: Any) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value
