"""A lead that sales took over: the value that is kept, and until when (M49, M50)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Handover:
    """When a lead went to sales, by whom, to whom, why, and by which version of the definition.

    `back_on` is the day on which a person gave it back to nurturing, None while sales has it.
    """

    id: str
    lead_id: str
    rule: str
    reason: str
    owner: str
    definition_version: int
    definition: str
    on: date
    by: str = ""
    back_on: date | None = None
    back_by: str = ""
    back_because: str = ""

    @property
    def is_open(self) -> bool:
        """Whether sales has the lead."""
        return self.back_on is None
