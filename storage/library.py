"""The content library: putting assets in, and finding them whatever their status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from knowledge.assets import Asset, AssetStatus, Chunk
from knowledge.errors import BadInput
from knowledge.journey import AssetType
from knowledge.versions import PROPOSED, Version, is_another_text, why_review
from storage import revision, versions
from storage.asset_columns import chunk_columns, columns_of, other_fields
from storage.catalogue import CHUNK, VECTOR, store_vectors, to_asset
from storage.database import batches
from storage.deciding import Decisions, asset_row, is_absolute, note_approval
from storage.reviews import leave_for_reviewers, leave_reviewed
from storage.tables import AssetRow
from storage.upkeep import revive

__all__ = ["Library", "PutResult", "is_absolute"]

_APPROVED = AssetStatus.APPROVED.value
PutResult = Literal["added", "updated", "unchanged"]


class Library(Decisions):
    """All assets, whatever their status; with the catalogue of the approved ones for search.

    With `audit`, what a person decides of an asset is audited with the change: ids, no words.
    """

    def put(
        self,
        asset: Asset,
        chunks: Sequence[Chunk],
        vectors: Mapping[str, NDArray[np.float32]],
        model: str,
        *,
        approve: bool = False,
        by: str = "",
        approved_by: str = "",
        reviewers: Sequence[str] = (),
        moved: bool = False,
        proposed: bool = False,
    ) -> PutResult:
        """Add or update one asset with its chunks and vectors, in one transaction.

        `vectors` may leave out chunks that have one by `model` already (`known_vectors`). An update
        keeps status and an overruled hype. An asset that was retired as gone comes back; one that a
        person retired stays so until `approve` names it. Else it is approved when `approve` or its
        own status says so and its URL is absolute, or stays in review, or is a draft. One that
        loses its approval takes its pending cards along. `by` brings it in, `approved_by` approves.
        What another text takes the place of stays as a past version; without `approve` a version
        that `why_review` names, or that is only `proposed`, waits for one of `reviewers`, and the
        one before stays in force. Ids are the caller's: look up `find_source` first, so that a new
        title does not make a second asset. `BadInput` when the id is that of an asset in use from
        another source, unless the piece is known to have `moved` there.
        """
        stray = {c.id for c in chunks if c.asset_id != asset.id} | (
            vectors.keys() - {c.id for c in chunks}
        )
        if stray:
            raise ValueError(f"Not of asset {asset.id}: {sorted(stray)[:3]}")
        now = self._clock.now()
        with self._db.write() as session:
            row = session.get(AssetRow, asset.id)
            if not moved:
                _refuse_foreign(row, asset)
            result: PutResult = "unchanged"
            fields = columns_of(asset)
            status = _status(row, asset, approve=approve)
            shown = AssetStatus.APPROVED.value in {status.value, row.status if row else ""}
            held = None if approve else self._waits(session, row, asset, by, reviewers, proposed)
            if held is not None:
                return held
            before = row.status if row else ""
            another = bool(row and row.hype_overruled and is_another_text(to_asset(row), asset))
            if row is None:
                row = AssetRow(
                    **fields, status=status.value, added_at=now, updated_at=now,
                    added_by=by, changed_by=by, version_at=now,
                )  # fmt: skip
                result = "added"
                self._note(session, "asset.added", [row], by, status=row.status)
            elif (names := other_fields(row, fields)) or status.value != row.status:
                self._changed(session, row, asset, by, approved_by, names)
                row.sqlmodel_update({**fields, "status": status.value, "updated_at": now})
                result = "updated"
            if row.hype_overruled and (another or asset.type is AssetType.BROCHURE):
                row.hype_overruled = False  # the word was about another text or kind (M17)
            if row.status != before:
                self._status_put(session, row, before, approved_by or by)
            session.add(row)
            session.flush()
            if _replace_chunks(session, asset.id, chunks) and result == "unchanged":
                row.updated_at = now
                result = "updated"
            # A draft is no news to search: an import of thousands must not make it read all anew.
            if (store_vectors(session, model, vectors) or result != "unchanged") and shown:
                revision.bump(session)
            return result

    def _waits(  # noqa: PLR0917 - a step of `put`
        self,
        session: Session,
        row: AssetRow | None,
        asset: Asset,
        by: str,
        reviewers: Sequence[str],
        proposed: bool,
    ) -> PutResult | None:
        """Hold a new version of an approved piece back, if it must be; None when it need not."""
        if row is None or row.status != _APPROVED or not is_absolute(asset.url):
            return None
        if (row.content_hash, row.type) == (asset.content_hash, asset.type.value):
            return None
        if versions.decided_or_waiting(session, row.id, asset.content_hash):
            return "unchanged"
        because = why_review(to_asset(row), asset) or (PROPOSED if proposed else "")
        if not because:
            return None
        now = self._clock.now()
        number = versions.hold(session, row, columns_of(asset), because=because, by=by, now=now)
        data = {"version": number, "content": asset.content_hash, "because": because}
        if self._audit is not None:
            self._audit.append(session, "asset.version_held", row.id, by, data)
        leave_for_reviewers(session, row, reviewers, now)
        return "updated"

    def _changed(  # noqa: PLR0917 - the two states, and who says what
        self,
        session: Session,
        row: AssetRow,
        asset: Asset,
        by: str,
        approved_by: str,
        names: Sequence[str],
    ) -> None:
        """What follows from other fields (`names`) or text; the caller puts them in place."""
        if row.url != asset.url:
            row.link_at = None
            revive(session, row, self._audit)
        if (row.content_hash, row.type) != (asset.content_hash, asset.type.value):
            self._new_version(session, row, asset, by, approved_by, names)
        elif names:
            told = {"content": asset.content_hash, "fields": names}
            self._note(session, "asset.changed", [row], by, **told)

    def _new_version(  # noqa: PLR0917 - as its caller
        self,
        session: Session,
        row: AssetRow,
        asset: Asset,
        by: str,
        approved_by: str,
        names: Sequence[str],
    ) -> None:
        """Keep the text in force as a past version; the caller puts the new one in its place."""
        now, waited = self._clock.now(), versions.held_of(session, row)
        versions.supersede(session, row, asset.content_hash, now)
        if self._audit is not None:
            data = {"version": row.version, "content": asset.content_hash, "fields": names}
            self._audit.append(session, "asset.version", row.id, approved_by or by, data)
        row.changed_by = by
        if approved_by and row.status == _APPROVED:
            note_approval(row, approved_by, now)
        if waited is not None or row.status == AssetStatus.IN_REVIEW.value:
            leave_reviewed(session, row, now, to=waited.by if waited else "")

    def versions(self, asset_id: str) -> list[Version]:
        """Every version of a piece, oldest first; `NotFound`."""
        with self._db.read() as session:
            return versions.versions_of(session, asset_row(session, asset_id))

    def held(self, asset_id: str) -> Version | None:
        """The version that waits for a reviewer while the one before is served; `NotFound`."""
        with self._db.read() as session:
            return versions.held_of(session, asset_row(session, asset_id))

    def get(self, asset_id: str) -> Asset:
        """The asset with this id, whatever its status; `NotFound` when there is none."""
        with self._db.read() as session:
            return to_asset(asset_row(session, asset_id))

    def ids(self) -> list[str]:
        """The ids of all assets, whatever their status."""
        with self._db.read() as session:
            return list(session.exec(select(AssetRow.id).order_by(col(AssetRow.id))))

    def find_source(self, source: str) -> Asset | None:
        """The asset that came from `source`; one in use before a retired one, then the latest."""
        query = select(AssetRow).where(AssetRow.source == source)
        with self._db.read() as session:
            rows = sorted(
                session.exec(query),
                key=lambda r: (r.status != AssetStatus.RETIRED.value, r.updated_at, r.id),
            )
            return to_asset(rows[-1]) if rows else None

    def sources_in(self, folder: str, before: datetime | None = None) -> dict[str, str]:
        """Sources added with `folder` that are not retired, with their asset ids.

        Those added by the moment `before` alone, if one is given.
        """
        query = select(AssetRow.source, AssetRow.id).where(
            AssetRow.folder == folder, AssetRow.status != AssetStatus.RETIRED.value
        )
        if before is not None:
            query = query.where(col(AssetRow.added_at) <= before)
        with self._db.read() as session:
            return dict(session.exec(query).all())

    def all(self, status: AssetStatus | None = None) -> list[Asset]:
        """Every asset, or those of one status, by title."""
        query = select(AssetRow).order_by(col(AssetRow.title), col(AssetRow.id))
        if status is not None:
            query = query.where(AssetRow.status == status.value)
        with self._db.read() as session:
            return [to_asset(row) for row in session.exec(query)]

    def _status_put(self, session: Session, row: AssetRow, before: str, by: str) -> None:
        """What follows when a source's new state changes the status of its piece."""
        if row.status == AssetStatus.APPROVED.value:
            note_approval(row, by, row.updated_at)
            self._note(session, "asset.approved", [row], by)
        elif before == AssetStatus.APPROVED.value:
            self._note(session, "asset.unapproved", [row], by)
            self._withdraw(session, [row], by, "unapproved")
        if before == AssetStatus.IN_REVIEW.value:
            leave_reviewed(session, row, self._clock.now())


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
    if wanted and is_absolute(asset.url):
        return AssetStatus.APPROVED
    waits = row is not None and row.status == AssetStatus.IN_REVIEW.value
    return AssetStatus.IN_REVIEW if waits and is_absolute(asset.url) else AssetStatus.DRAFT


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
        session.execute(CHUNK.update().where(CHUNK.c.id == chunk.id).values(chunk_columns(chunk)))
    if fresh:
        session.execute(insert(CHUNK), [chunk_columns(c) for c in fresh])
    return bool(gone or fresh or moved)
