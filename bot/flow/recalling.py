"""Recalling a lead: the record on file, with what the ask says on top."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import chain
from zoneinfo import ZoneInfo

from bot.flow.account import account_of, nearest, reached_roles
from bot.flow.tools import Tools
from knowledge.assets import Asset
from knowledge.errors import NotFound
from knowledge.leads import HistoryEntry, LeadProfile
from knowledge.personas import PersonaMap, load_personas
from knowledge.product_lines import for_line
from knowledge.touch import Ask
from prompts.lead_facts import last_told
from storage.handovers import Handovers


def recall_lead(ask: Ask, questions: tuple[str, ...], tools: Tools) -> LeadProfile:
    """Merge the stored lead, if one is named, with the facts and history of the ask.

    A given fact beats the stored one; persona and buying role follow from the job title when
    nobody states them. For a stored lead the others on record at its company tell which roles were
    reached there and when anybody heard from us last.
    """
    stored = _on_record(ask.lead_id, tools) if ask.lead_id else LeadProfile()
    line = ask.facts.product_line or stored.facts.product_line
    facts = ask.facts.over(for_line(stored.facts, line))
    titles = load_personas(tools.settings.home)
    facts = replace(
        facts,
        persona=facts.persona or titles.infer(facts.role),
        buying_role=facts.buying_role or titles.infer_buying_role(facts.role),
        replied_at=in_team_zone(facts.replied_at, tools),
        answered_at=in_team_zone(facts.answered_at, tools),
    )
    # Entries of one day keep the order they were recorded in: a reply before its answer. What the
    # record has too is told once; four visits on one day are four.
    known = Counter(stored.history)
    new = []
    for entry in ask.history:
        if known[entry]:
            known[entry] -= 1
        else:
            new.append(entry)
    history = sorted((*stored.history, *new), key=lambda e: e.on)
    profile = LeadProfile(
        facts, tuple(history), questions, ask.lead_id, given_back_on=stored.given_back_on
    )
    return _in_its_account(profile, ask, titles, tools)


def title_taken_up(profile: LeadProfile, seen: Mapping[str, Asset]) -> str:
    """The title of the piece of the lead's last act that a draft may refer to, or nothing."""
    entry = last_told(profile)
    asset = seen.get(entry.asset_id) if entry and entry.asset_id else None
    return asset.title if asset else ""


def _in_its_account(
    profile: LeadProfile, ask: Ask, titles: PersonaMap, tools: Tools
) -> LeadProfile:
    """Add what the others on record at the company tell to what the ask or the record says.

    Told for this ask, the day of the last contact stands; roles come together.
    """
    account, facts = account_of(profile, ask.today, titles, tools), profile.facts
    # An empty list says that nobody else was reached; merged facts cannot tell that from nothing.
    given = [ask.facts.account_roles, facts.account_roles, account.roles if account else None]
    told = [roles for roles in given if roles is not None]
    roles = reached_roles(chain.from_iterable(told), titles) if told else None
    if account and account.touched_on and ask.facts.account_touched_on is None:
        days = [d for d in (facts.account_touched_on, account.touched_on) if d]
        facts = replace(facts, account_touched_on=nearest(days, ask.today))
    touches = account.touches if account else ()
    return replace(profile, facts=facts, account_roles=roles, account_touches=touches)


def _on_record(lead_id: str, tools: Tools) -> LeadProfile:
    approved = tools.suggestions.touches_of(lead_id, tools.settings.time_zone)
    known = as_known(tools.leads.get(lead_id), approved, tools.suggestions.snoozed_until(lead_id))
    handover = Handovers(tools.db, tools.clock, tools.audit).of(lead_id)
    return replace(known, given_back_on=handover.back_on if handover else None)


def as_known(
    record: LeadProfile, approved: Iterable[HistoryEntry], snoozed: date | None
) -> LeadProfile:
    """The record, with what was approved in Trailguide counted as sent and a snooze as a date.

    A rep who approved a text is taken to have sent it: the same piece twice would be worse than a
    gap that began a day early (M44).
    """
    known = {(e.asset_id, e.action) for e in record.history}
    new = [e for e in approved if (e.asset_id, e.action) not in known]
    dates = [d for d in (record.facts.contact_after, snoozed) if d]
    facts = replace(record.facts, contact_after=max(dates, default=None))
    history = sorted((*record.history, *new), key=lambda e: e.on)
    return replace(record, facts=facts, history=tuple(history))


def in_team_zone(moment: datetime | None, tools: Tools) -> datetime | None:
    """The moment as the team's calendar has it: late in the evening here is tomorrow elsewhere."""
    if moment is None or moment.tzinfo is None:
        return moment
    return moment.astimezone(ZoneInfo(tools.settings.time_zone))


def assets_in_history(profile: LeadProfile, tools: Tools) -> dict[str, Asset]:
    """Return the assets that the history names, retired ones included, by id."""
    found: dict[str, Asset] = {}
    for asset_id in {e.asset_id for e in profile.history if e.asset_id}:
        try:
            found[asset_id] = tools.library.get(asset_id)
        except NotFound:
            continue  # a piece from before this library, or of another system: no harm done
    return found
