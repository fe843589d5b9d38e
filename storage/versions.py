"""Versions of pieces: those before, and those that wait while the one before is served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, delete, func, select

from knowledge.assets import Asset, AssetStatus
from knowledge.versions import Version, VersionState
from storage.catalogue import to_asset
from storage.tables import AssetRow, AssetVersionRow

_DATES = frozenset({"published", "review_by"})


def versions_of(session: Session, row: AssetRow) -> list[Version]:
    """Every version of a piece, oldest first; the served one among them."""
    query = select(AssetVersionRow).where(AssetVersionRow.asset_id == row.id)
    found = [_version(kept, row) for kept in session.exec(query)]
    at = row.version_at or row.added_at
    by = row.changed_by or row.added_by
    found.append(Version(row.version, VersionState.SERVED, to_asset(row), at, by))
    return sorted(found, key=lambda version: version.number)


def held_of(session: Session, row: AssetRow) -> Version | None:
    """The version that waits for a reviewer, if one does."""
    kept = _one(session, row.id, VersionState.HELD)
    return _version(kept, row) if kept else None


def decided_or_waiting(session: Session, asset_id: str, content_hash: str) -> bool:
    """Whether this very text waits for a reviewer already, or was turned down last."""
    query = (
        select(AssetVersionRow)
        .where(
            AssetVersionRow.asset_id == asset_id,
            col(AssetVersionRow.state).in_((VersionState.HELD, VersionState.SENT_BACK)),
        )
        .order_by(col(AssetVersionRow.number).desc())
        .limit(1)
    )
    last = session.exec(query).first()
    return last is not None and last.content_hash == content_hash


def hold(
    session: Session,
    row: AssetRow,
    fields: Mapping[str, Any],
    *,
    because: str,
    by: str,
    now: datetime,
) -> int:
    """Keep a new version back until a reviewer decides; it takes the place of one that waits."""
    drop(session, row.id, VersionState.HELD)
    number = _newest(session, row) + 1
    session.add(_kept(row.id, number, VersionState.HELD, fields, at=now, by=by, because=because))
    return number


def supersede(session: Session, row: AssetRow, content_hash: str, now: datetime) -> None:
    """Keep the text in force as a past version, before another takes its place in `row`.

    The other keeps the number that it waited under, if it did.
    """
    waited = session.exec(
        select(AssetVersionRow).where(
            AssetVersionRow.asset_id == row.id,
            AssetVersionRow.content_hash == content_hash,
            col(AssetVersionRow.state).in_((VersionState.HELD, VersionState.SENT_BACK)),
        )
    ).first()
    number = waited.number if waited else _newest(session, row) + 1
    if waited is not None:
        session.delete(waited)
    drop(session, row.id, VersionState.HELD)
    session.flush()
    before = {name: getattr(row, name) for name in _FIELDS}
    at, by = row.version_at or row.added_at, row.changed_by or row.added_by
    session.add(_kept(row.id, row.version, VersionState.PAST, before, at=at, by=by))
    row.version, row.version_at = number, now


def turn_down(session: Session, asset_id: str) -> str | None:
    """Mark the waiting version as sent back; whose it was, None when none waits."""
    kept = _one(session, asset_id, VersionState.HELD)
    if kept is None:
        return None
    kept.state = VersionState.SENT_BACK.value
    session.add(kept)
    return kept.by


def drop(session: Session, asset_id: str, state: VersionState) -> None:
    """Forget the versions of a piece in one state."""
    session.exec(
        delete(AssetVersionRow).where(
            col(AssetVersionRow.asset_id) == asset_id, col(AssetVersionRow.state) == state.value
        )
    )


def _one(session: Session, asset_id: str, state: VersionState) -> AssetVersionRow | None:
    query = select(AssetVersionRow).where(
        AssetVersionRow.asset_id == asset_id, AssetVersionRow.state == state.value
    )
    return session.exec(query).first()


def _newest(session: Session, row: AssetRow) -> int:
    query = select(func.max(AssetVersionRow.number)).where(AssetVersionRow.asset_id == row.id)
    return max(row.version, session.exec(query).one() or 0)


_FIELDS = (
    "title", "type", "text", "source", "url", "description", "stages", "personas", "industries",
    "topics", "published", "language", "hype", "owner", "folder", "review_by", "buyer_questions",
    "content_hash",
)  # fmt: skip
"""What a version keeps; the id is the piece's own."""


def _kept(
    asset_id: str,
    number: int,
    state: VersionState,
    fields: Mapping[str, Any],
    *,
    at: datetime,
    by: str,
    because: str = "",
) -> AssetVersionRow:
    told = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in fields.items()
        if name not in {"text", "id"}
    }
    return AssetVersionRow(
        asset_id=asset_id,
        number=number,
        state=state.value,
        text=fields["text"],
        described=told,
        content_hash=fields["content_hash"],
        at=at,
        by=by,
        because=because,
    )


def _version(kept: AssetVersionRow, row: AssetRow) -> Version:
    told = {
        name: date.fromisoformat(value) if name in _DATES and value else value
        for name, value in kept.described.items()
    }
    like = AssetRow(**{**row.model_dump(), **told, "text": kept.text, "version": kept.number})
    asset: Asset = to_asset(like)
    if asset.status is AssetStatus.APPROVED and kept.state != VersionState.PAST.value:
        asset = replace(asset, status=AssetStatus.IN_REVIEW)
    return Version(
        kept.number, VersionState(kept.state), asset, kept.at, kept.by, because=kept.because
    )
