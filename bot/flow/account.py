"""The lead's account: who else was reached there, and when anybody heard from us (M16, M35)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from bot.flow.choosing import OPTED_OUT
from bot.flow.tools import Tools
from knowledge.companies import company_key
from knowledge.journey import Stage
from knowledge.leads import CONTACTS, AccountTouch, HistoryEntry, LeadProfile
from knowledge.pacing_rules import day
from knowledge.personas import PersonaMap
from knowledge.touch import Pace, Ranked
from retrieval.ranking_person import COMMITTEE, uncovered_roles
from storage.account_touches import touches_of_leads

SEEN_DAYS = 28
"""A touch of a colleague in the account that is longer ago is no news on a card."""
WHOM = {
    "economic_buyer": "the one who holds the budget at this account",
    "technical_evaluator": "the one who checks the technology at this account",
    "champion": "their champion at this account",
    "user": "a user at this account",
}


@dataclass(frozen=True, slots=True)
class Account:
    """What the other people on record at a company tell; `touched_on` is None without a touch."""

    roles: tuple[str, ...]
    touched_on: date | None
    touches: tuple[AccountTouch, ...] = ()


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
    people = tools.leads.of_company(company)
    ids = [p.lead_id for p in people if p.lead_id]
    touches = touches_of_leads(tools.db, ids, tools.settings.time_zone)
    roles, touched, seen = [], [], []
    for person in people:
        ours = [t for t in touches.get(person.lead_id or "", ()) if t.on <= today]
        role = person.facts.buying_role or titles.infer_buying_role(person.facts.role)
        own = person.lead_id == lead_id
        seen += [AccountTouch(t.on, role or "", own, t.by) for t in ours]
        if own:
            continue
        touched += [t.on for t in ours]
        # A colleague's contact that was told for one person was with the account of all.
        touched += [d for d in (person.facts.account_touched_on,) if d]
        if ours or _was_reached(e for e in person.history if e.on <= today):
            roles.append(role)
    told = tuple(sorted(seen, key=lambda t: t.on))
    return Account(tuple(dict.fromkeys(r for r in roles if r)), nearest(touched, today), told)


def _was_reached(past: Iterable[HistoryEntry]) -> bool:
    return any(e.action in CONTACTS for e in past)


def with_colleagues_touch(pace: Pace, profile: LeadProfile, today: date) -> Pace:
    """Name the last touch of somebody else in the account, unless the decision does so (M16)."""
    if pace.rule in {OPTED_OUT, "account_touched"}:
        return pace
    others = [t for t in profile.account_touches if not t.own and t.on <= today]
    if not others or (today - others[-1].on).days > SEEN_DAYS:
        return pace
    last = others[-1]
    whom = WHOM.get(last.role, "somebody else at this account")
    told = f"We were in touch with {whom} on {day(last.on)}."
    return replace(pace, warnings=(*pace.warnings, told))


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
