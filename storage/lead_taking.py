"""Taking in facts and acts of many leads in one transaction: what is new is kept, logged, audited.

The way in for all: a rep's word on one lead (`storage.leads`), files, a CRM and signals
(`bot.flow.lead_intake`). Which of two conflicting words is used is told in `knowledge.fact_trust`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, Literal

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from knowledge.channels import named_channels
from knowledge.clock import Clock
from knowledge.fact_trust import (
    ALL,
    CORRECTION,
    OPT_OUTS,
    OPTED_IN,
    Source,
    SourceKind,
    Told,
    anew,
    is_news,
    opt_out_used,
    used_of,
)
from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.purchases import only_tried
from storage import stage_moves
from storage.audit import Audit
from storage.columns import metadata
from storage.crm_queue import CrmQueue
from storage.database import batches
from storage.lead_log import FACTS, as_json, entries, merged, word_of
from storage.salts import mark_of
from storage.tables import LeadFactRow, LeadHistoryRow, LeadRow, SaltRow

Became = Literal["added", "updated", "unchanged"]
Key = tuple[str, str, date, str, str]

HOW = {
    SourceKind.PERSON: "told", SourceKind.LEAD: "signal", SourceKind.CRM: "crm",
    SourceKind.FILE: "import", SourceKind.INFERRED: "inferred",
}  # fmt: skip
"""How the audit log calls a kind of source."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of one lead; `changed` says when the source last changed a fact, `at` any other."""

    lead_id: str
    facts: LeadFacts = field(default_factory=LeadFacts)
    acts: tuple[HistoryEntry, ...] = ()
    at: datetime | None = None
    changed: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one arrival: its facts, and how many of its acts were new."""

    lead_id: str
    became: Became
    acts: int


class Taking:
    """One transaction: `take` arrivals, each lead once, then `finish`."""

    def __init__(
        self, session: Session, clock: Clock, audit: Audit | None, crm: CrmQueue | None = None
    ) -> None:
        self._session, self._clock, self._audit, self._crm = session, clock, audit, crm
        self._now = clock.now()
        self._known: dict[str, LeadFacts] = {}
        self._fresh: set[str] = set()
        self._read: set[str] = set()
        self._log: dict[str, list[Told]] = defaultdict(list)
        self._acts: dict[str, set[Key]] = defaultdict(set)
        self._salts: dict[str, bytes] = {}
        self._new: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._changed: set[str] = set()

    def read(self, lead_ids: Iterable[str]) -> None:
        """Read what is known of these leads, in few queries."""
        wanted = set(lead_ids) - self._read
        self._read |= wanted
        for ids in batches(sorted(wanted)):
            lead, fact, act = LeadRow, LeadFactRow, LeadHistoryRow
            for row in self._session.exec(select(lead.id, lead.facts).where(col(lead.id).in_(ids))):
                self._known[row[0]] = FACTS.validate_python(row[1])
            told = select(fact).where(col(fact.lead_id).in_(ids)).order_by(col(fact.id))
            for one in self._session.exec(told):
                self._log[one.lead_id].append(word_of(one))
            columns: Any = (act.lead_id, act.action, act.asset_id, act.happened_on, act.note_hash,
                            act.line)  # fmt: skip
            done: Any = select(*columns).where(col(act.lead_id).in_(ids))
            for lead_id, *key in self._session.exec(done):
                self._acts[lead_id].add(tuple(key))
            salts = select(SaltRow).where(col(SaltRow.owner).in_(ids))
            self._salts |= {row.owner: row.salt for row in self._session.exec(salts)}

    def take(self, came: Arrival, source: Source, by: str) -> Taken:
        """Take in one lead's facts and acts; a lead that is not on record is added."""
        self.read([came.lead_id])
        became = self._learn(came, source, by)
        added = self._add_acts(came.lead_id, came.acts, source, by)
        return Taken(came.lead_id, became, added)

    def correct(self, lead_id: str, facts: LeadFacts, by: str) -> None:
        """Set a stage by a person's word, logged even when it confirms."""
        self.read([lead_id])
        self._learn(Arrival(lead_id, facts), Source(SourceKind.PERSON, CORRECTION), by)

    def mark(self, lead_id: str) -> str:
        """The lead's salted mark in the audit log."""
        if lead_id not in self._salts:
            self._salts[lead_id] = secrets.token_bytes(32)
            self._new["salt"].append({"owner": lead_id, "salt": self._salts[lead_id]})
        return mark_of(self._salts[lead_id], lead_id)

    def note(self, kind: str, lead_id: str, by: str, data: Mapping[str, Any]) -> None:
        """Audit a change under the lead's mark, in the transaction of the change."""
        if self._audit:
            mark = self.mark(lead_id)
            self._audit.append(self._session, kind, mark, by, {"lead": mark, **data})

    def finish(self) -> None:
        """Write what was taken, parents first."""
        lead = metadata.tables["lead"]
        for lead_id in self._changed:
            facts = self._known[lead_id]
            told = {"name": facts.name, "email": facts.email, "company": facts.company,
                    "facts": as_json(facts), "updated_at": self._now}  # fmt: skip
            if lead_id in self._fresh:
                self._new["lead"].append({"id": lead_id, "added_at": self._now, **told})
            else:
                row = lead.c.id == lead_id
                self._session.execute(update(lead).where(row).values(**told))
        self._changed, self._fresh = set(), set()
        for table in ("lead", "lead_fact", "lead_history", "salt"):
            if self._new[table]:
                self._session.execute(insert(metadata.tables[table]), self._new[table])
                self._new[table] = []
        self._session.flush()

    def _learn(self, came: Arrival, source: Source, by: str) -> Became:
        lead_id = came.lead_id
        is_new = lead_id not in self._known
        always = source.name == CORRECTION
        news = list(self._news(came, source, by, always=always))
        if not news and not is_new:
            return "unchanged"
        if is_new:
            self._fresh.add(lead_id)
        before = self._known.get(lead_id, LeadFacts())
        after = self._merge(lead_id, before, news)
        used = entries(after)
        lost = [t.fact for t in news if used.get(t.fact) != t.value and t.fact not in OPT_OUTS]
        moved = self._moved(lead_id, before, after, source, is_new=is_new)
        if self._crm and source.kind is SourceKind.PERSON:
            told_here = {t.fact: t.value for t in news}
            self._crm.told(self._session, lead_id, told_here, self._now)
        if not always:
            data: dict[str, Any] = {"facts": sorted(t.fact for t in news), "how": HOW[source.kind]}
            data |= {"not_used": sorted(lost)} if lost else {}
            data = {k: [_plain(f) for f in v] if isinstance(v, list) else v
                    for k, v in data.items()}  # fmt: skip
            self.note("lead.added" if is_new else "lead.updated", lead_id, by, data)
        if self._audit:
            stage_moves.note(self._session, self._audit, moved, by)
        return "added" if is_new else "updated"

    def _news(self, came: Arrival, source: Source, by: str, *, always: bool) -> Iterator[Told]:
        """The words on a lead's facts that add to what is known."""
        log = self._log[came.lead_id]
        for fact, value in entries(came.facts).items():
            at = came.changed.get(fact) or came.at or self._now
            told = Told(fact, value, source.kind, source.name, min(at, self._now), by)
            known = [k for k in log if k.fact in (OPT_OUTS if fact in OPT_OUTS else (fact,))]
            if self._is_old_status(came, told):
                continue
            if fact in OPT_OUTS and source.kind is SourceKind.FILE and at is self._now:
                left = anew(told, known)
                if left is None:
                    continue
                told = replace(told, value=left)
            if always or is_news(told, known):
                yield told

    def _is_old_status(self, came: Arrival, told: Told) -> bool:
        """Whether a list's status without a day speaks against a purchase that is on record."""
        if told.fact != "stage" or told.kind is not SourceKind.FILE:
            return False
        undated = "stage" not in came.changed and came.at is None
        acts = self._acts[came.lead_id]
        bought = any(act == Action.BOUGHT for act, *_ in acts)
        return undated and bought and self._known_stage(came.lead_id) is Stage.CUSTOMER

    def _known_stage(self, lead_id: str) -> Stage | None:
        return self._known[lead_id].stage if lead_id in self._known else None

    def _merge(self, lead_id: str, before: LeadFacts, news: Sequence[Told]) -> LeadFacts:
        """Log the news; the record with what is used of each fact that they are about."""
        log = self._log[lead_id]
        log += news
        for told in news:
            self._new["lead_fact"].append({
                "lead_id": lead_id, "fact": told.fact, "value": told.value, "source": told.source,
                "told_by": told.by, "learnt_at": self._now, "kind": told.kind.value,
                "as_of": told.at,
            })  # fmt: skip
        facts = {t.fact for t in news}
        used: dict[str, Any] = {}
        for fact in facts - set(OPT_OUTS):
            word = used_of(fact, (w for w in log if w.fact == fact))
            used |= {fact: word.value} if word else {}
        if facts & set(OPT_OUTS):
            used |= opt_out_used(w for w in log if w.fact in OPT_OUTS)
        self._known[lead_id] = after = merged(before, used)
        self._changed.add(lead_id)
        return after

    def _moved(
        self, lead_id: str, before: LeadFacts, after: LeadFacts, source: Source, *, is_new: bool
    ) -> stage_moves.StageMove | None:
        stage: Stage | None = after.stage
        if is_new or stage is None or (stage is before.stage and source.name != CORRECTION):
            return None
        how = CORRECTION if source.name == CORRECTION else HOW[source.kind]
        return stage_moves.move_to(self._session, lead_id, stage, how)

    def _add_acts(self, lead_id: str, acts: Iterable[HistoryEntry], source: Source, by: str) -> int:
        """Add what happened; the same act, asset, day, note and line is one entry."""
        known, added = self._acts[lead_id], Counter[str]()
        for entry in acts:
            note_hash = hashlib.sha256(entry.note.encode()).hexdigest() if entry.note else ""
            key = (entry.action.value, entry.asset_id or "", entry.on, note_hash, entry.line)
            if key in known:
                continue
            known.add(key)
            added[entry.action.value] += 1
            self._new["lead_history"].append({
                "lead_id": lead_id, "action": entry.action.value, "asset_id": entry.asset_id or "",
                "happened_on": entry.on, "note": entry.note, "note_hash": note_hash,
                "line": entry.line, "added_at": self._now, "source": source.name, "told_by": by,
            })  # fmt: skip
            if entry.action is Action.OPTED_IN:
                self._opt_in(lead_id, entry, source, by)
            if entry.action is Action.BOUGHT and not only_tried(entry.note):
                self._bought(lead_id, entry, source, by)
        if added:
            self.note("lead.history_added", lead_id, by, {"acts": dict(added)})
        return added.total()

    def _opt_in(self, lead_id: str, entry: HistoryEntry, source: Source, by: str) -> None:
        """An opt-in undoes what was told of opt-outs on the days before it."""
        log = self._log[lead_id]
        if not any(w.fact in OPT_OUTS for w in log):
            return
        at = datetime.combine(entry.on, time.min, tzinfo=self._now.tzinfo)
        value = sorted(named_channels(entry.note) or {ALL})
        told = Told(OPTED_IN, value, SourceKind.LEAD, source.name, min(at, self._now), by)
        self._merge(lead_id, self._known[lead_id], [told])

    def _bought(self, lead_id: str, entry: HistoryEntry, source: Source, by: str) -> None:
        """A purchase makes a customer of whoever was told to stand elsewhere before it."""
        log = self._log[lead_id]
        held = used_of("stage", (w for w in log if w.fact == "stage"))
        if held is None or held.value == Stage.CUSTOMER or held.at.date() > entry.on:
            return
        at = datetime.combine(entry.on, time.max, tzinfo=self._now.tzinfo)
        told = Told("stage", Stage.CUSTOMER.value, SourceKind.LEAD, source.name,
                    min(at, self._now), by)  # fmt: skip
        before = self._known[lead_id]
        after = self._merge(lead_id, before, [told])
        moved = self._moved(lead_id, before, after, source, is_new=False)
        if self._audit:
            stage_moves.note(self._session, self._audit, moved, by)


def _plain(fact: str) -> str:
    """A fact's name for the audit log: which product line it is about stays out."""
    return fact.partition("@")[0]
