"""The table of display names: what a report calls the people it counts by."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from storage.columns import Row, UtcDateTime


class PersonNameRow(Row, table=True):
    """How a person who asks here is called in Slack, and when that was last looked up."""

    __tablename__ = "person_name"
    slack_user: str = Field(primary_key=True)
    name: str
    noted_at: datetime = Field(sa_type=UtcDateTime)
