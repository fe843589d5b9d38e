"""What people decide of a piece: submitted, sent back, approved, retired, its hype overruled.

Each decision is audited in its transaction, and what must be told is left there too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from rapidfuzz import fuzz, process
from sqlmodel import Session, select

from knowledge.assets import AssetStatus
from knowledge.clock import Clock
from knowledge.errors import BadInput, NotFound
from knowledge.journey import AssetType
from storage import revision, versions
from storage.audit import Audit
from storage.catalogue import Catalogue
from storage.database import Database
from storage.reviews import (
    Review,
    author_of,
    leave_for_reviewers,
    leave_reviewed,
    refuse_author,
    review_of,
)
from storage.tables import AssetRow
from storage.withdrawing import withdraw_cards

ALIKE = 85.0
"""rapidfuzz WRatio (0 to 100) from which a mistyped id is taken for one there is."""


class Decisions(Catalogue):
    """The marketer's decisions; with `audit` each is audited with the change: ids, no words."""

    def __init__(self, db: Database, clock: Clock, audit: Audit | None = None) -> None:
        super().__init__(db, clock)
        self._audit = audit

    def submit(self, ids: Collection[str], by: str, reviewers: Sequence[str] = ()) -> int:
        """Put drafts before reviewers, all or none; return how many are newly in review.

        Each of `reviewers` (Slack ids of people or channels) is left a message about each. What is
        approved or in review already stays as it is. `NotFound` for an unknown id; `BadInput`
        naming what is retired, or lacks an absolute URL.
        """
        with self._db.write() as session:
            rows = _all_rows(session, ids)
            _require_url(rows, "submitted")
            if retired := [r.id for r in rows if r.status == AssetStatus.RETIRED.value]:
                raise BadInput(
                    f"Not submitted, since it is retired: {_named(retired)}; approve it to bring "
                    "it back."
                )
            drafts = [row for row in rows if row.status == AssetStatus.DRAFT.value]
            changed = self._set_status(session, drafts, AssetStatus.IN_REVIEW, by)
            self._note(session, "asset.submitted", changed, by)
            for row in changed:
                leave_for_reviewers(session, row, reviewers, self._clock.now())
            return len(changed)

    def send_back(self, asset_id: str, by: str, reason: str) -> None:
        """Make a piece in review a draft again, with the reason; `BadInput` for any other.

        Of an approved piece it is the waiting version that is sent back.
        """
        with self._db.write() as session:
            row = asset_row(session, asset_id)
            if row.status == AssetStatus.APPROVED.value:
                self._send_version_back(session, row, by, reason)
                return
            if row.status != AssetStatus.IN_REVIEW.value:
                raise BadInput(f"'{row.title}' is not in review any more; nothing was sent back.")
            row.status, row.updated_at = AssetStatus.DRAFT.value, self._clock.now()
            row.sent_back_by, row.sent_back_at = by, row.updated_at
            row.sent_back_because = reason
            session.add(row)
            self._note(session, "asset.sent_back", [row], by)
            leave_reviewed(session, row, self._clock.now())

    def _send_version_back(self, session: Session, row: AssetRow, by: str, reason: str) -> None:
        author = versions.turn_down(session, row.id)
        if author is None:
            raise BadInput(f"'{row.title}' has no version in review any more.")
        row.sent_back_by, row.sent_back_at = by, self._clock.now()
        row.sent_back_because = reason
        session.add(row)
        self._note(session, "asset.version_sent_back", [row], by)
        leave_reviewed(session, row, self._clock.now(), to=author)

    def review_of(self, asset_id: str) -> Review:
        """Who submitted, sent back, approved or retired a piece last; `NotFound`."""
        with self._db.read() as session:
            return review_of(asset_row(session, asset_id))

    def approve(
        self,
        ids: Collection[str],
        by: Collection[str] | str,
        *,
        second: bool = False,
        seen: str = "",
    ) -> int:
        """Approve all or none; return how many were not approved before.

        `by` may hold further names of the person who approves. With `second`, that is not the
        person who brought the piece in. `seen` is the start of the content's hash as the person
        read it. `NotFound` for an unknown id; `BadInput` naming those without an absolute URL.
        """
        names = (by,) if isinstance(by, str) else tuple(by)
        with self._db.write() as session:
            rows = _all_rows(session, ids)
            _require_url(rows, "approved")
            waiting = [row for row in rows if row.status != AssetStatus.APPROVED.value]
            for row in waiting if second else ():
                refuse_author(row.title, author_of(row), names)
            if changed_since := [r.id for r in rows if not r.content_hash.startswith(seen)]:
                raise BadInput(
                    f"Not approved, since it changed after you read it: {_named(changed_since)}; "
                    "read it again."
                )
            reviewed = [row for row in waiting if row.status == AssetStatus.IN_REVIEW.value]
            changed = self._set_status(session, rows, AssetStatus.APPROVED, names[0])
            self._note(session, "asset.approved", changed, names[0])
            for row in reviewed:
                leave_reviewed(session, row, self._clock.now())
            return len(changed)

    def retire(self, ids: Collection[str], by: str, *, gone: bool = False) -> int:
        """Take assets out of use, all or none; return how many were in use before.

        `gone` says that their source is no longer there: such an asset comes back with its source.
        Without it a person has decided, and that holds whatever the folder says. `NotFound` for an
        unknown id.
        """
        with self._db.write() as session:
            rows = _all_rows(session, ids)
            reviewed = [row for row in rows if row.status == AssetStatus.IN_REVIEW.value]
            changed = self._set_status(session, rows, AssetStatus.RETIRED, by)
            self._withdraw(session, changed, by, "gone" if gone else "retired")
            for row in reviewed:
                leave_reviewed(session, row, self._clock.now())
            for row in changed:
                row.retired_as_gone = gone
            if gone:
                self._note(session, "asset.gone", changed, by)
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
            row = asset_row(session, asset_id)
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

    def _withdraw(self, session: Session, rows: Sequence[AssetRow], by: str, because: str) -> None:
        """Take the pending cards of pieces back that are in use no more."""
        ids = [row.id for row in rows]
        withdraw_cards(session, ids, by, because, audit=self._audit, now=self._clock.now())

    def _note(
        self, session: Session, kind: str, rows: Sequence[AssetRow], by: str, **more: Any
    ) -> None:
        """Audit a person's word on each asset, in the transaction of the change."""
        if self._audit is None:
            return
        for row in rows:
            self._audit.append(session, kind, row.id, by, {"content": row.content_hash, **more})

    def _set_status(
        self, session: Session, rows: list[AssetRow], status: AssetStatus, by: str
    ) -> list[AssetRow]:
        """Set the status of the rows that have another one, and return those."""
        changed = [row for row in rows if row.status != status.value]
        for row in changed:
            row.status = status.value
            row.updated_at = self._clock.now()
            if status is AssetStatus.APPROVED:
                note_approval(row, by, row.updated_at)
            elif status is AssetStatus.IN_REVIEW:
                row.submitted_by, row.submitted_at = by, row.updated_at
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


def note_approval(row: AssetRow, by: str, at: datetime) -> None:
    """Note who approved; what was sent back before is mended by that."""
    row.approved_by, row.approved_at = by, at
    row.sent_back_by = row.sent_back_at = row.sent_back_because = None


def asset_row(session: Session, asset_id: str) -> AssetRow:
    """The row of an asset; `NotFound` when there is none."""
    row = session.get(AssetRow, asset_id)
    if row is None:
        raise NotFound(
            f"There is no asset '{asset_id[:80]}'{_meant(session, asset_id)}; "
            "`trailguide library list` shows those there are."
        )
    return row


def _meant(session: Session, asset_id: str) -> str:
    """Which id was likely meant: the hex at its end is easily lost, a letter mistyped."""
    ids = session.exec(select(AssetRow.id)).all()
    near = process.extractOne(asset_id[:80], ids, scorer=fuzz.WRatio, score_cutoff=ALIKE)
    return f", did you mean '{near[0]}'?" if near else ""


def _require_url(rows: Sequence[AssetRow], what: str) -> None:
    lacking = sorted(row.id for row in rows if not is_absolute(row.url))
    if lacking:
        raise BadInput(
            f"Not {what}, for want of an absolute URL: {_named(lacking)}; add it again "
            "with a url of its own or with --base-url."
        )


def _all_rows(session: Session, ids: Collection[str]) -> list[AssetRow]:
    return [asset_row(session, asset_id) for asset_id in dict.fromkeys(ids)]


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
    return ", ".join(ids[:5]) + more
