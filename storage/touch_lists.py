"""Lists of suggestions by a filter: a page at a time, counted, or all of them as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select

from knowledge.journey import Stage
from knowledge.touch import PaceDecision
from storage.database import Database
from storage.suggestion_record import SuggestionRecord, record
from storage.tables import AssetRow, LeadRow, SuggestionRow, SuggestionTextRow, TouchOutcomeRow
from storage.tables_review import TouchCheckRow
from storage.touch_filter import TouchFilter, conditions

STREAM_ROWS = 200
"""Read at once while streaming: a suggestion with its texts is some ten kilobytes."""


@dataclass(frozen=True, slots=True)
class TouchLine:
    """One suggestion as a list shows it; names are empty when nobody said them, or once erased.

    `failed` are the rules that find something in its text, `kept` those of them that its editor
    left in. `title` is the piece's as it is called now.
    """

    id: str
    at: datetime
    asked_by: str | None
    lead_id: str | None
    name: str
    company: str
    stage: Stage
    decision: PaceDecision
    state: str
    edits: int
    asset_id: str | None
    title: str
    failed: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TouchPage:
    """A page, newest first, of the `total` that the filter lets through.

    `start` is how many stand before it; `after` names its last line where more follow.
    """

    lines: tuple[TouchLine, ...]
    total: int
    start: int = 0
    after: str = ""


class TouchLists:
    """Reads suggestions by filter; `zone` is the team's, an IANA name."""

    def __init__(self, db: Database, zone: str) -> None:
        self._db = db
        self._zone = zone

    def page(self, wanted: TouchFilter, most: int, after: str = "", before: str = "") -> TouchPage:
        """The page behind the suggestion `after`, or the one that ends above `before`.

        The first one without either, or when that suggestion is gone.
        """
        asked = conditions(wanted, self._zone)
        with self._db.read() as session:
            total = _count(session, asked)
            above = _start_above(session, asked, before, most)
            behind = None if above is not None else _behind(session, after)
            start = above or 0
            if behind is not None:
                start = total - _count(session, [*asked, behind])
            query: Any = (
                select(SuggestionRow)
                .where(*asked, *([behind] if behind is not None else []))
                .order_by(col(SuggestionRow.created_at).desc(), col(SuggestionRow.id).desc())
                .offset(above or 0)
                .limit(most + 1)
            )
            rows = list(session.exec(query))
            lines = _lines(session, rows[:most])
        more = lines[-1].id if len(rows) > most else ""
        return TouchPage(lines, total, start, more)

    def count(self, wanted: TouchFilter) -> int:
        """How many the filter lets through."""
        with self._db.read() as session:
            return _count(session, conditions(wanted, self._zone))

    def lines(self, ids: tuple[str, ...]) -> tuple[TouchLine, ...]:
        """These suggestions, in this order; one that is not there is left out."""
        with self._db.read() as session:
            query = select(SuggestionRow).where(col(SuggestionRow.id).in_(ids))
            found = {line.id: line for line in _lines(session, list(session.exec(query)))}
        return tuple(found[i] for i in ids if i in found)

    def rules(self) -> tuple[str, ...]:
        """The rules that find something in any text, by name."""
        query = select(TouchCheckRow.rule).distinct().order_by(col(TouchCheckRow.rule))
        with self._db.read() as session:
            return tuple(session.exec(query))

    def stream(self, wanted: TouchFilter) -> Iterator[SuggestionRecord]:
        """Every suggestion that the filter lets through, oldest first, without holding them all.

        It reads on in short transactions, so that a slow reader keeps no writer waiting.
        """
        asked, last = conditions(wanted, self._zone), None
        row, texts, came = SuggestionRow, SuggestionTextRow, TouchOutcomeRow
        query: Any = (
            select(row, texts, came)
            .outerjoin(texts, col(texts.suggestion_id) == col(row.id))
            .outerjoin(came, col(came.suggestion_id) == col(row.id))
            .order_by(col(row.created_at), col(row.id))
            .limit(STREAM_ROWS)
        )
        while True:
            ahead: list[Any] = [_ahead(*last)] if last else []
            with self._db.read() as session:
                found = list(session.exec(query.where(*asked, *ahead)))
            yield from (record(*told) for told in found)
            if len(found) < STREAM_ROWS:
                return
            last = (found[-1][0].created_at, found[-1][0].id)


def _count(session: Session, asked: list[Any]) -> int:
    query = select(func.count()).select_from(SuggestionRow).where(*asked)
    return int(session.exec(query).one())


def _start_above(session: Session, asked: list[Any], before: str, most: int) -> int | None:
    """How many stand before the page that ends above a suggestion; None when that is gone."""
    row = session.get(SuggestionRow, before) if before else None
    if row is None:
        return None
    at, own = col(SuggestionRow.created_at), col(SuggestionRow.id)
    ahead = and_(at >= row.created_at, or_(at > row.created_at, own > row.id))
    return max(0, _count(session, [*asked, ahead]) - most)


def _behind(session: Session, after: str) -> Any:
    """What comes behind a suggestion, newest first; None when it is not there."""
    row = session.get(SuggestionRow, after) if after else None
    if row is None:
        return None
    at, own = col(SuggestionRow.created_at), col(SuggestionRow.id)
    return and_(at <= row.created_at, or_(at < row.created_at, own < row.id))


def _ahead(at: datetime, own: str) -> Any:
    """What comes after a suggestion, oldest first."""
    when = col(SuggestionRow.created_at)
    return and_(when >= at, or_(when > at, col(SuggestionRow.id) > own))


def _lines(session: Session, rows: list[SuggestionRow]) -> tuple[TouchLine, ...]:
    ids = [row.id for row in rows]
    leads = _by_id(session, LeadRow.id, (LeadRow.name, LeadRow.company), {r.lead_id for r in rows})
    titles = _by_id(session, AssetRow.id, (AssetRow.title,), {r.asset_id for r in rows})
    nameless = {r.id for r in rows if r.lead_id is None}
    cards = _by_id(session, SuggestionTextRow.suggestion_id, (SuggestionTextRow.card,), nameless)
    checks = select(TouchCheckRow).where(col(TouchCheckRow.suggestion_id).in_(ids))
    found: dict[str, list[TouchCheckRow]] = {}
    for check in session.exec(checks.order_by(col(TouchCheckRow.rule))):
        found.setdefault(check.suggestion_id, []).append(check)
    lines = []
    for row in rows:
        name, company = leads.get(row.lead_id or "", (None, None))
        if row.id in cards:
            facts = cards[row.id][0].get("facts") or {}
            name, company = facts.get("name"), facts.get("company")
        ruled = found.get(row.id, [])
        lines.append(
            TouchLine(
                id=row.id,
                at=row.created_at,
                asked_by=row.asked_by,
                lead_id=row.lead_id,
                name=name or "",
                company=company or "",
                stage=Stage(row.stage),
                decision=PaceDecision(row.decision),
                state=row.state,
                edits=row.edits,
                asset_id=row.asset_id,
                title=titles.get(row.asset_id or "", ("",))[0] or row.asset_id or "",
                failed=tuple(c.rule for c in ruled),
                kept=tuple(c.rule for c in ruled if c.kept),
            )
        )
    return tuple(lines)


def _by_id(
    session: Session, key: Any, columns: tuple[Any, ...], ids: set[Any]
) -> dict[str, tuple[Any, ...]]:
    query: Any = select(key, *columns).where(col(key).in_([i for i in ids if i]))
    return {own: tuple(told) for own, *told in session.exec(query)}
