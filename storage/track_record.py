"""What reps say helped, and what came of every approved touch (M48)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import col, select

from knowledge.clock import Clock
from knowledge.errors import BadInput, NotFound
from knowledge.track_record import TouchOutcome
from storage.audit import Audit
from storage.database import Database
from storage.outcomes import outcomes
from storage.tables import LeadHistoryRow, SuggestionRow, TouchOutcomeRow


@dataclass(frozen=True, slots=True)
class RepAnswer:
    """Whether a piece helped, who said so and when."""

    helped: bool
    by: str
    at: datetime


class TrackRecord:
    """Answers by suggestion, and the outcomes of all touches."""

    def __init__(self, db: Database, audit: Audit, clock: Clock) -> None:
        self._db = db
        self._audit = audit
        self._clock = clock

    def answer(self, suggestion_id: str, by: str, *, helped: bool) -> RepAnswer:
        """Keep whether an approved touch helped; a later answer takes the place of the former.

        The same answer by the same person again changes nothing and is not audited twice.
        `NotFound`; `BadInput` for a suggestion that was not approved, or had no asset.
        """
        with self._db.write() as session:
            touch = session.get(SuggestionRow, suggestion_id)
            if touch is None:
                raise NotFound(
                    f"There is no suggestion '{suggestion_id[:80]}'; "
                    "see the ids with `trailguide touches export`."
                )
            if touch.state != "approved" or touch.asset_id is None:
                raise BadInput(
                    "Only a suggestion that was approved with an asset can have helped; "
                    "approve its card first."
                )
            row = session.get(TouchOutcomeRow, suggestion_id)
            row = row or TouchOutcomeRow(suggestion_id=suggestion_id)
            before = row.helped
            if (before, row.answered_by) != (helped, by) or row.answered_at is None:
                row.helped, row.answered_by, row.answered_at = helped, by, self._clock.now()
                session.add(row)
                session.flush()
                data = {"asset": touch.asset_id, "helped": helped, "before": before}
                self._audit.append(session, "suggestion.answered", touch.id, by, data)
            return RepAnswer(helped, by, row.answered_at or self._clock.now())

    def answer_to(self, suggestion_id: str) -> RepAnswer | None:
        """The answer as it stands; None when nobody gave one."""
        with self._db.read() as session:
            row = session.get(TouchOutcomeRow, suggestion_id)
            if row is None or row.helped is None or row.answered_at is None:
                return None
            return RepAnswer(row.helped, row.answered_by or "", row.answered_at)

    def outcomes(self, zone: str, today: date) -> tuple[TouchOutcome, ...]:
        """What came of each approved touch up to a day, oldest first; days are those of `zone`.

        Four queries, however many touches there are.
        """
        with self._db.read() as session:
            return tuple(touch for _, touch in outcomes(session, zone, today))

    def revision(self) -> str:
        """Changes with every answer and every act of a lead; for a cache, with the day beside it.

        An approval changes nothing yet: its outcome is open. A later stage is noticed with the next
        answer or act, or the next day; that spares the asks in between.
        """
        parts = (
            select(func.max(col(LeadHistoryRow.id))),
            select(func.max(col(LeadHistoryRow.added_at))),
            select(func.count(col(TouchOutcomeRow.suggestion_id))),
            select(func.max(col(TouchOutcomeRow.answered_at))),
            select(func.max(col(TouchOutcomeRow.outcome_at))),
            select(func.max(col(SuggestionRow.sent_at))),
        )
        with self._db.read() as session:
            row = session.execute(select(*(p.scalar_subquery() for p in parts))).one()
        return "-".join(map(str, row))
