"""What the CRM's use cases work with: the CRM itself, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.flow.tools import Tools
from knowledge.crm import Crm, Stream
from knowledge.crm_mapping import CrmMapping
from knowledge.errors import SetupMissing
from storage.crm import CrmRecords
from storage.crm_cursors import CrmCursors
from storage.crm_writes import CrmWrites

BY = "crm"
"""Who tells what a pull brings, in the logs."""
GONE = "gone"
"""The stream of records that went, beside those of `knowledge.crm.Stream`."""


@dataclass(frozen=True)
class Desk:
    """One CRM with its tables."""

    tools: Tools
    crm: Crm

    @property
    def mapping(self) -> CrmMapping:
        """Which field is which fact."""
        return self.crm.mapping

    @cached_property
    def records(self) -> CrmRecords:
        """Links, accounts and owners."""
        tools = self.tools
        return CrmRecords(tools.db, tools.clock, tools.audit, self.crm.name)

    @cached_property
    def cursors(self) -> CrmCursors:
        """How far pulls came."""
        return CrmCursors(self.tools.db, self.tools.clock, self.crm.name)

    @cached_property
    def writes(self) -> CrmWrites:
        """What waits to be written."""
        tools = self.tools
        return CrmWrites(tools.db, tools.clock, tools.audit, self.crm.name)

    def streams(self) -> Iterator[tuple[Stream, str]]:
        """What is pulled, in order: each kind by itself, for each has its own point in time."""
        mapping = self.mapping
        yield Stream.OWNERS, "owners"
        if mapping.accounts:
            yield Stream.ACCOUNTS, mapping.accounts.kind
        for kind in mapping.people:
            yield Stream.PEOPLE, kind
        for kind in mapping.activities:
            yield Stream.ACTIVITIES, kind

    def cursor_names(self) -> list[str]:
        """The name of each cursor, in the order of a pull."""
        names = [name_of(stream, kind) for stream, kind in self.streams()]
        return [*names, *(f"{GONE}:{kind}" for kind in self.mapping.people)]


def name_of(stream: Stream, kind: str) -> str:
    """The name of a stream's cursor."""
    return f"{stream.value}:{kind}"


def desk_of(tools: Tools) -> Desk:
    """The desk of the CRM that is set; `SetupMissing` says that there is none."""
    if tools.crm is None:
        raise SetupMissing(
            "No CRM is set; TRAILGUIDE_CRM names one: csv, hubspot or salesforce (docs/crm.md)."
        )
    return Desk(tools, tools.crm)
