"""Content requests: missed wordings put together, and what marketing decides of each (M47)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from knowledge.clock import Clock
from knowledge.content_requests import ContentRequest, Miss, RequestState
from knowledge.errors import BadInput, NotFound
from knowledge.journey import Stage
from storage.audit import Audit
from storage.database import Database
from storage.tables import ContentMissRow, ContentRequestRow, RequestGroupRow

MOST_BECAUSE = 500


class RequestGroups:
    """Content requests by number; a decision is audited in the transaction of the change."""

    def __init__(self, db: Database, clock: Clock, audit: Audit) -> None:
        self._db, self._clock, self._audit = db, clock, audit

    def loose(self) -> dict[int, str]:
        """Wordings that stand in no request yet, by number; one that was erased is empty."""
        query = (
            select(ContentRequestRow.id, ContentMissRow.wording)
            .join(ContentMissRow, col(ContentMissRow.request_id) == col(ContentRequestRow.id))
            .where(col(ContentRequestRow.group_id).is_(None))
            .order_by(col(ContentMissRow.id))
        )
        found: dict[int, str] = {}
        with self._db.read() as session:
            for wording_id, wording in session.exec(query):
                if wording_id is not None:
                    found[wording_id] = found.get(wording_id) or wording or ""
        return found

    def put_together(self, groups: Sequence[Collection[int]], into: Mapping[int, int]) -> None:
        """Put loose wordings into requests: `into` names one there is, each of `groups` is new.

        What another process put somewhere meanwhile stays there. A request that was answered is
        open again when a new wording comes: the answer did not reach whoever asked.
        """
        with self._db.write() as session:
            for wording_id, group_id in into.items():
                group = session.get(RequestGroupRow, group_id)
                if group is not None:
                    _place(session, [wording_id], group_id)
                    if group.state == RequestState.ANSWERED.value:
                        group.state = RequestState.OPEN.value
                        session.add(group)
            for wording_ids in groups:
                if _are_loose(session, wording_ids):
                    _place(session, wording_ids, self._begin(session))

    def all(self, state: RequestState | None = None) -> list[ContentRequest]:
        """Every request with misses, or those of one state: the most missed first, then latest."""
        query = (
            select(RequestGroupRow, ContentRequestRow, ContentMissRow)
            .join(ContentRequestRow, col(ContentRequestRow.group_id) == col(RequestGroupRow.id))
            .join(ContentMissRow, col(ContentMissRow.request_id) == col(ContentRequestRow.id))
            .order_by(col(ContentMissRow.missed_at), col(ContentMissRow.id))
        )
        if state is not None:
            query = query.where(RequestGroupRow.state == state.value)
        misses: dict[int, list[Miss]] = {}
        rows: dict[int, RequestGroupRow] = {}
        with self._db.read() as session:
            for group, wording, miss in session.exec(query):
                key = group.id or 0
                rows[key] = group
                misses.setdefault(key, []).append(_miss(wording, miss))
            found = [_request(rows[key], told) for key, told in misses.items()]
        return sorted(found, key=lambda r: (-r.count, -r.last.timestamp(), r.id))

    def get(self, request_id: int) -> ContentRequest:
        """One request; `NotFound` when there is none of that number."""
        found = [r for r in self.all() if r.id == request_id]
        if not found:
            raise NotFound(
                f"There is no content request {request_id}; `trailguide requests list` shows them."
            )
        return found[0]

    def decide(
        self,
        request_id: int,
        state: RequestState,
        by: str,
        *,
        because: str = "",
        asset_id: str | None = None,
    ) -> bool:
        """Close, answer or open a request; False when it is so already."""
        with self._db.write() as session:
            group = _group(session, request_id)
            told = because.strip()[:MOST_BECAUSE] or None
            if (group.state, group.asset_id) == (state.value, asset_id) and told in {
                None, group.because,
            }:  # fmt: skip
                return False
            group.state, group.asset_id, group.because = state.value, asset_id, told
            group.decided_by, group.decided_at = by, self._clock.now()
            session.add(group)
            data = {"state": state.value, **({"asset": asset_id} if asset_id else {})}
            self._note(session, "request.decided", request_id, by, data)
        return True

    def merge(self, request_id: int, into: int, by: str) -> None:
        """Put the wordings of one request into another, which then is open where either was.

        `BadInput` for a request and itself.
        """
        if request_id == into:
            raise BadInput("A request cannot be put together with itself; name two.")
        with self._db.write() as session:
            old, kept = _group(session, request_id), _group(session, into)
            ids = _wordings_of(session, request_id)
            for row in ids:
                row.group_id = into
                session.add(row)
            if old.state == RequestState.OPEN.value:
                kept.state = RequestState.OPEN.value
                session.add(kept)
            self._note(
                session, "request.merged", request_id, by, {"into": into, "wordings": len(ids)}
            )

    def split(self, request_id: int, wording_ids: Collection[int], by: str) -> int:
        """Take some wordings out into an open request of their own; return its number.

        `BadInput` when that would take none or all, or names a wording of another request.
        """
        with self._db.write() as session:
            _group(session, request_id)
            rows = _wordings_of(session, request_id)
            wanted = set(wording_ids)
            own = {row.id for row in rows}
            if not wanted or not wanted < own:
                raise BadInput(
                    "Name some of the request's wordings, not all of them; "
                    f"request {request_id} has {len(own)}."
                )
            fresh = self._begin(session)
            for row in rows:
                if row.id in wanted:
                    row.group_id = fresh
                    session.add(row)
            self._note(
                session, "request.split", request_id, by, {"out": fresh, "wordings": len(wanted)}
            )
            return fresh

    def told(self, miss_ids: Collection[int]) -> None:
        """Note that whoever asked these was told of an answer."""
        with self._db.write() as session:
            for miss_id in miss_ids:
                row = session.get(ContentMissRow, miss_id)
                if row is not None and row.told_at is None:
                    row.told_at = self._clock.now()
                    session.add(row)

    def _begin(self, session: Session) -> int:
        group = RequestGroupRow(state=RequestState.OPEN.value, begun_at=self._clock.now())
        session.add(group)
        session.flush()
        return group.id or 0

    def _note(
        self, session: Session, kind: str, request_id: int, by: str, data: dict[str, Any]
    ) -> None:
        self._audit.append(session, kind, f"request-{request_id}", by, data)


def _group(session: Session, request_id: int) -> RequestGroupRow:
    row = session.get(RequestGroupRow, request_id)
    if row is None:
        raise NotFound(
            f"There is no content request {request_id}; `trailguide requests list` shows them."
        )
    return row


def _wordings_of(session: Session, request_id: int) -> list[ContentRequestRow]:
    query = select(ContentRequestRow).where(ContentRequestRow.group_id == request_id)
    return list(session.exec(query))


def _are_loose(session: Session, wording_ids: Collection[int]) -> bool:
    rows = [session.get(ContentRequestRow, i) for i in wording_ids]
    return any(row is not None and row.group_id is None for row in rows)


def _place(session: Session, wording_ids: Collection[int], group_id: int) -> None:
    for wording_id in wording_ids:
        row = session.get(ContentRequestRow, wording_id)
        if row is not None and row.group_id is None:
            row.group_id = group_id
            session.add(row)


def _miss(wording: ContentRequestRow, miss: ContentMissRow) -> Miss:
    return Miss(
        id=miss.id or 0,
        wording_id=wording.id or 0,
        wording=miss.wording,
        stage=Stage(wording.stage),
        persona=miss.persona,
        asked_by=miss.asked_by,
        lead_id=miss.lead_id,
        ask_key=miss.ask_key,
        at=miss.missed_at,
        told=miss.told_at is not None,
    )


def _request(group: RequestGroupRow, misses: Sequence[Miss]) -> ContentRequest:
    return ContentRequest(
        id=group.id or 0,
        state=RequestState(group.state),
        misses=tuple(misses),
        asset_id=group.asset_id,
        because=group.because,
    )
