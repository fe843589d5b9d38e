"""Leads: what was learnt of each, from whom and when, and what happened (M31)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from knowledge.clock import Clock
from knowledge.companies import company_key
from knowledge.errors import NotFound
from knowledge.fact_trust import Source, SourceKind, Told, kind_of
from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile, LineStage
from knowledge.product_lines import line_stage, told_of_line
from storage.audit import Audit
from storage.bulk_audit import BulkAudit
from storage.crm_queue import CrmQueue
from storage.database import Database, batches
from storage.emptying import empty, note_erasure
from storage.erasure import Erasure, erase_lead
from storage.lead_log import FACTS
from storage.lead_taking import Arrival, Became, Taken, Taking
from storage.person import person_of_lead
from storage.presence import require_lead
from storage.salts import salted
from storage.tables import LeadFactRow, LeadHistoryRow, LeadRow

PutResult = Became

IMPORT = "import"
"""How the source of a fact begins that came with an imported list."""


@dataclass(frozen=True, slots=True)
class LearntFact:
    """One fact as it was learnt; `value` is in JSON terms (dates as ISO text, tuples as lists)."""

    fact: str
    value: Any
    source: str
    by: str
    at: datetime
    kind: str = ""
    as_of: datetime | None = None

    @property
    def stage(self) -> Stage | None:
        """The stage that is told, be it for a product line; None for another fact."""
        told = self.value.get("stage") if isinstance(self.value, dict) else self.value
        return Stage(str(told)) if self.fact.startswith("stage") else None

    @property
    def word(self) -> Told:
        """This fact as a word to weigh against others."""
        kind = SourceKind(self.kind) if self.kind else kind_of(self.source)
        return Told(self.fact, self.value, kind, self.source, self.as_of or self.at, self.by)


@dataclass(frozen=True, slots=True)
class ToldAct:
    """Something that happened, with who told it, from where and when; empty where nobody noted."""

    entry: HistoryEntry
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

        Each fact that its source tells anew is logged with source, teller and time; where others
        told otherwise, the most trusted word is used (`knowledge.fact_trust`).
        """
        with self._db.write() as session:
            taking = Taking(session, self._clock, self._audit, self._crm)
            taken = taking.take(Arrival(lead_id, facts), Source(kind_of(source), source), by)
            taking.finish()
            return taken.became

    def take(self, arrivals: Sequence[Arrival], source: Source, by: str) -> list[Taken]:
        """Take in facts and acts of many leads in one transaction; of one batch, each lead once."""
        with self._db.write() as session:
            audit = BulkAudit.beside(self._audit) if self._audit else None
            taking = Taking(session, self._clock, audit, self._crm)
            taking.read(a.lead_id for a in arrivals)
            taken = [taking.take(came, source, by) for came in arrivals]
            taking.finish()
            if audit:
                audit.finish(session)
            return taken

    def try_out(self, arrivals: Sequence[Arrival], source: Source, by: str) -> list[Taken]:
        """What `take` would make of these leads; nothing is stored."""
        with self._db.read() as session:
            taking = Taking(session, self._clock, None)
            taking.read(a.lead_id for a in arrivals)
            return [taking.take(came, source, by) for came in arrivals]

    def imported(self, by: str, data: Mapping[str, int]) -> None:
        """Audit that files were taken in, with their counts."""
        if self._audit:
            with self._db.write() as session:
                self._audit.append(session, "lead.imported", "", by, data)

    def add_history(
        self, lead_id: str, entries: Iterable[HistoryEntry], by: str = "", source: str = ""
    ) -> int:
        """Add what happened; return how many entries were new. `NotFound` for an unknown lead.

        The same action, asset, day, note and product line of a lead is one entry, however often it
        is told. `by` is who tells it, `source` from where.
        """
        with self._db.write() as session:
            _row(session, lead_id)
            taking = Taking(session, self._clock, self._audit, self._crm)
            came = Arrival(lead_id, acts=tuple(entries))
            taken = taking.take(came, Source(kind_of(source), source), by)
            taking.finish()
            return taken.acts

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
            return list(_profiles(session, sorted(ids)))

    def all(self) -> list[tuple[str, LeadFacts]]:
        """Every lead's id and facts, by id."""
        with self._db.read() as session:
            rows = session.exec(select(LeadRow).order_by(col(LeadRow.id)))
            return [(row.id, FACTS.validate_python(row.facts)) for row in rows]

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
                LearntFact(r.fact, r.value, r.source, r.told_by, r.learnt_at, r.kind, r.as_of)
                for r in session.exec(query)
            ]

    def correct_stage(self, lead_id: str, stage: Stage, by: str, line: str | None = None) -> None:
        """Set the stage by a person's word, backwards too (M33); `NotFound` for an unknown lead.

        With `line` it is the stage for that product line alone; so it is without, for a lead whose
        own product line has a stage of its own.
        """
        with self._db.write() as session:
            before = FACTS.validate_python(_row(session, lead_id).facts)
            told = LeadFacts(stage=stage)
            if line is None and told_of_line(before, before.product_line):
                line = before.product_line
            if line:
                on = self._clock.now().date()
                told = LeadFacts(line_stages=(LineStage(line, stage, "", on),))
            taking = Taking(session, self._clock, self._audit, self._crm)
            taking.correct(lead_id, told, by)
            was = line_stage(before, line) if line else before.stage
            data = {"from": was.value if was else None, "to": stage.value}
            taking.note("lead.stage_corrected", lead_id, by, data)
            taking.finish()

    def acts_log(self, lead_id: str) -> list[ToldAct]:
        """Everything that happened, oldest first, with who told it; `NotFound` for no lead."""
        query = (
            select(LeadHistoryRow)
            .where(LeadHistoryRow.lead_id == lead_id)
            .order_by(col(LeadHistoryRow.happened_on), col(LeadHistoryRow.id))
        )
        with self._db.read() as session:
            _row(session, lead_id)
            return [
                ToldAct(entry_of(r), r.source, r.told_by, r.added_at) for r in session.exec(query)
            ]

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


def _profile(session: Session, row: LeadRow) -> LeadProfile:
    query = (
        select(LeadHistoryRow)
        .where(LeadHistoryRow.lead_id == row.id)
        .order_by(col(LeadHistoryRow.happened_on), col(LeadHistoryRow.id))
    )
    history = tuple(entry_of(row) for row in session.exec(query))
    return LeadProfile(FACTS.validate_python(row.facts), history, lead_id=row.id)


def _profiles(session: Session, lead_ids: Sequence[str]) -> Iterator[LeadProfile]:
    """Many leads, in the order of their ids; one that was erased meanwhile is left out."""
    lead, act = LeadRow, LeadHistoryRow
    for ids in batches(lead_ids):
        history: dict[str, list[HistoryEntry]] = {}
        done = select(act).where(col(act.lead_id).in_(ids))
        for row in session.exec(done.order_by(col(act.happened_on), col(act.id))):
            history.setdefault(row.lead_id, []).append(entry_of(row))
        known: Any = select(lead.id, lead.facts).where(col(lead.id).in_(ids))
        for lead_id, facts in session.exec(known.order_by(col(lead.id))):
            past = tuple(history.get(lead_id, ()))
            yield LeadProfile(FACTS.validate_python(facts), past, lead_id=lead_id)


def entry_of(row: LeadHistoryRow) -> HistoryEntry:
    """A row of the history as the value that all rooms share."""
    return HistoryEntry(
        Action(row.action), row.happened_on, row.asset_id or None, row.note, row.line
    )


def _row(session: Session, lead_id: str) -> LeadRow:
    row = require_lead(session, lead_id)
    assert row is not None  # noqa: S101 - None comes back for None only
    return row
