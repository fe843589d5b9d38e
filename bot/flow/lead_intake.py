"""The one way in for facts and acts of many leads: files, a CRM and signals (M31).

Few transactions, each short, so that others write in between. A second run changes nothing; no
value goes over a newer or more trusted one (`knowledge.fact_trust`); every change is audited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from bot.flow.tools import Tools
from knowledge.assets import asset_id as make_id
from knowledge.fact_trust import Source
from knowledge.leads import HistoryEntry, LeadFacts
from storage.lead_taking import Arrival, Taken

AT_ONCE = 250
"""Leads a transaction: about 0.2 s of the one writer's place, a tenth of what Slack waits for."""

Told = Callable[[int, int | None], None]
"""Hears (done, of); of is None where nobody knows how many there are."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a source says of one lead, named by id or by mail address.

    `changed_at` is when the source last changed it, `changed` the same for single facts; None is
    now. `where` is for the caller alone: a line, an id of the CRM.
    """

    lead_id: str | None = None
    email: str | None = None
    facts: LeadFacts = field(default_factory=LeadFacts)
    acts: tuple[HistoryEntry, ...] = ()
    changed_at: datetime | None = None
    changed: Mapping[str, datetime] = field(default_factory=dict)
    where: str = ""


@dataclass
class TakenIn:
    """What became of the leads; `ids` holds the lead of each one that came, "" for one refused.

    `became` says it lead by lead: a lead that comes in several parts is counted once.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    acts: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    became: dict[str, str] = field(default_factory=dict)

    def count(self, done: Taken) -> None:
        """Count one part of a lead."""
        self.acts += done.acts
        held = self.became.get(done.lead_id, "")
        if _STRONGER.index(done.became) > _STRONGER.index(held):
            if held:
                setattr(self, held, getattr(self, held) - 1)
            setattr(self, done.became, getattr(self, done.became) + 1)
            self.became[done.lead_id] = done.became


_STRONGER = ("", "unchanged", "updated", "added")


def take_in(
    leads: Iterable[Incoming],
    tools: Tools,
    source: Source,
    by: str,
    *,
    told: Told | None = None,
    of: int | None = None,
    taken: TakenIn | None = None,
    known: dict[str, str] | None = None,
    dry: bool = False,
) -> TakenIn:
    """Take in facts and acts; a lead that is not on record is added.

    Who is named by mail alone is the lead with that address, else a new one under an id made of
    name and address. Whoever is named by nothing is refused. `taken` goes on with a former count.
    `known` are the leads by mail address; a caller who names all by id saves reading them. A `dry`
    run stores nothing.
    """
    taken = taken if taken is not None else TakenIn()
    known = mails(tools) if known is None else known
    take = tools.leads.try_out if dry else tools.leads.take
    rest = iter(leads)
    while batch := list(islice(rest, AT_ONCE)):
        _take(batch, known, taken, lambda part: take(part, source, by))
        if told:
            told(len(taken.ids), of)
    return taken


def mails(tools: Tools) -> dict[str, str]:
    """By mail address in small letters, the lead who has it; of several the first by id."""
    found: dict[str, str] = {}
    for lead_id, _, _, email in tools.leads.names():
        if email:
            found.setdefault(email.strip().casefold(), lead_id)
    return found


def new_lead_id(name: str | None, email: str | None) -> str:
    """The id of a lead that comes without one: the same for the same person each time."""
    known_by = email or name or ""
    return make_id(name or known_by.split("@")[0], known_by)


def _take(
    batch: list[Incoming],
    known: dict[str, str],
    taken: TakenIn,
    take: Callable[[list[Arrival]], list[Taken]],
) -> None:
    arrivals = []
    for came in batch:
        lead_id = _whose(came, known)
        taken.ids.append(lead_id)
        if not lead_id:
            taken.refused.append((came.where, "it names nobody: no id, mail address or name"))
            continue
        arrivals.append(
            Arrival(lead_id, came.facts, tuple(came.acts), came.changed_at, came.changed)
        )
    for part in _each_once(arrivals):
        for done in take(part):
            taken.count(done)


def _whose(came: Incoming, known: dict[str, str]) -> str:
    email = (came.email or came.facts.email or "").strip()
    key = email.casefold()
    lead_id = came.lead_id or known.get(key, "")
    if not lead_id and (email or came.facts.name):
        lead_id = new_lead_id(came.facts.name, email)
    if key and lead_id:
        known.setdefault(key, lead_id)
    return lead_id


def _each_once(arrivals: list[Arrival]) -> Iterator[list[Arrival]]:
    """The arrivals in parts that name each lead once: what comes later counts as later."""
    part: list[Arrival] = []
    seen: set[str] = set()
    for came in arrivals:
        if came.lead_id in seen:
            yield part
            part, seen = [], set()
        part.append(came)
        seen.add(came.lead_id)
    if part:
        yield part
