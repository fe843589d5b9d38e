"""How much waits in the inbox and the outbox, counted: for metrics, and as a sign of life."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func
from sqlmodel import col, select

from storage.database import Database
from storage.inbox import CHOICE
from storage.tables import InboxRow, OutboxRow


class Waiting(NamedTuple):
    """Events not dealt with, since when the oldest waits, and posts that Slack has not taken."""

    events: int
    since: datetime | None
    posts: int


def waiting(db: Database) -> Waiting:
    """Count what waits; `StorageFailed` when the database does not answer."""
    undone = col(InboxRow.done_at).is_(None) & (col(InboxRow.kind) != CHOICE)
    with db.read() as session:
        events, since = session.exec(
            select(func.count(), func.min(InboxRow.received_at)).where(undone)
        ).one()
        posts = session.exec(select(func.count()).where(OutboxRow.state == "planned")).one()
    return Waiting(int(events), since, int(posts))
