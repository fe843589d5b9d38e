"""Many leads at once, as far as lists of what is due need them: few queries, and no drafts.

A lead's own page reads it one by one (`storage.leads`); a list of thousands cannot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlmodel import Session, col, func, select

from knowledge.journey import Stage
from knowledge.leads import TOUCHES, Action, HistoryEntry, LeadFacts, LeadProfile
from storage.database import Database, batches
from storage.tables import (
    LeadFactRow,
    LeadHistoryRow,
    LeadRow,
    SuggestionRow,
    SuggestionTextRow,
)

_FACTS = TypeAdapter(LeadFacts)
_OPEN = ("pending", "edited")

Marks = tuple[int | datetime, ...]
"""Counts, ids and times of what is on record about a lead."""


@dataclass(frozen=True, slots=True)
class LeadHead:
    """A lead as far as it takes to tell whose it is, and what it means for its account."""

    id: str
    company: str | None
    owner: str | None
    account_touched_on: date | None


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion of a lead without its texts; `on` is the team's day it was made.

    `has_draft` says that there is something to review; `decided_on` is None while it is open, and
    `sent_on` until somebody says on which day it was sent.
    """

    id: str
    asked_by: str | None
    on: date
    stage: Stage
    rule: str
    act_on: date | None
    has_draft: bool
    state: str
    asset_id: str | None
    decided_on: date | None
    decided_at: datetime | None
    snoozed_until: date | None
    sent_on: date | None = None

    @property
    def touched_on(self) -> date | None:
        """The day an approved one counts as a touch: sent on the day told, else approved."""
        return (self.sent_on or self.decided_on) if self.state == "approved" else None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a decision."""
        return self.state in _OPEN


@dataclass(frozen=True, slots=True)
class LeadOverview:
    """One lead on record, with its history, oldest first, and the team's day it was added."""

    record: LeadProfile
    added_on: date


@dataclass(frozen=True, slots=True)
class OpenCard:
    """An open card with a draft about a lead who is not on record."""

    suggestion_id: str
    name: str | None
    company: str | None
    stage: Stage
    on: date
    edited: bool


class Overview:
    """Reads leads in bulk; days are those of `zone`, an IANA name."""

    def __init__(self, db: Database, zone: str) -> None:
        self._db = db
        self._zone = ZoneInfo(zone)

    def heads(self) -> list[LeadHead]:
        """Every lead, by id, without its facts being read in full."""
        query: Any = select(LeadRow.id, LeadRow.company, LeadRow.facts).order_by(col(LeadRow.id))
        with self._db.read() as session:
            return [
                LeadHead(i, company, facts.get("owner"), _day(facts.get("account_touched_on")))
                for i, company, facts in session.exec(query)
            ]

    def asked_about(self) -> dict[str, set[str]]:
        """By lead id, who asked for a touch of it here; under an empty id, who asked at all."""
        query = select(SuggestionRow.lead_id, SuggestionRow.asked_by).distinct()
        found: dict[str, set[str]] = defaultdict(set)
        with self._db.read() as session:
            for lead_id, asked_by in session.exec(query):
                if asked_by:
                    found[""].add(asked_by)
                    found[lead_id or ""].add(asked_by)
        return found

    def leads(self, ids: Collection[str]) -> list[LeadOverview]:
        """These leads, by id; one erased meanwhile is left out."""
        columns = (LeadRow.id, LeadRow.facts, LeadRow.added_at)
        with self._db.read() as session:
            history = self._history(session, ids)
            return [
                LeadOverview(
                    LeadProfile(_FACTS.validate_python(facts), history.get(i, ()), lead_id=i),
                    self._on(added_at),
                )
                for i, facts, added_at in _of(session, ids, columns, LeadRow.id)
            ]

    def marks(self) -> dict[str, Marks]:
        """By lead id, what changes whenever a fact or an act is added, or gives way to another.

        The time counts too: an act taken back leaves its id to the one in its place.
        """
        found: dict[str, Marks] = {}
        kinds: tuple[tuple[Any, Any], ...] = (
            (LeadFactRow, LeadFactRow.learnt_at), (LeadHistoryRow, LeadHistoryRow.added_at),
        )  # fmt: skip
        with self._db.read() as session:
            for row, at in kinds:
                query: Any = select(row.lead_id, func.count(), func.max(row.id), func.max(at))
                for lead_id, *told in session.exec(query.group_by(row.lead_id)):
                    found[lead_id] = (*found.get(lead_id, ()), *told)
        return found

    def suggested(self, ids: Collection[str]) -> dict[str, tuple[Suggested, ...]]:
        """By lead id, what was suggested for these leads, oldest first."""
        row = SuggestionRow
        columns = (
            row.lead_id, row.id, row.asked_by, row.created_at, row.stage, row.decision, row.rule,
            row.act_on, row.state, row.asset_id, row.decided_at, row.snoozed_until,
            row.sent_on,
        )  # fmt: skip
        found: dict[str, list[Suggested]] = defaultdict(list)
        with self._db.read() as session:
            for made in _of(session, ids, columns, row.lead_id, col(row.created_at), col(row.id)):
                found[made.lead_id].append(self._made(made))
        return {lead_id: tuple(made) for lead_id, made in found.items()}

    def _made(self, row: Any) -> Suggested:
        return Suggested(
            id=row.id,
            asked_by=row.asked_by,
            on=self._on(row.created_at),
            stage=Stage(row.stage),
            rule=row.rule,
            act_on=row.act_on,
            has_draft=row.decision == "send" and row.asset_id is not None,
            state=row.state,
            asset_id=row.asset_id,
            decided_on=self._on(row.decided_at) if row.decided_at else None,
            decided_at=row.decided_at,
            snoozed_until=row.snoozed_until,
            sent_on=row.sent_on,
        )

    def touched(self, since: date) -> dict[str, list[date]]:
        """By lead id, the days of our touches since that day; what was approved here counts."""
        columns: Any = (LeadHistoryRow.lead_id, LeadHistoryRow.happened_on)
        acts: Any = select(*columns).where(col(LeadHistoryRow.action).in_(sorted(TOUCHES)))
        made: Any = SuggestionRow
        approved: Any = select(made.lead_id, made.decided_at, made.sent_on).where(
            made.state == "approved", made.lead_id.is_not(None)
        )
        acts = acts.where(LeadHistoryRow.happened_on >= since)
        found: dict[str, list[date]] = defaultdict(list)
        with self._db.read() as session:
            for lead_id, on in session.exec(acts):
                found[lead_id].append(on)
            for lead_id, at, sent_on in session.exec(approved):
                if at is not None and (on := sent_on or self._on(at)) >= since:
                    found[lead_id].append(on)
        return found

    def nameless_cards(self, user: str) -> list[OpenCard]:
        """Open cards of this person about leads who are not on record, oldest first."""
        query: Any = (
            select(SuggestionRow, SuggestionTextRow.card)
            .join(SuggestionTextRow, col(SuggestionTextRow.suggestion_id) == SuggestionRow.id)
            .where(
                col(SuggestionRow.lead_id).is_(None),
                SuggestionRow.asked_by == user,
                col(SuggestionRow.state).in_(_OPEN),
                col(SuggestionTextRow.body).is_not(None),
            )
            .order_by(col(SuggestionRow.created_at), col(SuggestionRow.id))
        )
        with self._db.read() as session:
            return [
                OpenCard(
                    row.id,
                    card["facts"].get("name"),
                    card["facts"].get("company"),
                    Stage(row.stage),
                    self._on(row.created_at),
                    row.state == "edited",
                )
                for row, card in session.exec(query)
            ]

    def _history(
        self, session: Session, ids: Collection[str]
    ) -> dict[str, tuple[HistoryEntry, ...]]:
        row = LeadHistoryRow
        columns = (row.lead_id, row.action, row.happened_on, row.asset_id, row.note, row.line)
        found: dict[str, list[HistoryEntry]] = defaultdict(list)
        order = (col(row.happened_on), col(row.id))
        for one in _of(session, ids, columns, row.lead_id, *order):
            lead_id, action, on, asset_id, note, line = one
            found[lead_id].append(HistoryEntry(Action(action), on, asset_id or None, note, line))
        return {lead_id: tuple(entries) for lead_id, entries in found.items()}

    def _on(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()


def _of(
    session: Session, ids: Collection[str], columns: Any, column: Any, *order: Any
) -> Iterable[Any]:
    """The columns of the rows whose `column` is one of `ids`; by it, then as `order` says."""
    for batch in batches(sorted(ids)):
        query: Any = select(*columns).where(col(column).in_(batch)).order_by(col(column), *order)
        yield from session.exec(query)


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None
