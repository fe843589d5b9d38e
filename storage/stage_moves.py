"""Moves of a lead's stage after approved touches: each touch is told what followed it (M56).

A move is read in signals (a new suggestion that is sure of another stage), told by a correction, or
told by an import or a rep. Each touch that it follows gets an entry of its own, so that the record
of a suggestion holds what came later without a search through the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from knowledge.journey import Stage
from storage.audit import Audit
from storage.outcomes import SURE_STAGE
from storage.tables import LeadFactRow, SuggestionRow

KIND = "suggestion.stage_moved"
READ = "read"
"""How a move was learnt: by reading; `correction`, `import` and `told` are the others."""


@dataclass(frozen=True, slots=True)
class StageMove:
    """From one stage to another, how that was learnt, and the touches it follows, oldest first."""

    before: Stage
    now: Stage
    how: str
    follows: tuple[str, ...]


def read_in(session: Session, made: SuggestionRow) -> StageMove | None:
    """The move that a suggestion about to be stored has read; None when it is not sure."""
    if made.lead_id is None or made.stage_confidence < SURE_STAGE:
        return None
    return move_to(session, made.lead_id, Stage(made.stage), READ)


def move_to(session: Session, lead_id: str, to: Stage, how: str) -> StageMove | None:
    """The move of a lead to a stage that is about to be stored; None when there is none to follow.

    It follows every touch approved since the stage before was first known, else the last touch.
    """
    return following(_known(session, lead_id), _approved(session, lead_id), to, how)


def following(
    known: Sequence[tuple[datetime, Stage]],
    touches: Sequence[tuple[str, datetime]],
    to: Stage,
    how: str,
) -> StageMove | None:
    """The same from what was known and approved before, oldest first."""
    if not known or known[-1][1] is to:
        return None
    before, since = known[-1][1], known[-1][0]
    for moment, stage in reversed(known):
        if stage is not before:
            break
        since = moment
    follows = [id_ for id_, at in touches if at >= since] or [id_ for id_, _ in touches[-1:]]
    return StageMove(before, to, how, tuple(follows)) if follows else None


def note(session: Session, audit: Audit, move: StageMove | None, by: str) -> None:
    """Audit a move with each touch that it follows, in the transaction of the change."""
    if move is None:
        return
    for place, suggestion_id in enumerate(move.follows, 1):
        data = {"from": move.before.value, "to": move.now.value, "how": move.how,
                "touch": place, "of": len(move.follows)}  # fmt: skip
        audit.append(session, KIND, suggestion_id, by, data)


def _known(session: Session, lead_id: str) -> Sequence[tuple[datetime, Stage]]:
    """What the stage was told or surely read to be, oldest first."""
    read: Any = select(SuggestionRow.created_at, SuggestionRow.stage).where(
        SuggestionRow.lead_id == lead_id, SuggestionRow.stage_confidence >= SURE_STAGE
    )
    told: Any = select(LeadFactRow.learnt_at, LeadFactRow.value).where(
        LeadFactRow.lead_id == lead_id, LeadFactRow.fact == "stage"
    )
    words = [(at, Stage(stage)) for query in (told, read) for at, stage in session.exec(query)]
    return sorted(words, key=lambda word: word[0])


def _approved(session: Session, lead_id: str) -> list[tuple[str, datetime]]:
    query: Any = (
        select(SuggestionRow.id, SuggestionRow.decided_at)
        .where(SuggestionRow.lead_id == lead_id, SuggestionRow.state == "approved")
        .order_by(col(SuggestionRow.decided_at), col(SuggestionRow.id))
    )
    return [(id_, at) for id_, at in session.exec(query) if at is not None]
