"""The tables of a manager's review: what the checks found, by rule."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field

from storage.columns import Row


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
