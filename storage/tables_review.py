"""The tables of a manager's review: what the checks found, samples, notes and their words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field

from storage.columns import Row, UtcDateTime


class TouchCheckRow(Row, table=True):
    """A rule that finds something in a suggestion's text in force; no word of the text.

    `kept` says that its editor left it in, with a reason. It stays when the lead is erased.
    """

    __tablename__ = "touch_check"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index("ix_touch_check_rule", "rule", "suggestion_id"),
    )
    suggestion_id: str = Field(primary_key=True, foreign_key="suggestion.id", ondelete="CASCADE")
    rule: str = Field(primary_key=True)
    kept: bool = False


class ReviewNoteRow(Row, table=True):
    """A flag, a comment or an answer without its words: stays when the lead is erased."""

    __tablename__ = "review_note"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index("ix_review_note_open", "kind", "settled_at", "at"),
    )
    id: str = Field(primary_key=True)
    suggestion_id: str = Field(foreign_key="suggestion.id", ondelete="CASCADE", index=True)
    kind: str
    about: str
    by: str
    to: str = ""
    at: datetime = Field(sa_type=UtcDateTime)
    answers: str = ""
    settled_by: str = ""
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReviewTextRow(Row, table=True):
    """The words of a note, which may speak of the lead: erasable."""

    __tablename__ = "review_text"
    note_id: str = Field(primary_key=True, foreign_key="review_note.id", ondelete="CASCADE")
    suggestion_id: str = Field(index=True)
    lead_id: str | None = Field(default=None, index=True)
    text: str = Field(sa_type=Text)


class ReviewSampleRow(Row, table=True):
    """A suggestion in a week's sample, once it is drawn; `verdict` is empty while it waits."""

    __tablename__ = "review_sample"
    week: str = Field(primary_key=True)
    suggestion_id: str = Field(
        primary_key=True, foreign_key="suggestion.id", ondelete="CASCADE", index=True
    )
    place: int
    how: str
    score: float = 0.0
    signs: list[str] = Field(sa_type=JSON)
    verdict: str = ""
    judged_by: str = ""
    judged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReviewWeekRow(Row, table=True):
    """A week whose sample is drawn, be it empty, so that it is drawn once."""

    __tablename__ = "review_week"
    week: str = Field(primary_key=True)
    drawn_at: datetime = Field(sa_type=UtcDateTime)
    of: int
