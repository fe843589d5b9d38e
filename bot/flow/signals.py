"""Signals of other tools: read, checked, kept, and worked into the records of leads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any

import structlog
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.flow.asset_names import AssetNames
from bot.flow.lead_intake import Incoming, mails, new_lead_id, take_in
from bot.flow.line_problems import untold_problem
from bot.flow.lines import FactsLine, SomeDay, Word
from bot.flow.tools import Tools
from bot.flow.unmatched import Sign, keep_unmatched
from knowledge.channels import named_channels
from knowledge.clock import team_date, team_day
from knowledge.errors import BadInput, StorageFailed, places
from knowledge.fact_trust import Source, SourceKind
from knowledge.foreign_words import foreign_action, yes_or_no
from knowledge.leads import OURS, Action, HistoryEntry, LeadFacts
from knowledge.mail_address import is_mail
from storage.signals import Signals

MOST_AT_ONCE = 100
"""Signals of one delivery: as many as a webinar tool sends at a time; more are sent in parts."""
LONGEST_ID = 200
PAGE = "docs/signals.md"
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""How JSON writes the character that no database keeps in a text."""
_DAY_AHEAD = timedelta(days=1)
"""A sender's day may have begun before the team's."""


log = structlog.get_logger("trailguide.signals")


class Malformed(BadInput):
    """A body that is no signal; the message says what is wrong."""


class Unknown(BadInput):
    """A signal about a lead's id or a piece that is not on record."""


def _act(value: Any) -> Any:
    meant = foreign_action(value) if isinstance(value, str) else None
    if meant is None:
        theirs = ", ".join(a for a in Action if a not in OURS)
        raise ValueError(f"it is no act that is known; use one of: {theirs}")
    if meant in OURS:
        raise ValueError(f"'{meant}' is an act of ours; a signal tells what a lead did")
    return meant


def _consent(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    agreed = yes_or_no(value)
    if agreed is None and value.strip() and not named_channels(value):
        raise ValueError("it names no channel; give true, false, or the channels agreed to")
    return value if agreed is None else agreed


class Who(BaseModel):
    """The lead: by id or mail address; with a name and a mail address it may be a new one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Word = None
    email: Word = Field(default=None, max_length=320)
    name: Word = Field(default=None, max_length=200)
    company: Word = Field(default=None, max_length=200)
    role: Word = Field(default=None, max_length=200)
    consent: Annotated[bool | str | None, BeforeValidator(_consent)] = None


class SignalLine(BaseModel):
    """One thing that a lead did."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lead: Who
    action: Annotated[Action, BeforeValidator(_act)]
    on: SomeDay | None = None
    asset: Word = Field(default=None, max_length=2000)
    note: str = Field(default="", max_length=2000)
    product_line: str = Field(default="", max_length=100)


class DeliveryBody(BaseModel):
    """What a sender posts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, max_length=LONGEST_ID)
    source: str = Field(default="webhook", max_length=60)
    signals: list[SignalLine] = Field(min_length=1, max_length=MOST_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Received:
    """How a delivery was taken: its id, how many signals, and whether it was known already."""

    id: str
    signals: int
    repeat: bool


def receive(body: bytes, tools: Tools) -> Received:
    """Check a delivery and keep it durably; a repeat is only told.

    `Malformed` for a body that is no signal, `Unknown` for a lead's id or a piece that is not on
    record, `TooMany` for more than are taken within a minute. A mail address that nobody has is no
    error: it is worked on, or kept aside.
    """
    told = _told(body)
    delivery = _parsed(told)
    store = _store(tools)
    if not store.is_known(delivery.id):
        most = tools.settings.signals_per_minute
        store.require_room(most)  # before the leads and pieces are looked up
        _require_known(delivery, tools)
        kept = store.keep(delivery.id, told, most)
        return Received(delivery.id, len(delivery.signals), repeat=not kept)
    return Received(delivery.id, len(delivery.signals), repeat=True)


def work(mark: str, tools: Tools) -> None:
    """Take a kept delivery into the records, by its mark; safe to run twice, on any day."""
    store = _store(tools)
    kept = store.kept(mark)
    if kept is None:
        store.done(mark, "erased", 0)
        return
    try:
        delivery = _parsed(kept.payload)
    except Malformed:  # kept by an older version, whose fields were others
        store.done(mark, "unreadable", 0)
        return
    source = Source(SourceKind.LEAD, f"signal of {delivery.source}")
    names, known, ids = AssetNames(tools), mails(tools), _ids(tools)
    came_on = team_day(kept.received_at, tools.settings.time_zone)
    coming, strangers = [], []
    for line in delivery.signals:
        on = line.on or came_on
        lead_id = _whose(line.lead, known, ids)
        if lead_id is None:
            strangers.append(_sign(line, on, source.name))
            continue
        coming.append(_incoming(lead_id, line, on, names, is_new=lead_id not in ids))
    acts = take_in(coming, tools, source, "webhook").acts
    aside = keep_unmatched(strangers, tools, "webhook")
    store.done(mark, "kept_aside" if aside and not coming else "worked", acts)


def work_all(tools: Tools) -> int:
    """Work on every delivery that waits, oldest first; return how many were worked on.

    One that fails stays kept for the next time, and keeps nothing that came after it waiting.
    """
    done = 0
    for mark in _store(tools).pending():
        try:
            work(mark, tools)
        except StorageFailed:
            raise  # no other one could be kept either
        except Exception as bug:  # noqa: BLE001 - the others wait; no words of the lead are logged
            at = places(bug)
            log.error("signal_failed", error=type(bug).__name__, at=at)  # noqa: TRY400
        else:
            done += 1
    return done


def _told(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
        plain = json.dumps(told, ensure_ascii=False)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Malformed("The body is not JSON.") from None
    if _NUL.search(plain) or any("\ud800" <= c <= "\udfff" for c in plain):
        raise Malformed("The body has characters that are no text, such as \\u0000.")
    if not isinstance(told, dict):
        raise Malformed("The body must be one JSON object; see docs/signals.md.")
    if "signals" not in told and "lead" in told:
        alone = {k: told.pop(k) for k in list(told) if k not in {"id", "source"}}
        told["signals"] = [alone]
    return told


def _parsed(told: Mapping[str, Any]) -> DeliveryBody:
    try:
        return DeliveryBody.model_validate(told)
    except ValidationError as wrong:
        raise Malformed(f"{untold_problem(wrong, PAGE)}.") from None


def _require_known(delivery: DeliveryBody, tools: Tools) -> None:
    names, ids = AssetNames(tools), _ids(tools)
    today = team_date(tools.clock, tools.settings.time_zone)
    for place, line in enumerate(delivery.signals, 1):
        where = f" (entry {place})" if len(delivery.signals) > 1 else ""
        who = line.lead
        if not (who.id or who.email):
            raise Malformed(f"'lead' needs an id or a mail address{where}.")
        if who.email and not is_mail(who.email):
            raise Malformed(f"'email' is no mail address{where}.")
        if who.id and who.id not in ids and not who.email:
            raise Unknown(f"There is no lead with that id{where}; give the mail address as well.")
        if line.asset and names.find(line.asset) is None:
            raise Unknown(
                f"There is no such piece in the library ('asset'{where}); give its id, address or "
                "title."
            )
        if line.on and line.on > today + _DAY_AHEAD and line.action is not Action.BOOKED_MEETING:
            raise Malformed(f"'on' is a day that has not come{where}.")


def _whose(who: Who, known: Mapping[str, str], ids: frozenset[str]) -> str | None:
    """The lead on record, or a new one's id where name and mail address are given; else None."""
    if who.id in ids:
        return who.id
    email = (who.email or "").strip()
    if email.casefold() in known:
        return known[email.casefold()]
    return new_lead_id(who.name, email) if email and who.name else None


def _incoming(
    lead_id: str, line: SignalLine, on: date, names: AssetNames, *, is_new: bool
) -> Incoming:
    """The act, with the opt-in that was told; a new lead's facts, an old one's gaps in them."""
    who = line.lead
    asset = names.find(line.asset) if line.asset else None
    note = line.note or (line.asset or "" if not asset else "")
    acts = [HistoryEntry(line.action, on, asset, note[:500], line.product_line)]
    if who.consent and line.action is not Action.OPTED_OUT:
        channel = who.consent if isinstance(who.consent, str) else ""
        acts.append(HistoryEntry(Action.OPTED_IN, on, None, channel))
    facts = FactsLine(name=who.name, email=who.email, company=who.company, role=who.role).facts()
    if not is_new:  # a form's spelling of a name is no correction
        facts = replace(LeadFacts(), company=facts.company, role=facts.role)
    return Incoming(lead_id, who.email, facts, tuple(acts))


def _sign(line: SignalLine, on: date, source: str) -> Sign:
    who = line.lead
    told = who.email or who.id or ""
    return Sign(told, who.name or "", line.action, on, line.asset or "", line.note[:200], source)


def _ids(tools: Tools) -> frozenset[str]:
    return frozenset(lead_id for lead_id, *_ in tools.leads.names())


def _store(tools: Tools) -> Signals:
    return Signals(tools.db, tools.clock, tools.audit)
