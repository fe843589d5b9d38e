"""Imports as they stand: what is still to read, and what became of every piece."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, Update, delete, func, insert, or_, update
from sqlmodel import Session, col, select

from knowledge.clock import Clock
from knowledge.errors import NotFound
from storage.columns import metadata
from storage.database import Database, batches
from storage.import_records import DONE, REJECTED, REPLACED, TO_DO, Became, ImportRecord, Piece
from storage.tables import ImportPieceRow, ImportRow

PIECE: Table = metadata.tables["import_piece"]


class Imports:
    """The plans and their progress; every change is on disk when its method returns."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def plan(
        self,
        sources: Sequence[str],
        options: Mapping[str, Any],
        by: str,
        pieces: Sequence[Piece],
        *,
        for_bot: bool = False,
    ) -> str:
        """Keep a plan; returns its id. An unfinished one of the same sources gives way to it."""
        now = self._clock.now()
        identity = f"{now:%Y%m%d}-{secrets.token_hex(3)}"
        with self._db.write() as session:
            for old in session.exec(select(ImportRow).where(col(ImportRow.ended_at).is_(None))):
                if old.sources == list(sources) and old.options == dict(options):
                    old.ended_at, old.ended_because = now, REPLACED
                    session.add(old)
            session.add(
                ImportRow(
                    id=identity, sources=list(sources), options=dict(options), planned_by=by,
                    planned_at=now, for_bot=for_bot,
                )
            )  # fmt: skip
            session.flush()
            _insert(session, identity, 0, pieces)
        return identity

    def todo(self, identity: str, most: int, after: int = -1) -> list[Piece]:
        """The next pieces to read behind a place, in order, without those that still wait."""
        query = (
            select(ImportPieceRow)
            .where(
                ImportPieceRow.import_id == identity,
                ImportPieceRow.became == TO_DO,
                ImportPieceRow.place > after,
                or_(
                    col(ImportPieceRow.not_before).is_(None),
                    col(ImportPieceRow.not_before) <= self._clock.now(),
                ),
            )
            .order_by(col(ImportPieceRow.place))
            .limit(most)
        )
        with self._db.read() as session:
            return [_piece(row) for row in session.exec(query)]

    def waits_until(self, identity: str) -> datetime | None:
        """When the first of the pieces that wait may be read; None when none waits."""
        query = select(func.min(ImportPieceRow.not_before)).where(
            ImportPieceRow.import_id == identity, ImportPieceRow.became == TO_DO
        )
        with self._db.read() as session:
            return session.exec(query).one()

    def settle(
        self,
        identity: str,
        settled: Sequence[Became],
        read: Mapping[int, tuple[int, str]] | None = None,
    ) -> None:
        """Note what became of pieces; new rows of manifests are added behind the others.

        `read` says how many rows of the manifest at a place are through, and of which version.
        """
        known = [told for told in settled if told.place is not None]
        fresh = [told for told in settled if told.place is None]
        with self._db.write() as session:
            for place, (rows_read, mark) in (read or {}).items():
                session.execute(_at(identity, place).values(read=rows_read, mark=mark))
            for told in known:
                session.execute(
                    _at(identity, told.place or 0).values(
                        became=told.became, asset_id=told.asset_id, reason=told.reason,
                        flags=told.flags, not_before=None,
                    )
                )  # fmt: skip
            if fresh:
                start = _next_place(session, identity)
                rows = [_became_row(identity, start + n, told) for n, told in enumerate(fresh)]
                session.execute(insert(PIECE), rows)

    def extend(self, identity: str, pieces: Sequence[Piece], cap: int) -> int:
        """Add what a list names and the import lacks; returns how many of it were left out.

        The import never grows to more than `cap` pieces by its lists.
        """
        wanted = list({p.location: p for p in pieces}.values())
        with self._db.write() as session:
            known: set[str] = set()
            for batch in batches([p.location for p in wanted]):
                query = select(ImportPieceRow.location).where(
                    ImportPieceRow.import_id == identity, col(ImportPieceRow.location).in_(batch)
                )
                known.update(session.exec(query))
            start = _next_place(session, identity)
            fresh = [p for p in wanted if p.location not in known]
            room = max(0, cap - start)
            _insert(session, identity, start, fresh[:room])
            return len(fresh[room:])

    def postpone(
        self, identity: str, place: int, seconds: float, reason: str, *, tried: bool
    ) -> None:
        """Leave a piece for later, as its site asks; `tried` counts the try."""
        until = self._clock.now() + timedelta(seconds=seconds)
        waits = {"not_before": until, "reason": reason, "tries": PIECE.c.tries + int(tried)}
        with self._db.write() as session:
            session.execute(_at(identity, place).values(**waits))

    def try_again(self, identity: str) -> int:
        """Make rejected pieces of an import to do again; returns how many."""
        with self._db.write() as session:
            row = _import(session, identity)
            again = session.execute(
                update(PIECE)
                .where(
                    PIECE.c.import_id == identity,
                    PIECE.c.became == REJECTED,
                    PIECE.c.kind.not_in(["row", "refused"]),
                )
                .values(became=TO_DO, reason="", tries=0, not_before=None)
            )
            count = int(again.rowcount)  # type: ignore[attr-defined]
            if count:
                row.ended_at, row.ended_because = None, ""
                session.add(row)
            return count

    def end(self, identity: str, because: str = DONE) -> None:
        """Close an import; one that ended stays as it ended."""
        with self._db.write() as session:
            row = _import(session, identity)
            if row.ended_at is None:
                row.ended_at, row.ended_because = self._clock.now(), because
                session.add(row)

    def has_ended(self, identity: str) -> bool:
        """Whether an import is over, be it that somebody gave it up meanwhile."""
        with self._db.read() as session:
            return _import(session, identity).ended_at is not None

    def get(self, identity: str) -> ImportRecord:
        """An import with its counts; `NotFound` for an unknown id."""
        with self._db.read() as session:
            return _record(_import(session, identity), _counts(session, identity))

    def all(self, *, unfinished: bool = False) -> list[ImportRecord]:
        """Every import, the latest first; or those only that have not ended."""
        query = select(ImportRow).order_by(col(ImportRow.planned_at).desc(), col(ImportRow.id))
        if unfinished:
            query = query.where(col(ImportRow.ended_at).is_(None))
        with self._db.read() as session:
            return [_record(r, _counts(session, r.id)) for r in session.exec(query).all()]

    def pieces(self, identity: str, *became: str) -> list[Became]:
        """What became of pieces, in order; all that are no longer to do, or these kinds."""
        query = select(ImportPieceRow).where(ImportPieceRow.import_id == identity)
        chosen = col(ImportPieceRow.became)
        query = query.where(chosen.in_(became) if became else chosen != TO_DO)
        with self._db.read() as session:
            return [_told(r) for r in session.exec(query.order_by(col(ImportPieceRow.place)))]

    def purge(self, older_than: timedelta) -> int:
        """Forget imports that ended longer ago than this, with their pieces; returns how many."""
        limit = self._clock.now() - older_than
        with self._db.write() as session:
            gone = session.exec(delete(ImportRow).where(col(ImportRow.ended_at) < limit))
            return int(gone.rowcount)


def _at(identity: str, place: int) -> Update:
    """The change of one piece."""
    return update(PIECE).where(PIECE.c.import_id == identity, PIECE.c.place == place)


def _import(session: Session, identity: str) -> ImportRow:
    row = session.get(ImportRow, identity)
    if row is None:
        raise NotFound(
            f"There is no import '{identity[:60]}'; `trailguide library imports` lists them."
        )
    return row


def _insert(session: Session, identity: str, start: int, pieces: Sequence[Piece]) -> None:
    rows = [
        _row(identity, start + n, p.location, p.folder, p.kind) | {
            "changed": p.changed, "reason": p.reason
        }
        for n, p in enumerate(pieces)
    ]  # fmt: skip
    if rows:
        session.execute(insert(PIECE), rows)


def _became_row(identity: str, place: int, told: Became) -> dict[str, Any]:
    return _row(identity, place, told.location, told.folder, "row") | {
        "became": told.became,
        "asset_id": told.asset_id,
        "reason": told.reason,
        "flags": told.flags,
    }


def _row(identity: str, place: int, location: str, folder: str, kind: str) -> dict[str, Any]:
    empty = dict.fromkeys(("changed", "became", "asset_id", "reason", "flags", "mark"), "")
    own = {"import_id": identity, "place": place, "location": location}
    return {**empty, **own, "folder": folder, "kind": kind, "read": 0, "tries": 0}


def _next_place(session: Session, identity: str) -> int:
    query = select(func.max(ImportPieceRow.place)).where(ImportPieceRow.import_id == identity)
    last = session.exec(query).one()
    return 0 if last is None else int(last) + 1


def _counts(session: Session, identity: str) -> dict[str, int]:
    query = (
        select(ImportPieceRow.became, func.count())
        .where(ImportPieceRow.import_id == identity)
        .group_by(col(ImportPieceRow.became))
    )
    return {became: int(count) for became, count in session.exec(query)}


def _record(row: ImportRow, counts: Mapping[str, int]) -> ImportRecord:
    return ImportRecord(
        row.id, tuple(row.sources), row.options, row.planned_by, row.planned_at, row.for_bot,
        row.ended_at, row.ended_because, counts,
    )  # fmt: skip


def _piece(row: ImportPieceRow) -> Piece:
    return Piece(
        row.location, row.kind, row.folder, row.changed, row.place, row.read, row.mark, row.tries,
        row.reason,
    )  # fmt: skip


def _told(row: ImportPieceRow) -> Became:
    return Became(
        row.location, row.became, row.place, row.asset_id, row.reason, row.flags, row.folder
    )
