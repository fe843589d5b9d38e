"""The state of the CRM as people and programs are told it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CrmStatus:
    """The state of one CRM; `noted` counts what the mapping could not read, by label."""

    crm: str
    pulled_at: datetime | None
    under_way: bool
    trouble: str
    linked: int
    gone: int
    waiting: int
    written: int
    conflicts: int
    refused: int
    writes: tuple[str, ...]
    noted: dict[str, int] = field(default_factory=dict)
    undecided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A lead that is gone from the CRM, with what to call it."""

    lead_id: str
    name: str
    since: datetime
