"""The lead's account: who else was reached there, and when anybody heard from us (M16, M35)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from bot.flow.choosing import OPTED_OUT
from bot.flow.tools import Tools
from knowledge.companies import company_key
from knowledge.journey import Stage
from knowledge.leads import CONTACTS, TOUCHES, HistoryEntry, LeadProfile
from knowledge.personas import PersonaMap
from knowledge.touch import Pace, Ranked
from retrieval.ranking_person import COMMITTEE, uncovered_roles


@dataclass(frozen=True, slots=True)
class Account:
    """What the other people on record at a company tell; `touched_on` is None without a touch."""

    roles: tuple[str, ...]
    touched_on: date | None


def account_of(
    profile: LeadProfile, today: date, titles: PersonaMap, tools: Tools
) -> Account | None:
    """Look at everyone else on record at the lead's company.

    None for a lead that is not on record or has no company: nobody looked then. What was approved
    in Trailguide counts as sent, as for the lead itself.
    """
    company, lead_id = profile.facts.company, profile.lead_id
    if lead_id is None or not company_key(company or ""):
        return None
    roles, touched = [], []
    for other in tools.leads.of_company(company):
        if other.lead_id is None or other.lead_id == lead_id:
            continue
        approved = tools.suggestions.touches_of(other.lead_id, tools.settings.time_zone)
        past = [e for e in (*other.history, *approved) if e.on <= today]
        touched += [e.on for e in past if e.action in TOUCHES]
        # A colleague's contact that was told for one person was with the account of all.
        touched += [d for d in (other.facts.account_touched_on,) if d]
        if _was_reached(past):
            roles.append(other.facts.buying_role or titles.infer_buying_role(other.facts.role))
    return Account(tuple(dict.fromkeys(r for r in roles if r)), nearest(touched, today))


def _was_reached(past: Iterable[HistoryEntry]) -> bool:
    return any(e.action in CONTACTS for e in past)


def nearest(days: Iterable[date], today: date) -> date | None:
    """The day closest to today, the later of two as close: it is the one to keep quiet for."""
    return min(days, key=lambda d: (abs((d - today).days), today - d), default=None)


def reached_roles(given: Iterable[str], titles: PersonaMap) -> tuple[str, ...]:
    """Buying roles as they were given, job titles among them read as what they settle."""
    return tuple(dict.fromkeys(titles.infer_buying_role(g) or g for g in given))


def with_uncovered_roles(
    pace: Pace, chosen: Ranked | None, profile: LeadProfile, stage: Stage
) -> Pace:
    """Name who is not reached yet in the account, unless the choice says so itself (M35).

    Whoever opted out is left alone: nothing else matters any more.
    """
    if pace.rule == OPTED_OUT:
        return pace
    said = " ".join(c.sentence for c in chosen.contributions) if chosen else ""
    left = [COMMITTEE[role][1] for role in uncovered_roles(profile, stage)]
    left = [who for who in left if who not in said]
    if not left:
        return pace
    told = f"We know of nobody reached in this account {' or '.join(left)}."
    return replace(pace, warnings=(*pace.warnings, told))
