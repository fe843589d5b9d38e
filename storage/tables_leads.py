"""The tables of what comes in about leads: signals, signs of strangers, lists sent in Slack."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Text
from sqlmodel import Field

from storage.columns import Row, UtcDateTime


class SignalRow(Row, table=True):
    """One delivery of the webhook: kept by a mark of its id, so a repeat has no effect."""

    __tablename__ = "signal"
    id: str = Field(primary_key=True)
    payload: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    received_at: datetime = Field(sa_type=UtcDateTime, index=True)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    became: str = ""


class UnmatchedRow(Row, table=True):
    """A sign of somebody who is no lead here, kept until somebody says who it is."""

    __tablename__ = "unmatched"
    id: str = Field(primary_key=True)
    who: str
    name: str = ""
    action: str
    happened_on: date
    asset: str = ""
    note: str = Field(default="", sa_type=Text)
    source: str
    noted_at: datetime = Field(sa_type=UtcDateTime)


class LeadFileRow(Row, table=True):
    """A list of leads that somebody sent in Slack, until it is taken in or given up."""

    __tablename__ = "lead_file"
    id: str = Field(primary_key=True)
    sent_by: str
    name: str
    files: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    state: str = "waiting"
    sent_at: datetime = Field(sa_type=UtcDateTime)
