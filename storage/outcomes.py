"""What came of approved touches, read from suggestions and lead histories in four queries."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from knowledge.fact_trust import CORRECTION
from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry
from knowledge.outcomes import moved_as_told
from knowledge.track_record import REACTIONS, TouchOutcome, moved_on
from storage.tables import (
    LeadFactRow,
    LeadHistoryRow,
    LeadRow,
    SuggestionRow,
    TouchOutcomeRow,
)

__all__ = ["CORRECTION", "SURE_STAGE"]

SURE_STAGE = 0.5
"""Confidence from which a later reading of the stage counts as having moved on: more likely than
not. A guess from one question is no progress."""


def outcomes(
    session: Session, zone: str, today: date, lead_id: str | None = None
) -> Iterator[tuple[str, TouchOutcome]]:
    """Each approved touch that had an asset, with its suggestion's id, oldest first.

    `lead_id` keeps to one lead. Days are those of `zone`. A touch of a lead who is not on record
    has no progression, save what was kept when that lead was erased.
    """
    team = ZoneInfo(zone)

    def day(moment: datetime) -> date:
        return moment.astimezone(team).date()

    made, came = SuggestionRow, TouchOutcomeRow
    columns = _columns(
        made.id, made.lead_id, made.asset_id, made.stage, made.decided_at, made.sent_on
    )
    query: Any = (
        select(*columns, *_columns(LeadRow.id, came.helped, came.moved, came.outcome))
        .outerjoin(LeadRow, col(LeadRow.id) == col(SuggestionRow.lead_id))
        .outerjoin(TouchOutcomeRow, col(TouchOutcomeRow.suggestion_id) == col(SuggestionRow.id))
        .where(
            SuggestionRow.state == "approved",
            col(SuggestionRow.asset_id).is_not(None),
            col(SuggestionRow.decided_at).is_not(None),
        )
        .order_by(col(SuggestionRow.decided_at), col(SuggestionRow.id))
    )
    if lead_id is not None:
        query = query.where(SuggestionRow.lead_id == lead_id)
    touches = [(*row[:4], row[5] or day(row[4]), *row[6:]) for row in session.exec(query)]
    touches.sort(key=lambda touch: touch[4])
    leads = {touch[1] for touch in touches if touch[5]}
    acts = _acts(session, lead_id) if leads else {}
    stages = _stages(session, lead_id, day) if leads else {}
    sent: dict[str, list[date]] = defaultdict(list)
    for _, lead, _, _, on, *_ in touches:
        if lead in leads:
            sent[lead].append(on)
    for suggestion_id, lead, asset_id, stage, on, known, helped, moved, outcome in touches:
        touch = TouchOutcome(asset_id, Stage(stage), on, helped, moved)
        if known:
            after = bisect_right(sent[lead], on)
            touch = TouchOutcome(
                asset_id, touch.stage, on, helped,
                moved_on(
                    touch, acts.get(lead, ()), stages.get(lead, ()), today=today,
                    next_touch=sent[lead][after] if after < len(sent[lead]) else None,
                ),
            )  # fmt: skip
        yield suggestion_id, replace(touch, moved=moved_as_told(touch.moved, outcome))


def _acts(session: Session, lead_id: str | None) -> dict[str, list[HistoryEntry]]:
    """By lead, the acts that may show an effect."""
    acts = LeadHistoryRow
    query: Any = (
        select(*_columns(acts.lead_id, acts.action, acts.happened_on, acts.asset_id))
        .where(col(acts.action).in_(sorted(REACTIONS)))
        .where(_of(acts.lead_id, lead_id))
    )
    found: dict[str, list[HistoryEntry]] = defaultdict(list)
    for lead, action, on, asset_id in session.exec(query):
        found[lead].append(HistoryEntry(Action(action), on, asset_id or None))
    return found


def _stages(session: Session, lead_id: str | None, day: Any) -> dict[str, list[tuple[date, Stage]]]:
    """By lead, the stages read with some confidence and those a rep set, each with its day."""
    read: Any = select(SuggestionRow.lead_id, SuggestionRow.created_at, SuggestionRow.stage).where(
        SuggestionRow.stage_confidence >= SURE_STAGE
    )
    told: Any = select(LeadFactRow.lead_id, LeadFactRow.learnt_at, LeadFactRow.value).where(
        LeadFactRow.fact == "stage", LeadFactRow.source == CORRECTION
    )
    found: dict[str, list[tuple[date, Stage]]] = defaultdict(list)
    for query, column in ((read, SuggestionRow.lead_id), (told, LeadFactRow.lead_id)):
        for lead, moment, stage in session.exec(query.where(_of(column, lead_id))):
            found[lead].append((day(moment), Stage(stage)))
    return found


def _columns(*columns: Any) -> Any:
    """The columns as they are: the typed `select` takes four, and of some types only."""
    return columns


def _of(column: Any, lead_id: str | None) -> Any:
    """The condition that a row is about this lead, or about any that something was approved for."""
    if lead_id is not None:
        return col(column) == lead_id
    return col(column).in_(
        select(SuggestionRow.lead_id).where(
            SuggestionRow.state == "approved", col(SuggestionRow.lead_id).is_not(None)
        )
    )


def keep_outcomes(session: Session, lead_id: str, today: date) -> None:
    """Before a lead is erased: keep for each touch whether it went well, without saying how.

    A window still open is taken as it stands, and unknown stays unknown. The zone matters by a day
    at most and is not known here, so days are those of UTC.
    """
    for suggestion_id, touch in list(outcomes(session, "UTC", today, lead_id)):
        if touch.moved is None:
            continue
        row = session.get(TouchOutcomeRow, suggestion_id) or TouchOutcomeRow(
            suggestion_id=suggestion_id
        )
        row.moved = touch.moved
        session.add(row)
    session.flush()
