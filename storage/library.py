"""The content library: putting assets in, and the marketer's decisions about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from knowledge.assets import Asset, AssetStatus, Chunk
from knowledge.clock import Clock
from knowledge.errors import BadInput, NotFound
from knowledge.journey import AssetType
from storage import revision
from storage.audit import Audit
from storage.catalogue import CHUNK, VECTOR, Catalogue, store_vectors, to_asset
from storage.database import Database, batches
from storage.tables import AssetRow

PutResult = Literal["added", "updated", "unchanged"]


class Library(Catalogue):
    """All assets, whatever their status; with the catalogue of the approved ones for search.

    With `audit`, what a person decides of an asset is audited with the change: ids, no words.
    """

    def __init__(self, db: Database, clock: Clock, audit: Audit | None = None) -> None:
        super().__init__(db, clock)
        self._audit = audit

    def put(
        self,
        asset: Asset,
        chunks: Sequence[Chunk],
        vectors: Mapping[str, NDArray[np.float32]],
        model: str,
        *,
        approve: bool = False,
    ) -> PutResult:
        """Add or update one asset with its chunks and vectors, in one transaction.

        `vectors` may leave out chunks that have one by `model` already (`known_vectors`). An update
        keeps status and an overruled hype. An asset that was retired as gone comes back; one that a
        person retired stays so until `approve` names it. Else it is approved when `approve` or its
        own status says so and its URL is absolute, or is a draft. Ids are the caller's: look up
        `find_source` first, so that a new title does not make a second asset. `BadInput` when the
        id is that of an asset in use from another source.
        """
        stray = {c.id for c in chunks if c.asset_id != asset.id} | (
            vectors.keys() - {c.id for c in chunks}
        )
        if stray:
            raise ValueError(f"Not of asset {asset.id}: {sorted(stray)[:3]}")
        now = self._clock.now()
        with self._db.write() as session:
            row = session.get(AssetRow, asset.id)
            _refuse_foreign(row, asset)
            result: PutResult = "unchanged"
            fields = _fields(asset)
            status = _status(row, asset, approve=approve)
            shown = AssetStatus.APPROVED.value in {status.value, row.status if row else ""}
            if row is None:
                row = AssetRow(**fields, status=status.value, added_at=now, updated_at=now)
                result = "added"
            elif status.value != row.status or any(getattr(row, k) != fields[k] for k in fields):
                row.sqlmodel_update({**fields, "status": status.value, "updated_at": now})
                result = "updated"
            if row.hype_overruled and asset.type is AssetType.BROCHURE:
                row.hype_overruled = False  # what became a brochure is promotional again (M17)
            session.add(row)
            session.flush()
            if _replace_chunks(session, asset.id, chunks) and result == "unchanged":
                row.updated_at = now
                result = "updated"
            # A draft is no news to search: an import of thousands must not make it read all anew.
            if (store_vectors(session, model, vectors) or result != "unchanged") and shown:
                revision.bump(session)
            return result

    def get(self, asset_id: str) -> Asset:
        """The asset with this id, whatever its status; `NotFound` when there is none."""
        with self._db.read() as session:
            return to_asset(_row(session, asset_id))

    def find_source(self, source: str) -> Asset | None:
        """The asset that came from `source`; one in use before a retired one, then the latest."""
        query = select(AssetRow).where(AssetRow.source == source)
        with self._db.read() as session:
            rows = sorted(
                session.exec(query),
                key=lambda r: (r.status != AssetStatus.RETIRED.value, r.updated_at, r.id),
            )
            return to_asset(rows[-1]) if rows else None

    def sources_in(self, folder: str) -> dict[str, str]:
        """Sources added with `folder` that are not retired, with their asset ids."""
        query = select(AssetRow.source, AssetRow.id).where(
            AssetRow.folder == folder, AssetRow.status != AssetStatus.RETIRED.value
        )
        with self._db.read() as session:
            return dict(session.exec(query).all())

    def all(self, status: AssetStatus | None = None) -> list[Asset]:
        """Every asset, or those of one status, by title."""
        query = select(AssetRow).order_by(col(AssetRow.title), col(AssetRow.id))
        if status is not None:
            query = query.where(AssetRow.status == status.value)
        with self._db.read() as session:
            return [to_asset(row) for row in session.exec(query)]

    def approve(self, ids: Collection[str], by: str) -> int:
        """Approve all or none; return how many were not approved before.

        `NotFound` for an unknown id; `BadInput` naming those without an absolute URL.
        """
        with self._db.write() as session:
            rows = _all_rows(session, ids)
            lacking = sorted(row.id for row in rows if not is_absolute(row.url))
            if lacking:
                raise BadInput(
                    f"Not approved, for want of an absolute URL: {_named(lacking)}; add it again "
                    "with a url of its own or with --base-url."
                )
            changed = self._set_status(session, rows, AssetStatus.APPROVED, by)
            self._note(session, "asset.approved", changed, by)
            return len(changed)

    def retire(self, ids: Collection[str], by: str, *, gone: bool = False) -> int:
        """Take assets out of use, all or none; return how many were in use before.

        `gone` says that their source is no longer there: such an asset comes back with its source.
        Without it a person has decided, and that holds whatever the folder says. `NotFound` for an
        unknown id.
        """
        with self._db.write() as session:
            rows = _all_rows(session, ids)
            changed = self._set_status(session, rows, AssetStatus.RETIRED, by)
            for row in changed:
                row.retired_as_gone = gone
            if gone:
                return len(changed)
            unwanted = [row for row in rows if row.retired_as_gone]  # gone before they were
            for row in unwanted:
                row.retired_as_gone = False
                row.retired_by, row.retired_at = by, self._clock.now()
            self._note(session, "asset.retired", [*changed, *unwanted], by)
            return len(changed)

    def overrule_hype(self, asset_id: str, by: str, reason: str) -> None:
        """Note a reviewer's word that an asset is not promotional; `BadInput` for a brochure."""
        with self._db.write() as session:
            row = _row(session, asset_id)
            if row.type == AssetType.BROCHURE.value:
                raise BadInput(
                    f"'{row.title}' is a brochure, and brochures are never recommended; "
                    "if it teaches, give it another type."
                )
            row.hype_overruled = True
            row.overruled_by, row.overruled_at = by, self._clock.now()
            row.overruled_because = reason
            session.add(row)
            revision.bump(session)
            self._note(session, "asset.hype_overruled", [row], by)

    def _note(self, session: Session, kind: str, rows: Sequence[AssetRow], by: str) -> None:
        """Audit a person's word on each asset, in the transaction of the change."""
        if self._audit is None:
            return
        for row in rows:
            self._audit.append(session, kind, row.id, by, {"content": row.content_hash})

    def _set_status(
        self, session: Session, rows: list[AssetRow], status: AssetStatus, by: str
    ) -> list[AssetRow]:
        """Set the status of the rows that have another one, and return those."""
        changed = [row for row in rows if row.status != status.value]
        for row in changed:
            row.status = status.value
            row.updated_at = self._clock.now()
            if status is AssetStatus.APPROVED:
                row.approved_by, row.approved_at = by, row.updated_at
            else:
                row.retired_by, row.retired_at = by, row.updated_at
            session.add(row)
        if changed:
            revision.bump(session)
        return changed


def is_absolute(url: str | None) -> bool:
    """Whether a URL is one that a lead can open: http or https, with a host."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _fields(asset: Asset) -> dict[str, Any]:
    """What the source and its audit say, as columns: all but status and the reviewers' words."""
    return {
        "id": asset.id,
        "title": asset.title,
        "type": asset.type.value,
        "text": asset.text,
        "source": asset.source,
        "folder": asset.folder,
        "url": asset.url,
        "description": asset.description,
        "stages": [s.value for s in asset.stages],
        "personas": list(asset.personas),
        "industries": list(asset.industries),
        "topics": list(asset.topics),
        "buyer_questions": [q.value for q in asset.buyer_questions],
        "published": asset.published,
        "language": asset.language,
        "hype": asset.hype,
        "content_hash": asset.content_hash,
    }


def _refuse_foreign(row: AssetRow | None, asset: Asset) -> None:
    """Let nobody write over another's asset by giving a piece its id; a retired one may move."""
    if row is None or row.source == asset.source or row.status == AssetStatus.RETIRED.value:
        return
    raise BadInput(
        f"id '{asset.id}' is already used by {row.source}; "
        "give one of the two another id, or retire that one first."
    )


def _status(row: AssetRow | None, asset: Asset, *, approve: bool) -> AssetStatus:
    if row is not None and row.status == AssetStatus.RETIRED.value and not row.retired_as_gone:
        return AssetStatus.RETIRED  # a person's word outlasts a sync of the folder
    kept = row is not None and row.status == AssetStatus.APPROVED.value
    wanted = approve or kept or asset.status is AssetStatus.APPROVED
    return AssetStatus.APPROVED if wanted and is_absolute(asset.url) else AssetStatus.DRAFT


def _replace_chunks(session: Session, asset_id: str, chunks: Sequence[Chunk]) -> bool:
    """Make these the chunks; whether anything changed. Unchanged ones keep their vectors."""
    stored = {
        row.id: Chunk(row.id, row.asset_id, row.ordinal, row.heading, row.text)
        for row in session.execute(CHUNK.select().where(CHUNK.c.asset_id == asset_id))
    }
    wanted = {c.id: c for c in chunks}
    gone = stored.keys() - wanted.keys()
    fresh = [c for c in chunks if c.id not in stored]
    moved = [c for c in chunks if c.id in stored and c != stored[c.id]]
    for batch in batches(gone):
        session.execute(delete(CHUNK).where(CHUNK.c.id.in_(batch)))
    for chunk in moved:
        old = stored[chunk.id]
        if (old.heading, old.text) != (chunk.heading, chunk.text):
            # an id that names another text now: its vectors would speak of the old one
            session.execute(delete(VECTOR).where(VECTOR.c.chunk_id == chunk.id))
        session.execute(CHUNK.update().where(CHUNK.c.id == chunk.id).values(_chunk_fields(chunk)))
    if fresh:
        session.execute(insert(CHUNK), [_chunk_fields(c) for c in fresh])
    return bool(gone or fresh or moved)


def _chunk_fields(chunk: Chunk) -> dict[str, Any]:
    return {
        "id": chunk.id,
        "asset_id": chunk.asset_id,
        "ordinal": chunk.ordinal,
        "heading": chunk.heading,
        "text": chunk.text,
    }


def _row(session: Session, asset_id: str) -> AssetRow:
    row = session.get(AssetRow, asset_id)
    if row is None:
        raise NotFound(
            f"There is no asset '{asset_id[:80]}'; `trailguide library list` shows those there are."
        )
    return row


def _all_rows(session: Session, ids: Collection[str]) -> list[AssetRow]:
    return [_row(session, asset_id) for asset_id in dict.fromkeys(ids)]


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
    return ", ".join(ids[:5]) + more
