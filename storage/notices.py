"""Messages that a change itself calls for: left in its transaction, sent by the bot in its wake.

They travel as events of the inbox, so that any number of processes and restarts send each once, and
a change made on the command line is told by the bot that runs beside it.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from storage.database import Database
from storage.tables import InboxRow, OutboxRow

KIND = "notice"


def leave(
    session: Session,
    key: str,
    what: str,
    now: datetime,
    *,
    to: str = "",
    about: str = "",
    text: str = "",
    lane: str = "",
) -> None:
    """Leave a message in the transaction of `session`; one left before under `key` stays.

    `what` names the message, `to` a person or channel, `about` an asset or a suggestion by id.
    """
    if session.get(InboxRow, key) is not None:
        return
    payload = {"key": key, "kind": KIND, "team": "", "user": to, "action": what,
               "suggestion_id": about, "text": text}  # fmt: skip
    session.add(InboxRow(key=key, kind=KIND, payload=payload, lane=lane, received_at=now))


def waiting(db: Database) -> list[str]:
    """Keys of the messages left and not sent yet, oldest first."""
    query = (
        select(InboxRow.key)
        .where(InboxRow.kind == KIND, col(InboxRow.done_at).is_(None))
        .order_by(col(InboxRow.received_at), col(InboxRow.key))
    )
    with db.read() as session:
        return list(session.exec(query))


def posted(db: Database, prefix: str) -> list[tuple[str, str]]:
    """Channel and timestamp of each message in Slack whose key starts like this, oldest first."""
    query = (
        select(OutboxRow.channel, OutboxRow.ts)
        .where(
            col(OutboxRow.key).startswith(prefix, autoescape=True),
            OutboxRow.method == "chat.postMessage",
            OutboxRow.state == "posted",
        )
        .order_by(col(OutboxRow.planned_at), col(OutboxRow.key))
    )
    with db.read() as session:
        return [(str(channel), str(ts)) for channel, ts in session.exec(query) if channel and ts]


def key_of_post(db: Database, channel: str, ts: str) -> str | None:
    """The key under which a message in Slack was posted; None for one that is not ours."""
    query = select(OutboxRow.key).where(
        OutboxRow.channel == channel, OutboxRow.ts == ts, OutboxRow.state == "posted"
    )
    with db.read() as session:
        return session.exec(query.limit(1)).first()
