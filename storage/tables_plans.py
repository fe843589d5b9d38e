"""The tables of plans under way, of tracks as they were, and of leads that sales took over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Text
from sqlmodel import Field

from storage.columns import Row, UtcDateTime


class TrackVersionRow(Row, table=True):
    """A track as it was when a plan began with it; `mark` names what it says."""

    __tablename__ = "track_version"
    track: str = Field(primary_key=True)
    mark: str = Field(primary_key=True)
    version: int
    body: dict[str, Any] = Field(sa_type=JSON)
    noted_at: datetime = Field(sa_type=UtcDateTime)


class LeadPlanRow(Row, table=True):
    """The plan of a lead: the one under way, or the last one."""

    __tablename__ = "lead_plan"
    lead_id: str = Field(primary_key=True, foreign_key="lead.id", ondelete="CASCADE")
    track: str = Field(index=True)
    mark: str
    trigger: str
    anchor: date
    touches_before: int
    started_on: date
    started_by: str = ""
    moved: bool = False
    ended_on: date | None = None
    ended_because: str = ""


class HandoverRow(Row, table=True):
    """A lead that sales took over, by which definition, until a person gives it back."""

    __tablename__ = "handover"
    id: str = Field(primary_key=True)
    lead_id: str = Field(foreign_key="lead.id", ondelete="CASCADE", index=True)
    rule: str
    reason: str = Field(default="", sa_type=Text)
    owner: str = ""
    definition_version: int
    definition: str = Field(default="", sa_type=Text)
    on: date
    at: datetime = Field(sa_type=UtcDateTime)
    by: str = ""
    back_on: date | None = None
    back_by: str = ""
    back_because: str = Field(default="", sa_type=Text)
