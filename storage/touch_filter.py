"""Which suggestions a manager wants to see: one frozen filter for lists, exports and reports.

`conditions` puts it into SQL, so that no list is read whole to show a page of it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_
from sqlmodel import col, select

from knowledge.journey import Stage
from knowledge.touch import PaceDecision
from storage.tables import LeadRow, SuggestionRow
from storage.tables_review import TouchCheckRow

ANY_RULE = "any"
"""As `failed`: whatever the checks found."""
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2999, 12, 31)
"""A moment outside cannot be stored everywhere, and nothing was suggested then."""


class TouchState(StrEnum):
    """What became of a suggestion, as people ask for it; `open` and `approved` hold two each."""

    OPEN = "open"
    APPROVED = "approved"
    UNCHANGED = "approved_unchanged"
    EDITED = "approved_edited"
    REPLACED = "replaced"
    SNOOZED = "snoozed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class TouchFilter:
    """What a suggestion must be to be listed; None and empty ask nothing.

    `rep` is who asked for it (a Slack id), `lead` and `asset` are ids, `company` that of a lead on
    record, in any case. `decision` is what it says to do, `state` what became of it. `failed` is a
    rule that finds something in the text in force (`ANY_RULE` for all), `overridden` whether
    findings were kept with a reason. `since` and `until` are the team's days, both included.
    """

    rep: str = ""
    lead: str = ""
    stage: Stage | None = None
    asset: str = ""
    decision: PaceDecision | None = None
    state: TouchState | None = None
    failed: str = ""
    overridden: bool | None = None
    since: date | None = None
    until: date | None = None
    company: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it lets everything through."""
        return self == TouchFilter()

    def payload(self) -> dict[str, Any]:
        """What is set, as JSON."""
        told = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in told.items()
            if value not in {None, ""}
        }

    @classmethod
    def from_payload(cls, told: dict[str, Any]) -> TouchFilter:
        """The filter that `payload` was made from; ValueError for another."""
        stage, decision, state = told.get("stage"), told.get("decision"), told.get("state")
        since, until = told.get("since"), told.get("until")
        return cls(
            rep=str(told.get("rep", "")),
            lead=str(told.get("lead", "")),
            stage=Stage(stage) if stage else None,
            asset=str(told.get("asset", "")),
            decision=PaceDecision(decision) if decision else None,
            state=TouchState(state) if state else None,
            failed=str(told.get("failed", "")),
            overridden=told.get("overridden"),
            since=date.fromisoformat(since) if since else None,
            until=date.fromisoformat(until) if until else None,
            company=str(told.get("company", "")),
        )


def conditions(wanted: TouchFilter, zone: str) -> list[Any]:
    """What `SuggestionRow` must meet, for `where(*conditions)`; `zone` is the team's, an IANA name.

    Days begin and end in that zone, whatever its clocks did that day.
    """
    row = SuggestionRow
    asked: list[Any] = []
    for column, value in (
        (row.asked_by, wanted.rep),
        (row.lead_id, wanted.lead),
        (row.stage, wanted.stage and wanted.stage.value),
        (row.asset_id, wanted.asset),
        (row.decision, wanted.decision and wanted.decision.value),
    ):
        if value:
            asked.append(col(column) == value)
    if wanted.state:
        asked += _in_state(wanted.state)
    if wanted.since:
        asked.append(col(row.created_at) >= day_begins(wanted.since, zone))
    if wanted.until and wanted.until < LAST_DAY:
        asked.append(col(row.created_at) < day_begins(wanted.until + timedelta(days=1), zone))
    if wanted.company:
        named, company = col(LeadRow.company), wanted.company
        # SQLite lowers ASCII letters only, so what is spelt as on record is asked for as well.
        same = or_(named == company, func.lower(named) == company.lower())
        asked.append(col(row.lead_id).in_(select(LeadRow.id).where(same)))
    return asked + _checked(wanted)


def day_begins(day: date, zone: str) -> datetime:
    """The moment at which a day begins in a zone, in UTC; days of no calendar of ours give way."""
    day = min(max(day, FIRST_DAY), LAST_DAY)
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def _in_state(state: TouchState) -> list[Any]:
    row = SuggestionRow
    match state:
        case TouchState.OPEN:
            return [col(row.state).in_(("pending", "edited"))]
        case TouchState.EDITED:
            return [col(row.state) == "approved", col(row.edits) > 0]
        case TouchState.UNCHANGED:
            return [col(row.state) == "approved", col(row.edits) == 0]
    return [col(row.state) == state.value]


def _checked(wanted: TouchFilter) -> list[Any]:
    asked: list[Any] = []
    own, found = col(SuggestionRow.id), col(TouchCheckRow.suggestion_id)
    if wanted.failed:
        named = select(TouchCheckRow.suggestion_id)
        if wanted.failed != ANY_RULE:
            named = named.where(TouchCheckRow.rule == wanted.failed)
        asked.append(own.in_(named))
    if wanted.overridden is not None:
        kept = select(found).where(col(TouchCheckRow.kept))
        asked.append(own.in_(kept) if wanted.overridden else own.not_in(kept))
    return asked
