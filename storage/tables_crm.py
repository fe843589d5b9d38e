"""The tables of the CRM: which record is which lead, how far pulls came, what is to be written."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Index, Text, UniqueConstraint
from sqlmodel import Field

from storage.columns import Row, UtcDateTime


class CrmLinkRow(Row, table=True):
    """A person's record in a CRM, and the lead it is; `seen` is what it said when last pulled.

    One that was merged away keeps its row, so that a late page about it finds the survivor.
    """

    __tablename__ = "crm_link"
    crm: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    kind: str
    lead_id: str = Field(index=True)
    account_id: str = Field(default="", index=True)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    seen: dict[str, Any] = Field(sa_type=JSON)
    merged_into: str = ""
    gone_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    missed: int = 0
    kept_by: str | None = None
    looked_at: datetime = Field(sa_type=UtcDateTime, index=True)


class CrmAccountRow(Row, table=True):
    """A company as the CRM has it, for the people who are linked to it."""

    __tablename__ = "crm_account"
    crm: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    facts: dict[str, Any] = Field(sa_type=JSON)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class CrmOwnerRow(Row, table=True):
    """Somebody of the team as the CRM knows them."""

    __tablename__ = "crm_owner"
    crm: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    name: str = ""
    email: str = ""


class CrmCursorRow(Row, table=True):
    """How far a stream was pulled: `since` by the CRM's own clock, `cursor` within a pull.

    `highest` is the latest change met in the pull under way; `noted` counts what could not be read.
    """

    __tablename__ = "crm_cursor"
    crm: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cursor: str | None = Field(default=None, sa_type=Text)
    highest: datetime | None = Field(default=None, sa_type=UtcDateTime)
    began_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    records: int = 0
    trouble: str = ""
    noted: dict[str, int] = Field(default_factory=dict, sa_type=JSON)


class CrmWriteRow(Row, table=True):
    """Something to write into the CRM; `state` is waiting, done, conflict or refused.

    `key` tells writes apart: a later value of the same fact takes the place of an earlier one. Of a
    touch only its id is kept; its words stay with the suggestion.
    """

    __tablename__ = "crm_write"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        UniqueConstraint("key"),
        Index("ix_crm_write_state", "state", "not_before", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    crm: str
    key: str
    lead_id: str = Field(index=True)
    suggestion_id: str | None = Field(default=None, index=True)
    fact: str = ""
    value: Any = Field(default=None, sa_type=JSON(none_as_null=True), nullable=True)
    value_at: datetime = Field(sa_type=UtcDateTime)
    base: str | None = None
    inferred: bool = False
    state: str = "waiting"
    version: int = 0
    tries: int = 0
    not_before: datetime = Field(sa_type=UtcDateTime)
    claimed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    external_id: str = ""
    theirs: Any = Field(default=None, sa_type=JSON(none_as_null=True), nullable=True)
    theirs_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    why: str = ""
    queued_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CrmErasedRow(Row, table=True):
    """A mark of a record whose lead was erased here, so that no pull brings it back."""

    __tablename__ = "crm_erased"
    mark: str = Field(primary_key=True)
