"""Reviews of pieces: who asked, who decided, who must not decide, and who is told."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from knowledge.assets import asset_reference
from knowledge.errors import BadInput
from storage import notices
from storage.tables import AssetRow

REVIEW, REVIEWED = "review", "reviewed"
"""Asks a reviewer; tells what came of it."""

NOBODY = frozenset({"", "command line", "sample"})
"""Names that stand for no person."""


@dataclass(frozen=True, slots=True)
class Review:
    """What people decided of a piece last; None for what nobody did."""

    author: str
    submitted_by: str | None
    submitted_at: datetime | None
    sent_back_by: str | None
    sent_back_at: datetime | None
    sent_back_because: str | None
    approved_by: str | None
    approved_at: datetime | None
    retired_by: str | None
    retired_at: datetime | None


def review_of(row: AssetRow) -> Review:
    """The review that a row of table `asset` tells of."""
    return Review(
        author_of(row),
        row.submitted_by,
        row.submitted_at,
        row.sent_back_by,
        row.sent_back_at,
        row.sent_back_because,
        row.approved_by,
        row.approved_at,
        row.retired_by,
        row.retired_at,
    )


def author_of(row: AssetRow) -> str:
    """Who brought in the text as it stands, else whoever owns the piece; empty when unknown."""
    known = (n for n in (row.changed_by, row.added_by) if n not in NOBODY)
    return next(known, row.owner)


def refuse_author(title: str, author: str, names: Collection[str]) -> None:
    """`BadInput` when the person who approves, by any of their names, is the author."""
    if all(name in NOBODY for name in names):
        raise BadInput(
            f"'{title}' must be approved by a named person here; say who with --by NAME."
        )
    if any(same_person(name, author) for name in names):
        raise BadInput(
            f"'{title}' was brought in by the same person; somebody else must approve it."
        )


def same_person(name: str, other: str) -> bool:
    """Whether two names are one person's, whatever the case and spacing; nobody is nobody."""
    return bool(_plain(name)) and _plain(name) == _plain(other)


def leave_for_reviewers(
    session: Session, row: AssetRow, reviewers: Sequence[str], now: datetime
) -> None:
    """Leave each reviewer a message about a piece that was submitted."""
    turn = secrets.token_hex(6)  # it may be submitted again after it was sent back
    for reviewer in dict.fromkeys(reviewers):
        key = f"{review_key(row.id)}{turn}:{reviewer}"
        notices.leave(session, key, REVIEW, now, to=reviewer, about=row.id)


def leave_reviewed(
    session: Session, row: AssetRow, now: datetime, *, to: str | None = None
) -> None:
    """Leave word of what became of a piece in review, on the messages and for whoever waits.

    That is `to`, else whoever submitted it.
    """
    key = f"{REVIEWED}:{asset_reference(row.id)}:{secrets.token_hex(6)}"
    notices.leave(
        session,
        key,
        REVIEWED,
        now,
        to=to if to is not None else row.submitted_by or "",
        about=row.id,
    )


def review_key(asset_id: str) -> str:
    """How the keys of all messages to reviewers about a piece begin."""
    return f"{REVIEW}:{asset_reference(asset_id)}:"


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold().lstrip("<@").rstrip(">")
