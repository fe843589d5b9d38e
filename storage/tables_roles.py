"""The tables of who has which role: what was granted, and what Slack last said."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from storage.columns import Row, UtcDateTime


class RoleGrantRow(Row, table=True):
    """A role that an admin, or somebody with a shell, gave to a Slack user."""

    __tablename__ = "role_grant"
    slack_user: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    granted_by: str
    granted_at: datetime = Field(sa_type=UtcDateTime)


class RosterRow(Row, table=True):
    """A Slack user group or a channel whose members are asked for, and how the asking went."""

    __tablename__ = "roster"
    id: str = Field(primary_key=True)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tried_at: datetime = Field(sa_type=UtcDateTime)
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    trouble: str = ""
    trouble_since: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RosterMemberRow(Row, table=True):
    """Somebody who was in it when it was last read."""

    __tablename__ = "roster_member"
    roster_id: str = Field(foreign_key="roster.id", ondelete="CASCADE", primary_key=True)
    slack_user: str = Field(primary_key=True, index=True)


class WorkspaceAdminRow(Row, table=True):
    """Whether Slack said that somebody is an owner or admin of the workspace, and when."""

    __tablename__ = "workspace_admin"
    slack_user: str = Field(primary_key=True)
    is_admin: bool
    seen_at: datetime = Field(sa_type=UtcDateTime)
