"""Upkeep of pieces in use: whether their links open, and when somebody looked at them last."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from knowledge.assets import Asset, AssetStatus
from knowledge.clock import Clock
from knowledge.link_check import LinkAnswer, LinkState
from storage import notices, revision
from storage.audit import Audit
from storage.catalogue import to_asset
from storage.database import Database
from storage.deciding import asset_row
from storage.tables import AssetRow
from storage.withdrawing import withdraw_cards

STRIKES = 3
"""On different days: a site may be down for a night, or a page be taken off by mistake."""
CHECK_EVERY = timedelta(days=7)
CHECK_AGAIN = timedelta(hours=20)
"""A link that failed is asked again the next day, whatever the hour."""
REMIND_EVERY = timedelta(days=30)
DEAD, REVIEW_DUE = "dead_link", "review_due"


@dataclass(frozen=True, slots=True)
class Upkeep:
    """How a piece in use stands; `review_on` is the day somebody should look at it again.

    `looked_on` is when it was published, changed or verified last.
    """

    asset: Asset
    link: LinkState | None
    link_why: str
    moved_to: str
    strikes: int
    dead_at: datetime | None
    review_on: date | None
    looked_on: date
    in_use_since: date


class Upkeeper:
    """Notes what was found out; days are those of `zone`, `age` the days until a new look."""

    def __init__(self, db: Database, audit: Audit, clock: Clock, zone: str, age: int) -> None:
        self._db = db
        self._audit = audit
        self._clock = clock
        self._zone = ZoneInfo(zone)
        self._age = age

    def links_to_check(self, most: int) -> list[tuple[str, str]]:
        """Ids and addresses of pieces in use whose link is due, the longest unchecked first."""
        now = self._clock.now()
        due = col(AssetRow.link_at).is_(None) | (col(AssetRow.link_at) < now - CHECK_EVERY)
        failed = (col(AssetRow.strikes) > 0) & (col(AssetRow.link_at) < now - CHECK_AGAIN)
        query = (
            select(AssetRow.id, AssetRow.url)
            .where(AssetRow.status == AssetStatus.APPROVED.value, due | failed)
            .order_by(col(AssetRow.link_at).is_not(None), col(AssetRow.link_at), col(AssetRow.id))
            .limit(most)
        )
        with self._db.read() as session:
            return [(asset_id, str(url)) for asset_id, url in session.exec(query)]

    def note_link(self, asset_id: str, url: str, answer: LinkAnswer) -> None:
        """Keep an answer; the third strike marks the piece dead, an address that opens clears it.

        Of an address that changed meanwhile nothing is kept.
        """
        with self._db.write() as session:
            row = asset_row(session, asset_id)
            if row.url != url:
                return
            now = self._clock.now()
            row.link_at, row.link_state, row.link_why = now, answer.state.value, answer.why
            row.moved_to = answer.moved_to
            if answer.state in {LinkState.GONE, LinkState.DOWN}:
                self._strike(session, row, now)
            elif answer.state in {LinkState.OK, LinkState.MOVED}:
                revive(session, row, self._audit)
            session.add(row)

    def opened_last(self, other_than: Collection[str]) -> str | None:
        """The address that opened last, of a host that is none of these; None without one."""
        query = (
            select(AssetRow.url)
            .where(col(AssetRow.link_state).in_((LinkState.OK.value, LinkState.MOVED.value)))
            .order_by(col(AssetRow.link_at).desc())
        )
        with self._db.read() as session:
            addresses = (str(url) for url in session.exec(query) if url)
            return next((u for u in addresses if urlsplit(u).hostname not in other_than), None)

    def ask_again(self, asset_ids: Collection[str]) -> None:
        """Put addresses of which nothing was learnt behind the others, for about a day."""
        with self._db.write() as session:
            for asset_id in asset_ids:
                row = asset_row(session, asset_id)
                row.link_at = self._clock.now() - CHECK_EVERY + CHECK_AGAIN
                session.add(row)

    def verify(self, asset_id: str, by: str) -> None:
        """Note that a person looked at the piece and it holds; audited."""
        with self._db.write() as session:
            row = asset_row(session, asset_id)
            row.verified_by, row.verified_at = by, self._clock.now()
            row.reminded_at = None
            session.add(row)
            self._audit.append(session, "asset.verified", row.id, by, {"version": row.version})

    def remind(self, most_each: int) -> int:
        """Leave each owner a message about pieces to look at again, the longest overdue first.

        At most `most_each` at a time, each piece again after a month; returns how many.
        """
        now, today = self._clock.now(), self._clock.now().astimezone(self._zone).date()
        left: dict[str, int] = {}
        with self._db.write() as session:
            query = select(AssetRow).where(AssetRow.status == AssetStatus.APPROVED.value)
            rows = [(self._review_on(row), row) for row in session.exec(query)]
            due = [(on, row) for on, row in rows if on is not None and on <= today]
            for _, row in sorted(due, key=lambda pair: (pair[0], pair[1].id)):
                owner = to_asset(row).answered_by
                if row.reminded_at and row.reminded_at > now - REMIND_EVERY:
                    continue
                if left.get(owner, 0) >= most_each:
                    continue
                left[owner] = left.get(owner, 0) + 1
                row.reminded_at = now
                session.add(row)
                key = f"{REVIEW_DUE}:{row.id}:{today}"
                notices.leave(session, key, REVIEW_DUE, now, to=owner, about=row.id)
        return sum(left.values())

    def all(self) -> list[Upkeep]:
        """How every piece in use stands, by title."""
        query = (
            select(AssetRow)
            .where(AssetRow.status == AssetStatus.APPROVED.value)
            .order_by(col(AssetRow.title), col(AssetRow.id))
        )
        with self._db.read() as session:
            return [self._upkeep(row) for row in session.exec(query)]

    def of(self, asset_id: str) -> Upkeep:
        """How one piece stands; `NotFound`."""
        with self._db.read() as session:
            return self._upkeep(asset_row(session, asset_id))

    def _strike(self, session: Session, row: AssetRow, now: datetime) -> None:
        today = now.astimezone(self._zone).date()
        if row.struck_on == today or row.dead_at is not None:
            return
        row.strikes, row.struck_on = row.strikes + 1, today
        if row.strikes < STRIKES:
            return
        row.dead_at = now
        revision.bump(session)
        data = {"link": row.link_state, "strikes": row.strikes}
        self._audit.append(session, "asset.dead", row.id, "", data)
        withdraw_cards(session, [row.id], "", "dead", audit=self._audit, now=now)
        owner = to_asset(row).answered_by
        notices.leave(session, f"{DEAD}:{row.id}:{today}", DEAD, now, to=owner, about=row.id)

    def _review_on(self, row: AssetRow) -> date | None:
        looked_on = row.verified_at.astimezone(self._zone).date() if row.verified_at else None
        if row.review_by is not None and (looked_on is None or looked_on < row.review_by):
            return row.review_by
        if not self._age:
            return None
        return self._looked_on(row) + timedelta(days=self._age)

    def _looked_on(self, row: AssetRow) -> date:
        looked = row.verified_at or row.version_at or row.added_at
        since = looked.astimezone(self._zone).date()
        if row.verified_at is None and row.version == 1 and row.published is not None:
            since = min(since, row.published)
        return since

    def _upkeep(self, row: AssetRow) -> Upkeep:
        return Upkeep(
            to_asset(row),
            LinkState(row.link_state) if row.link_state else None,
            row.link_why,
            row.moved_to,
            row.strikes,
            row.dead_at,
            self._review_on(row),
            self._looked_on(row),
            (row.approved_at or row.added_at).astimezone(self._zone).date(),
        )


def revive(session: Session, row: AssetRow, audit: Audit | None) -> None:
    """Forget strikes; a dead piece may be suggested again from now on."""
    row.strikes, row.struck_on = 0, None
    if row.dead_at is None:
        return
    row.dead_at = None
    revision.bump(session)
    if audit is not None:
        audit.append(session, "asset.alive", row.id, "", {"link": row.link_state})
