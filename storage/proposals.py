"""Pieces that wait for a person to confirm what was proposed of them, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, delete, select

from knowledge.assets import Asset
from knowledge.clock import Clock
from knowledge.errors import NotFound
from knowledge.proposals import (
    Proposals,
    asset_form,
    asset_of,
    proposals_form,
    proposals_of,
)
from storage.audit import Audit
from storage.database import Database
from storage.tables import AnsweredQuestionRow, ProposalRow

WAITS = timedelta(days=14)
"""A text that nobody confirmed for so long is forgotten: it may hold anything."""

GONE = "These proposals are not kept any more; add the piece once more."


@dataclass(frozen=True, slots=True)
class Waiting:
    """A piece as it was read, with its proposals; `asset_id` is set once it is stored."""

    id: str
    by: str
    made_at: datetime
    asset: Asset
    proposals: Proposals
    asset_id: str | None = None


class WaitingPieces:
    """What was read and waits; each id is made of the event that it came with."""

    def __init__(self, db: Database, clock: Clock, audit: Audit | None = None) -> None:
        self._db = db
        self._clock = clock
        self._audit = audit

    def keep(self, id_: str, by: str, asset: Asset, proposals: Proposals) -> None:
        """Keep a piece; one that is kept already stays as it is. Old ones are forgotten."""
        now = self._clock.now()
        with self._db.write() as session:
            session.exec(
                delete(ProposalRow).where(
                    col(ProposalRow.made_at) < now - WAITS, col(ProposalRow.asset_id).is_(None)
                )
            )
            if session.get(ProposalRow, id_) is None:
                session.add(
                    ProposalRow(
                        id=id_,
                        made_by=by,
                        made_at=now,
                        piece=asset_form(asset),
                        proposed=proposals_form(proposals),
                    )
                )

    def get(self, id_: str) -> Waiting:
        """The piece with this id; `NotFound` when it was forgotten."""
        with self._db.read() as session:
            row = session.get(ProposalRow, id_)
            if row is None:
                raise NotFound(GONE)
            return _waiting(row)

    def find(self, id_: str) -> Waiting | None:
        """The piece with this id, or None."""
        with self._db.read() as session:
            row = session.get(ProposalRow, id_)
            return _waiting(row) if row else None

    def stored(self, id_: str, asset_id: str) -> None:
        """Note which asset became of it; the first one stays. `NotFound` for an unknown id."""
        with self._db.write() as session:
            row = session.get(ProposalRow, id_)
            if row is None:
                raise NotFound(GONE)
            if row.asset_id is None:
                row.asset_id, row.settled_at = asset_id, self._clock.now()
                session.add(row)

    def set_questions(self, asset_id: str, answered: list[tuple[str, str]], by: str = "") -> None:
        """Make these (question, passage) what a piece answers by a person's word; audited."""
        with self._db.write() as session:
            session.exec(
                delete(AnsweredQuestionRow).where(col(AnsweredQuestionRow.asset_id) == asset_id)
            )
            for ordinal, (question, passage) in enumerate(answered):
                session.add(
                    AnsweredQuestionRow(
                        asset_id=asset_id, ordinal=ordinal, question=question, passage=passage
                    )
                )
            if self._audit is not None:
                data = {"questions": len(answered)}
                self._audit.append(session, "asset.questions", asset_id, by, data)

    def questions(self, asset_id: str) -> list[tuple[str, str]]:
        """The (question, passage) pairs that a person confirmed of a piece, in their order."""
        query = (
            select(AnsweredQuestionRow)
            .where(col(AnsweredQuestionRow.asset_id) == asset_id)
            .order_by(col(AnsweredQuestionRow.ordinal))
        )
        with self._db.read() as session:
            return [(row.question, row.passage) for row in session.exec(query)]

    def confirmed(self) -> dict[str, tuple[str, ...]]:
        """By asset id, the questions that a person confirmed, in their order."""
        query = select(AnsweredQuestionRow).order_by(
            col(AnsweredQuestionRow.asset_id), col(AnsweredQuestionRow.ordinal)
        )
        found: dict[str, tuple[str, ...]] = {}
        with self._db.read() as session:
            for row in session.exec(query):
                found[row.asset_id] = (*found.get(row.asset_id, ()), row.question)
        return found


def _waiting(row: ProposalRow) -> Waiting:
    piece: dict[str, Any] = row.piece
    return Waiting(
        id=row.id,
        by=row.made_by,
        made_at=row.made_at,
        asset=asset_of(piece),
        proposals=proposals_of(row.proposed),
        asset_id=row.asset_id,
    )
