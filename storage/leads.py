"""Leads: what was learnt of each, from whom and when, and what happened (M31)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from knowledge.clock import Clock
from knowledge.companies import company_key
from knowledge.errors import NotFound
from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile
from storage import stage_moves
from storage.audit import Audit
from storage.crm_queue import CrmQueue
from storage.database import Database
from storage.emptying import empty, note_erasure
from storage.erasure import Erasure, erase_lead
from storage.outcomes import CORRECTION
from storage.person import person_of_lead
from storage.presence import require_lead
from storage.salts import salted
from storage.tables import LeadFactRow, LeadHistoryRow, LeadRow

PutResult = Literal["added", "updated", "unchanged"]

IMPORT = "import"
"""How the source of a fact begins that came with an imported list."""

_FACTS = TypeAdapter(LeadFacts)


@dataclass(frozen=True, slots=True)
class LearntFact:
    """One fact as it was learnt; `value` is in JSON terms (dates as ISO text, tuples as lists)."""

    fact: str
    value: Any
    source: str
    by: str
    at: datetime


class Leads:
    """Lead records; with `audit`, stage corrections and erasures are audited with the change."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        audit: Audit | None = None,
        crm: CrmQueue | None = None,
    ) -> None:
        self._crm = crm
        self._db = db
        self._clock = clock
        self._audit = audit

    def put(self, lead_id: str, facts: LeadFacts, source: str, by: str) -> PutResult:
        """Learn facts; what is None or empty in `facts` leaves the record as it is.

        Each fact that changes is logged with source, teller and time. A stage that a rep corrected
        gives way only to news: not to a stage this or another source had told before.
        """
        with self._db.write() as session:
            if facts.stage and self._told_before_correction(session, lead_id, facts.stage):
                facts = replace(facts, stage=None)
            how = "import" if source.startswith(IMPORT) else "told"
            return self._learn(session, lead_id, facts, source=source, by=by, how=how)

    def add_history(self, lead_id: str, entries: Iterable[HistoryEntry], by: str = "") -> int:
        """Add what happened; return how many entries were new. `NotFound` for an unknown lead.

        The same action, asset, day and note for a lead is one entry, however often it is told. `by`
        is who tells it.
        """
        with self._db.write() as session:
            _row(session, lead_id)
            query = select(LeadHistoryRow).where(LeadHistoryRow.lead_id == lead_id)
            known = {
                (r.action, r.asset_id, r.happened_on, r.note_hash) for r in session.exec(query)
            }
            added: Counter[str] = Counter()
            for entry in entries:
                note_hash = hashlib.sha256(entry.note.encode()).hexdigest() if entry.note else ""
                key = (entry.action.value, entry.asset_id or "", entry.on, note_hash)
                if key in known:
                    continue
                known.add(key)
                added[entry.action.value] += 1
                session.add(
                    LeadHistoryRow(
                        lead_id=lead_id,
                        action=entry.action.value,
                        asset_id=entry.asset_id or "",
                        happened_on=entry.on,
                        note=entry.note,
                        note_hash=note_hash,
                        added_at=self._clock.now(),
                    )
                )
            if added:
                self._note(session, "lead.history_added", lead_id, by, {"acts": dict(added)})
            return added.total()

    def get(self, lead_id: str) -> LeadProfile:
        """The lead with its history, oldest first; `NotFound` with a hint when there is none."""
        with self._db.read() as session:
            return _profile(session, _row(session, lead_id))

    def of_company(self, company: str | None) -> list[LeadProfile]:
        """Everyone on record at a company, by id, whatever its legal form or case (M35)."""
        key = company_key(company or "")
        if not key:
            return []
        query = select(LeadRow.id, LeadRow.company).where(col(LeadRow.company).is_not(None))
        with self._db.read() as session:
            ids = [i for i, name in session.exec(query) if company_key(name or "") == key]
            return [_profile(session, _row(session, lead_id)) for lead_id in sorted(ids)]

    def all(self) -> list[tuple[str, LeadFacts]]:
        """Every lead's id and facts, by id."""
        with self._db.read() as session:
            rows = session.exec(select(LeadRow).order_by(col(LeadRow.id)))
            return [(row.id, _FACTS.validate_python(row.facts)) for row in rows]

    def names(self) -> list[tuple[str, str | None, str | None, str | None]]:
        """Id, name, company and e-mail address of every lead, by id."""
        query = select(LeadRow.id, LeadRow.name, LeadRow.company, LeadRow.email).order_by(
            col(LeadRow.id)
        )
        with self._db.read() as session:
            return [(i, name, company, email) for i, name, company, email in session.exec(query)]

    def facts_log(self, lead_id: str) -> list[LearntFact]:
        """Everything learnt of a lead, oldest first; `NotFound` for an unknown lead."""
        query = (
            select(LeadFactRow).where(LeadFactRow.lead_id == lead_id).order_by(col(LeadFactRow.id))
        )
        with self._db.read() as session:
            _row(session, lead_id)
            return [
                LearntFact(r.fact, r.value, r.source, r.told_by, r.learnt_at)
                for r in session.exec(query)
            ]

    def correct_stage(self, lead_id: str, stage: Stage, by: str) -> None:
        """Set the stage by a person's word, backwards too (M33); `NotFound` for an unknown lead."""
        with self._db.write() as session:
            before = _FACTS.validate_python(_row(session, lead_id).facts).stage
            self._learn(
                session, lead_id, LeadFacts(stage=stage), source=CORRECTION, by=by, how=CORRECTION
            )
            data = {"from": before.value if before else None, "to": stage.value}
            self._note(session, "lead.stage_corrected", lead_id, by, data)

    def erase(
        self, lead_id: str, by: str, why: str = "", still: Callable[[Session], bool] | None = None
    ) -> Erasure:
        """Erase a lead for good: record, facts, history, texts, payloads and wordings; `NotFound`.

        Suggestions stay under an invented id, audit entries stay as they are, their salt goes.
        `why` is a label. The job queue and the logs are `bot.flow.erasing`'s. `still` says in the
        same transaction whether it is to go, else `NotFound`.
        """
        with self._db.write() as session:
            row = _row(session, lead_id)
            if still is not None and not still(session):
                raise NotFound(f"Lead '{lead_id}' is not to be erased any more.")
            mark = salted(session, lead_id, lead_id)  # before its salt goes
            erasure = erase_lead(session, row, self._clock.now())
            note_erasure(session)
            if self._audit:
                data = {"lead": mark, "suggestions": erasure.suggestions}
                data |= {"why": why} if why else {}
                self._audit.append(session, "lead.erased", mark, by, data)
        return replace(erasure, log_emptied=empty(self._db))

    def signs(self, lead_id: str) -> frozenset[str]:
        """The words by which others name this lead, in small letters; `NotFound`."""
        with self._db.read() as session:
            return person_of_lead(session, _row(session, lead_id)).signs

    def _learn(
        self,
        session: Session,
        lead_id: str,
        facts: LeadFacts,
        *,
        source: str,
        by: str,
        how: str,
    ) -> PutResult:
        """Merge facts into the record and log the new ones; a correction logs known ones too."""
        now, always = self._clock.now(), how == CORRECTION
        row = session.get(LeadRow, lead_id)
        result: PutResult = "updated" if row else "added"
        row = row or LeadRow(id=lead_id, facts={}, added_at=now, updated_at=now)
        told = {k: v for k, v in _as_json(facts).items() if v not in (None, [], "")}
        news = {k: v for k, v in told.items() if always or row.facts.get(k) != v}
        if result == "updated" and not news:
            return "unchanged"
        moved = (
            stage_moves.move_to(session, lead_id, facts.stage, how)
            if facts.stage and "stage" in news
            else None
        )
        merged = facts.over(_FACTS.validate_python(row.facts))
        row.name, row.email, row.company = merged.name, merged.email, merged.company
        row.facts, row.updated_at = _as_json(merged), now
        session.add(row)
        session.flush()
        for fact, value in news.items():
            session.add(
                LeadFactRow(
                    lead_id=lead_id,
                    fact=fact,
                    value=value,
                    source=source,
                    told_by=by,
                    learnt_at=now,
                )
            )
        session.flush()
        if self._crm and how in {"told", CORRECTION}:
            self._crm.told(session, lead_id, news, now)
        if not always:
            kind = "lead.added" if result == "added" else "lead.updated"
            self._note(session, kind, lead_id, by, {"facts": sorted(news), "how": how})
        if self._audit:
            stage_moves.note(session, self._audit, moved, by)
        return result

    def _note(
        self, session: Session, kind: str, lead_id: str, by: str, data: dict[str, Any]
    ) -> None:
        """Audit a change under the lead's salted mark, in the transaction of the change."""
        if self._audit:
            mark = salted(session, lead_id, lead_id)
            self._audit.append(session, kind, mark, by, {"lead": mark, **data})

    @staticmethod
    def _told_before_correction(session: Session, lead_id: str, stage: Stage) -> bool:
        """Whether the last word on the stage is a correction, and `stage` was the word before it.

        A list imported again would else undo what a rep has set right.
        """
        query = (
            select(LeadFactRow)
            .where(LeadFactRow.lead_id == lead_id, LeadFactRow.fact == "stage")
            .order_by(col(LeadFactRow.id).desc())
        )
        told = session.exec(query).all()
        if not told or told[0].source != CORRECTION:
            return False
        before = [row.value for row in told if row.source != CORRECTION]
        return bool(before) and before[0] == stage.value


def _as_json(facts: LeadFacts) -> dict[str, Any]:
    dumped: dict[str, Any] = _FACTS.dump_python(facts, mode="json")
    return dumped


def _profile(session: Session, row: LeadRow) -> LeadProfile:
    query = (
        select(LeadHistoryRow)
        .where(LeadHistoryRow.lead_id == row.id)
        .order_by(col(LeadHistoryRow.happened_on), col(LeadHistoryRow.id))
    )
    history = tuple(
        HistoryEntry(Action(r.action), r.happened_on, r.asset_id or None, r.note)
        for r in session.exec(query)
    )
    return LeadProfile(_FACTS.validate_python(row.facts), history, lead_id=row.id)


def _row(session: Session, lead_id: str) -> LeadRow:
    row = require_lead(session, lead_id)
    assert row is not None  # noqa: S101 - None comes back for None only
    return row
