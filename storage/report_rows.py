"""What a report counts, read in bulk: rows without names and, save edited drafts, without texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Text, cast, select
from sqlmodel import Session, col

from knowledge.journey import Stage
from knowledge.leads import Action
from storage.database import Database
from storage.outcomes import SURE_STAGE
from storage.tables import (
    AssetRow,
    ContentMissRow,
    ContentRequestRow,
    LeadFactRow,
    LeadHistoryRow,
    LeadRow,
    RequestGroupRow,
    SuggestionRow,
    SuggestionTextRow,
    TouchOutcomeRow,
)


@dataclass(frozen=True, slots=True)
class CardRow:
    """A suggestion: days are the team's; `lead` is None for one who is not on record."""

    id: str
    lead: str | None
    rep: str
    made_at: datetime
    made_on: date
    stage: Stage
    sure: bool
    is_card: bool
    asset: str | None
    number: int
    state: str
    edits: int
    decided_on: date | None
    sent_on: date | None
    outcome: str | None
    helped: bool | None

    @property
    def touched_on(self) -> date | None:
        """The day an approved one counts as a touch: sent on the day told, else approved."""
        is_touch = self.state == "approved" and self.asset is not None
        return (self.sent_on or self.decided_on) if is_touch else None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A lead as far as it takes to count it; `added_on` is the day it came on record."""

    id: str
    industry: str
    size: int | None
    persona: str
    segment: str
    opted_out: bool
    product_line: str
    stage: Stage | None
    added_on: date


@dataclass(frozen=True, slots=True)
class ActRow:
    """One thing that happened with a lead."""

    lead: str
    action: Action
    on: date
    asset: str


@dataclass(frozen=True, slots=True)
class ToldStage:
    """A stage that somebody told of a lead."""

    lead: str
    at: datetime
    on: date
    stage: Stage


@dataclass(frozen=True, slots=True)
class EditRow:
    """An approved draft that a person changed: as made and as approved, and the lead's own words.

    `lead_words` are name, company and address, to be kept out of every count of words.
    """

    id: str
    lead: str | None
    rep: str
    before: str
    after: str
    lead_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingsRow:
    """The rules that found something in a draft as it was made, and in the text in force."""

    id: str
    first: tuple[str, ...]
    last: tuple[str, ...]
    kept: bool
    refused_promotion: bool


@dataclass(frozen=True, slots=True)
class MissRow:
    """A question that nothing answered; `state` is that of its content request."""

    on: date
    lead: str | None
    stage: Stage
    persona: str
    rep: str
    request: int
    state: str


class ReportRows:
    """Reads rows in one session; days are those of `zone`, an IANA name."""

    def __init__(self, session: Session, zone: str) -> None:
        self._session = session
        self._zone = ZoneInfo(zone)

    def cards(self) -> list[CardRow]:
        """Every suggestion, oldest first."""
        row, came = SuggestionRow, TouchOutcomeRow
        columns: Any = (
            row.id, row.lead_id, row.asked_by, row.created_at, row.stage, row.stage_confidence,
            row.decision, row.asset_id, row.touch_number, row.state, row.edits, row.decided_at,
            row.sent_on, came.outcome, came.helped,
        )  # fmt: skip
        query = (
            select(*columns)
            .outerjoin(TouchOutcomeRow, col(came.suggestion_id) == col(row.id))
            .order_by(col(row.created_at), col(row.id))
        )
        return [
            CardRow(
                id=i, lead=lead, rep=rep or "", made_at=made, made_on=self._on(made),
                stage=Stage(stage), sure=sure >= SURE_STAGE,
                is_card=decision == "send" and asset is not None, asset=asset, number=number,
                state=state, edits=edits, decided_on=self._on(decided) if decided else None,
                sent_on=sent_on, outcome=outcome, helped=helped,
            )
            for i, lead, rep, made, stage, sure, decision, asset, number, state, edits, decided,
            sent_on, outcome, helped in self._rows(query)
        ]  # fmt: skip

    def people(self) -> list[PersonRow]:
        """Every lead on record, by id."""
        row: Any = LeadRow
        query = select(row.id, row.facts, row.added_at).order_by(col(LeadRow.id))
        return [
            PersonRow(
                id=i,
                industry=_word(facts.get("industry")),
                size=facts.get("company_size"),
                persona=_word(facts.get("persona")),
                segment=_word(facts.get("segment")),
                opted_out=bool(facts.get("opted_out")),
                product_line=_word(facts.get("product_line")),
                stage=Stage(facts["stage"]) if facts.get("stage") else None,
                added_on=self._on(added),
            )
            for i, facts, added in self._rows(query)
        ]

    def acts(self) -> list[ActRow]:
        """Everything in the leads' histories, by day."""
        row: Any = LeadHistoryRow
        query = select(row.lead_id, row.action, row.happened_on, row.asset_id).order_by(
            row.happened_on, row.id
        )
        return [ActRow(lead, Action(act), on, asset) for lead, act, on, asset in self._rows(query)]

    def titles(self) -> dict[str, str]:
        """By asset id, its title."""
        row: Any = AssetRow
        return {i: str(title) for i, title in self._rows(select(row.id, row.title))}

    def told_stages(self) -> list[ToldStage]:
        """Every stage that somebody told, by moment."""
        row: Any = LeadFactRow
        query = (
            select(row.lead_id, row.learnt_at, row.value)
            .where(row.fact == "stage")
            .order_by(row.learnt_at, row.id)
        )
        return [ToldStage(i, at, self._on(at), Stage(told)) for i, at, told in self._rows(query)]

    def snoozed(self, last: date) -> dict[str, date]:
        """By lead, the day that its last decision up to a day put it off to."""
        row: Any = SuggestionRow
        query = (
            select(row.lead_id, row.state, row.snoozed_until, row.decided_at)
            .where(row.lead_id.is_not(None), row.decided_at.is_not(None))
            .order_by(row.decided_at, row.created_at)
        )
        found = {
            lead: (state, until)
            for lead, state, until, at in self._rows(query)
            if self._on(at) <= last
        }
        return {
            lead: until for lead, (state, until) in found.items() if state == "snoozed" and until
        }

    def edits(self) -> list[EditRow]:
        """Every approved draft that a person changed, oldest first."""
        row, text = SuggestionRow, SuggestionTextRow
        facts = col(text.card)["facts"]
        columns: Any = (
            row.id, row.lead_id, row.asked_by, text.original_body, text.body,
            facts["name"].as_string(), facts["company"].as_string(), facts["email"].as_string(),
        )  # fmt: skip
        query = (
            select(*columns)
            .join(SuggestionTextRow, col(text.suggestion_id) == col(row.id))
            .where(
                col(row.state) == "approved",
                col(row.edits) > 0,
                col(text.body).is_not(None),
                col(text.original_body).is_not(None),
            )
            .order_by(col(row.created_at), col(row.id))
        )
        return [
            EditRow(i, lead, rep or "", before, after, tuple(w for w in words if w))
            for i, lead, rep, before, after, *words in self._rows(query)
        ]

    def findings(self) -> list[FindingsRow]:
        """What the checks found in every draft, first and last."""
        text: Any = SuggestionTextRow
        card = col(text.card)
        found = '%"findings": [{%'
        refused = cast(card, Text).like('%"rule": "promotional"%')
        drafts = select(text.suggestion_id, text.kept_reason.is_not(None), refused).where(
            text.body.is_not(None)
        )
        # Most drafts pass, and reading their JSON to learn that would take most of the time.
        failed = select(
            text.suggestion_id, card["draft"]["checks"]["findings"], col(text.checks)["findings"]
        ).where(
            text.body.is_not(None),
            cast(card, Text).like(found) | cast(col(text.checks), Text).like(found),
        )
        rules = {i: (_rules(first), _rules(last)) for i, first, last in self._rows(failed)}
        return [
            FindingsRow(i, *rules.get(i, ((), ())), bool(kept), bool(seen))
            for i, kept, seen in self._rows(drafts.order_by(text.suggestion_id))
        ]

    def misses(self) -> list[MissRow]:
        """Every question that nothing answered, oldest first; without a word of it."""
        miss, request, group = ContentMissRow, ContentRequestRow, RequestGroupRow
        columns: Any = (
            miss.missed_at, miss.lead_id, request.stage, miss.persona, miss.asked_by,
            request.id, request.group_id, group.state,
        )  # fmt: skip
        query = (
            select(*columns)
            .join(ContentRequestRow, col(request.id) == col(miss.request_id))
            .outerjoin(RequestGroupRow, col(group.id) == col(request.group_id))
            .order_by(col(miss.missed_at), col(miss.id))
        )
        return [
            MissRow(
                self._on(at), lead, Stage(stage), persona or "", rep or "",
                grouped if grouped is not None else -number, state or "open",
            )
            for at, lead, stage, persona, rep, number, grouped, state in self._rows(query)
        ]  # fmt: skip

    def _rows(self, query: Any) -> Iterator[Any]:
        yield from self._session.execute(query)

    def _on(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()


def who_asked(db: Database) -> set[str]:
    """Everybody who ever asked for a touch, by id or name."""
    with db.read() as session:
        query: Any = select(col(SuggestionRow.asked_by)).distinct()
        return {asked for (asked,) in session.execute(query) if asked}


def _word(value: Any) -> str:
    return " ".join(str(value).split()) if value else ""


def _rules(findings: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f["rule"] for f in findings or ()))
