"""Marks of CRM records whose leads were erased, so that no pull brings them back.

A mark is keyed with a secret of this database: who has only the marks cannot try ids on them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlmodel import Session, col, select

from storage.database import Database, batches
from storage.salts import salted
from storage.tables_crm import CrmErasedRow, CrmLinkRow

OWNER = "crm marks"
"""Whose salt the marks are made with; it is no lead's, so it stays."""


def leave(session: Session, lead_id: str) -> None:
    """Before a lead's links go: leave a mark of each."""
    query = select(CrmLinkRow).where(CrmLinkRow.lead_id == lead_id)
    for link in session.exec(query).all():
        mark = _mark(session, link.crm, link.external_id)
        if session.get(CrmErasedRow, mark) is None:
            session.add(CrmErasedRow(mark=mark))
    session.flush()


def records_of(db: Database, lead_id: str) -> frozenset[str]:
    """The ids of a lead's records, in whichever CRM, merged ones too."""
    with db.read() as session:
        query = select(CrmLinkRow.external_id).where(CrmLinkRow.lead_id == lead_id)
        return frozenset(session.exec(query))


def became(session: Session, crm: str, successors: Mapping[str, str]) -> None:
    """Mark what erased records turned into, unless that is somebody on record here."""
    erased = among(session, crm, successors)
    for id_ in {successors[old] for old in erased}:
        mark = _mark(session, crm, id_)
        is_known = session.get(CrmLinkRow, (crm, id_)) is not None
        if not is_known and session.get(CrmErasedRow, mark) is None:
            session.add(CrmErasedRow(mark=mark))
    session.flush()


def among(session: Session, crm: str, ids: Collection[str]) -> frozenset[str]:
    """Those of the records that have a mark; in a session for reading too."""
    if session.exec(select(CrmErasedRow.mark).limit(1)).first() is None:
        return frozenset()
    marks = {_mark(session, crm, id_): id_ for id_ in ids}
    found: set[str] = set()
    for batch in batches(list(marks)):
        query = select(CrmErasedRow.mark).where(col(CrmErasedRow.mark).in_(batch))
        found |= {marks[mark] for mark in session.exec(query)}
    return frozenset(found)


def _mark(session: Session, crm: str, external_id: str) -> str:
    return salted(session, OWNER, f"{crm}:{external_id}")
