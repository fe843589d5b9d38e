"""Two leads that are one person: everything of the one moves to the other (M31).

A CRM that merges two records says so. Every table that names a lead is moved, whichever it is, so
that a table added later is not forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Table, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from knowledge.leads import LeadFacts
from storage.audit import Audit
from storage.audit_texts import MERGED
from storage.columns import metadata
from storage.person import this_row
from storage.salts import salted
from storage.tables import LeadRow, SaltRow

_FACTS = TypeAdapter(LeadFacts)
_LEAD = "lead_id"


def merge_leads(
    session: Session, audit: Audit, now: datetime, *, gone: str, survivor: str, by: str
) -> bool:
    """Move all of lead `gone` to `survivor`; False when one of them is not on record any more.

    What is known of the survivor stands; gaps are filled from the other, and an opt-out of either
    holds.
    """
    old, new = session.get(LeadRow, gone), session.get(LeadRow, survivor)
    if old is None or new is None or gone == survivor:
        return False
    mark = salted(session, survivor, survivor)
    former = salted(session, gone, gone)
    moved = sum(_move(session, table, gone, survivor) for table in _tables())
    _fill(new, old, now)
    session.add(new)
    session.delete(old)
    salt = session.get(SaltRow, gone)
    if salt is not None:  # its marks lead to nobody any more, as after an erasure
        session.delete(salt)
    session.flush()
    audit.append(session, MERGED, mark, by, {"lead": mark, "from": former, "rows": moved})
    return True


def _tables() -> Iterator[Table]:
    """Every table that names a lead."""
    return (table for table in metadata.sorted_tables if _LEAD in table.c)


def _move(session: Session, table: Table, gone: str, survivor: str) -> int:
    """Rename the lead in a table; a row that the survivor has too goes."""
    moved = 0
    rows = session.execute(select(table).where(table.c[_LEAD] == gone)).mappings().all()
    for row in rows:
        here = this_row(table, row)
        try:
            with session.begin_nested():
                session.execute(update(table).where(here).values({_LEAD: survivor}))
            moved += 1
        except IntegrityError:
            session.execute(table.delete().where(here))
    session.flush()
    return moved


def _fill(new: LeadRow, old: LeadRow, now: datetime) -> None:
    theirs, ours = _FACTS.validate_python(old.facts), _FACTS.validate_python(new.facts)
    both = ours.over(theirs)
    closed = dict.fromkeys((*ours.opted_out_channels, *theirs.opted_out_channels))
    out = True if ours.opted_out or theirs.opted_out else both.opted_out
    both = replace(both, opted_out=out, opted_out_channels=tuple(closed))
    facts: dict[str, Any] = _FACTS.dump_python(both, mode="json")
    new.facts, new.updated_at = facts, now
    new.name, new.email, new.company = both.name, both.email, both.company
