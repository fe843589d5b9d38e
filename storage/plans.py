"""Plans under way: the track as it was when each began, and how it ended (M4, M45)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlmodel import Session, col, func, select

from knowledge.clock import Clock
from knowledge.plan_place import HeldPlan
from knowledge.tracks import Track, as_json, from_json
from storage.audit import Audit
from storage.database import Database, batches
from storage.presence import require_lead
from storage.salts import salted
from storage.tables import LeadFactRow
from storage.tables_plans import LeadPlanRow, TrackVersionRow


class Plans:
    """Plans by lead id; each change is audited with it."""

    def __init__(self, db: Database, clock: Clock, audit: Audit) -> None:
        self._db, self._clock, self._audit = db, clock, audit

    def of(self, lead_id: str) -> HeldPlan | None:
        """The plan of a lead, under way or ended; None when there never was one."""
        return self.of_all([lead_id]).get(lead_id)

    def of_all(self, ids: Collection[str]) -> dict[str, HeldPlan]:
        """The plans of these leads by id."""
        with self._db.read() as session:
            return {row.lead_id: _held(row, body) for row, body in _rows(session, ids)}

    def marks(self) -> dict[str, tuple[Any, ...]]:
        """By lead id, what changes whenever its plan does."""
        row = LeadPlanRow
        columns: Any = (row.lead_id, row.mark, row.started_on, row.ended_on, row.moved)
        query: Any = select(*columns)
        with self._db.read() as session:
            return {lead_id: tuple(told) for lead_id, *told in session.exec(query)}

    def start(self, lead_id: str, plan: HeldPlan, by: str) -> bool:
        """Put a plan under way in the place of the one there was; False when it is there already.

        `NotFound` for a lead that is not on record.
        """
        with self._db.write() as session:
            require_lead(session, lead_id)
            row = session.get(LeadPlanRow, lead_id)
            mark = plan.track.mark
            if row and not row.ended_on and (row.track, row.mark) == (plan.track.id, mark):
                return False
            _keep_version(session, plan.track, self._clock)
            if row and not row.ended_on:
                self._note(session, "plan.ended", row, by)
            row = row or LeadPlanRow(
                lead_id=lead_id, track="", mark="", trigger="", anchor=plan.anchor,
                touches_before=0, started_on=plan.started_on,
            )  # fmt: skip
            row.track, row.mark, row.trigger = plan.track.id, mark, plan.trigger
            row.anchor, row.touches_before = plan.anchor, plan.touches_before
            row.started_on, row.started_by, row.moved = plan.started_on, by, plan.moved
            row.ended_on, row.ended_because = None, ""
            session.add(row)
            self._note(session, "plan.moved" if plan.moved else "plan.started", row, by)
            return True

    def end(self, lead_id: str, on: date, because: str, by: str) -> bool:
        """End the plan under way, `because` of one of our reasons; False when there is none."""
        with self._db.write() as session:
            row = session.get(LeadPlanRow, lead_id)
            if row is None or row.ended_on:
                return False
            row.ended_on, row.ended_because = on, because
            session.add(row)
            self._note(session, "plan.ended", row, by)
            return True

    def sources(self, ids: Collection[str]) -> dict[str, str]:
        """By lead id, where the first thing that is known of it came from."""
        row = LeadFactRow
        found: dict[str, str] = {}
        with self._db.read() as session:
            for batch in batches(sorted(ids)):
                first: Any = (
                    select(func.min(row.id))
                    .where(col(row.lead_id).in_(batch))
                    .group_by(col(row.lead_id))
                )
                query = select(row.lead_id, row.source).where(col(row.id).in_(first))
                found |= {lead_id: source for lead_id, source in session.exec(query)}  # noqa: C416 - rows
        return found

    def version_noted(self, track: str, version: int) -> str | None:
        """The mark of a version of a track that plans began with, None when none did."""
        query = select(TrackVersionRow.mark).where(
            TrackVersionRow.track == track, TrackVersionRow.version == version
        )
        with self._db.read() as session:
            return session.exec(query.order_by(col(TrackVersionRow.noted_at).desc())).first()

    def _note(self, session: Session, kind: str, row: LeadPlanRow, by: str) -> None:
        mark = salted(session, row.lead_id, row.lead_id)
        held = session.get(TrackVersionRow, (row.track, row.mark))
        data = {"lead": mark, "track": row.track, "version": held.version if held else None}
        self._audit.append(session, kind, mark, by, data)


def _keep_version(session: Session, track: Track, clock: Clock) -> None:
    if session.get(TrackVersionRow, (track.id, track.mark)) is None:
        session.add(
            TrackVersionRow(
                track=track.id, mark=track.mark, version=track.version, body=as_json(track),
                noted_at=clock.now(),
            )
        )  # fmt: skip
        session.flush()


def _rows(session: Session, ids: Collection[str]) -> Iterator[tuple[LeadPlanRow, dict[str, Any]]]:
    plan, version = LeadPlanRow, TrackVersionRow
    for batch in batches(sorted(ids)):
        query: Any = (
            select(plan, version.body)
            .join(version, (col(version.track) == plan.track) & (col(version.mark) == plan.mark))
            .where(col(plan.lead_id).in_(batch))
        )
        yield from session.exec(query)


def _held(row: LeadPlanRow, body: dict[str, Any]) -> HeldPlan:
    return HeldPlan(
        from_json(body), row.trigger, row.anchor, row.touches_before, row.started_on, row.ended_on,
        row.ended_because, row.moved,
    )  # fmt: skip
