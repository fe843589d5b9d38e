"""What was read in each asset about the six buyer questions, so that it is read once (M43)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlmodel import Session, col, select

from knowledge.buyer_questions import BuyerQuestion
from storage.database import Database, batches
from storage.tables import AssetRow, BuyerAnswerRow

Answers = tuple[BuyerQuestion, ...]


class BuyerAnswers:
    """Answers by asset id and mark; one with another mark than asked for is not known."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def known(self, marks: Mapping[str, str]) -> dict[str, Answers]:
        """The answers of those assets that were read under the mark given for them."""
        found: dict[str, Answers] = {}
        with self._db.read() as session:
            for batch in batches(marks.keys()):
                query = select(BuyerAnswerRow).where(col(BuyerAnswerRow.asset_id).in_(batch))
                for row in session.exec(query):
                    if row.mark == marks[row.asset_id]:
                        found[row.asset_id] = tuple(BuyerQuestion(q) for q in row.answers)
        return found

    def keep(self, read: Mapping[str, Answers], marks: Mapping[str, str]) -> None:
        """Keep what was read; an asset that has gone meanwhile is passed over."""
        if not read:
            return
        with self._db.write() as session:
            for asset_id in _there(session, read.keys()):
                row = session.get(BuyerAnswerRow, asset_id) or BuyerAnswerRow(
                    asset_id=asset_id, mark="", answers=[]
                )
                row.mark, row.answers = marks[asset_id], [q.value for q in read[asset_id]]
                session.add(row)


def _there(session: Session, ids: Collection[str]) -> list[str]:
    return [i for i in ids if session.get(AssetRow, i) is not None]
