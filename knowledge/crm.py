"""The CRM as Trailguide knows it: what is read, what may be written, one interface for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from knowledge.crm_mapping import CrmMapping

Value = str | int | float | bool | None
"""What a field of a CRM holds; lists come as text with `;` between."""


class Stream(StrEnum):
    """What is pulled, in this order: who is spoken of comes before those who speak of them."""

    OWNERS = "owners"
    ACCOUNTS = "accounts"
    PEOPLE = "people"
    ACTIVITIES = "activities"


@dataclass(frozen=True, slots=True)
class Record:
    """One record, with the fields that the mapping names and no other.

    `kind` is the CRM's own word for its sort (`contacts`, `Lead`). `people` are the ids of those
    an activity is about. `absorbed` are ids of records merged into this one, `became` is the id of
    the record that took this one's place. `key` is the external key that we gave an activity.
    """

    id: str
    kind: str
    changed_at: datetime
    fields: Mapping[str, Value]
    people: tuple[str, ...] = ()
    absorbed: tuple[str, ...] = ()
    became: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some records in the order of their change; `cursor` asks for the next, None for no more."""

    records: tuple[Record, ...]
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """A person's record that is not there any more; `survivor` is what it was merged into."""

    id: str
    survivor: str = ""


@dataclass(frozen=True, slots=True)
class GonePage:
    """Records that went; `upto` is how far the CRM says this reaches, None when it does not say."""

    gone: tuple[Gone, ...]
    cursor: str | None = None
    upto: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A person's record as it is right now, under the id that was asked for.

    `record` is None for one that is gone, and has another id where it was merged. `since` tells
    of single fields when they last changed, where the CRM knows.
    """

    record: Record | None
    since: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonWrite:
    """Fields to set on one person's record, unless it changed after `seen_at`, by the CRM's clock.

    HubSpot knows no such condition; there it is only looked at just before.
    """

    id: str
    kind: str
    fields: Mapping[str, str]
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ActivityWrite:
    """A touch to note with a person, once under its `key`, however often it is written."""

    key: str
    person: str
    kind: str
    channel: str
    on: date
    subject: str
    body: str = ""


class Outcome(StrEnum):
    """What became of one write."""

    DONE = "done"
    CHANGED = "changed"
    """Somebody changed the record meanwhile; nothing was written."""
    REFUSED = "refused"
    """The CRM will not have it; trying again would not help."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one write: of a person by its id, of an activity by its key.

    `id` is the record's, `why` a short word of the CRM's for a refusal, without any value.
    """

    of: str
    outcome: Outcome
    id: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A field that the CRM has; `options` are the values it takes, where they are listed."""

    kind: str
    name: str
    label: str
    type: str
    writable: bool
    options: tuple[str, ...] = ()


class Crm(Protocol):
    """One CRM. Every call may raise `CrmBusy`, `CrmUnreachable`, `CrmRefused` or `CrmFailed`.

    Each read may be repeated; each write looks first, or is told apart by its key, so that it may
    be repeated too. Moments are the CRM's own.
    """

    @property
    def name(self) -> str:
        """`csv`, `hubspot` or `salesforce`."""

    @property
    def mapping(self) -> CrmMapping:
        """Which field is which fact."""

    def check(self) -> str:
        """A sentence on what can be reached, as whom."""

    def read(self, stream: Stream, kind: str, since: datetime | None, cursor: str | None) -> Page:
        """Records of a kind changed at `since` or later, oldest change first.

        `cursor` goes on within a pull: what changes meanwhile comes again, and nothing is skipped.
        """

    def gone(self, kind: str, since: datetime | None, cursor: str | None) -> GonePage:
        """People's records deleted or merged away since."""

    def look(self, ids: Mapping[str, str], fields: Sequence[str] = ()) -> dict[str, Seen]:
        """People's records right now, by the ids asked for; `ids` tells each one's kind.

        `fields` are those whose last change is asked for. An id left out was not looked for.
        """

    def write_people(self, writes: Sequence[PersonWrite]) -> list[Written]:
        """Set fields; one refusal keeps none of the others back."""

    def write_activities(self, writes: Sequence[ActivityWrite]) -> list[Written]:
        """Note touches; one that its key says is there already is brought up to date."""

    def offers(self) -> list[Offer]:
        """The fields that people's records have."""

    def close(self) -> None:
        """Give back connections."""


def fields_of(
    mapping: CrmMapping, stream: Stream, kind: str, *, keyed: bool = True
) -> tuple[str, tuple[str, ...]]:
    """The field of the last change, and those to ask for; with `keyed`, our key of activities."""
    if stream is Stream.PEOPLE:
        return mapping.people[kind].changed, mapping.people[kind].fields
    if stream is Stream.ACTIVITIES:
        key = (mapping.write.key,) if mapping.write.activities and keyed else ()
        return mapping.activities[kind].changed, (*mapping.activities[kind].fields, *key)
    if mapping.accounts is None:
        raise ValueError("no accounts are mapped")
    return mapping.accounts.changed, mapping.accounts.fields
