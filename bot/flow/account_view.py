"""An account as a whole: its people, stage and role of each, who is missing, who touched whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.flow.recalling import assets_in_history
from bot.flow.tools import Tools
from knowledge.account import MISSING_ROLES, AccountView, Member, TouchSeen
from knowledge.clock import team_date
from knowledge.companies import company_key
from knowledge.errors import NotFound
from knowledge.leads import CONTACTS, Action, HistoryEntry, LeadProfile
from knowledge.pacing import account_cap_until
from knowledge.pacing_settings import CAP_WINDOW_DAYS
from knowledge.personas import load_personas
from knowledge.product_lines import for_line
from storage.account_touches import LeadTouch, touches_of_leads
from storage.names import Names

WEEKS = 4
"""Weeks of touches that are shown: the longest usual gap, twice."""
MOST_READ = 200
"""People whose stage is read in full; of a larger account the rest show the stage on record."""


def account_view(company: str, tools: Tools) -> AccountView:
    """Everyone on record at a company; `NotFound` for a company that nobody works for."""
    people = tools.leads.of_company(company)
    if not people:
        raise NotFound(
            f"Nobody on record works for '{company[:80]}'; `trailguide leads list` shows who does."
        )
    today = team_date(tools.clock, tools.settings.time_zone)
    ids = [p.lead_id or "" for p in people]
    touches = touches_of_leads(tools.db, ids, tools.settings.time_zone)
    names = Names(tools.db, tools.clock).all()
    members = [_member(p, touches.get(p.lead_id or "", []), n < MOST_READ, tools)
               for n, p in enumerate(people)]  # fmt: skip
    since = today - timedelta(weeks=WEEKS)
    seen = [
        TouchSeen(t.on, m.lead_id, m.name, t.action, t.asset_id, names.get(t.by, t.by))
        for m in members
        for t in touches.get(m.lead_id, [])
        if since <= t.on <= today
    ]
    covered = tuple(dict.fromkeys(m.role for m in members if m.role and m.reached))
    window = [t.on for t in seen if t.on > today - timedelta(days=CAP_WINDOW_DAYS)]
    facts = people[0].facts
    plan = tools.pacing.plan_for(facts.product_line, facts.segment, None)
    return AccountView(
        company=_spelling(people),
        members=tuple(members),
        covered=covered,
        missing=tuple(r for r in MISSING_ROLES if r not in covered),
        touches=tuple(sorted(seen, key=lambda t: t.on, reverse=True)),
        this_week=len(window),
        cap=plan.account_touches,
        free_on=account_cap_until(window, plan.account_touches, today),
    )


def account_meant(said: str, tools: Tools) -> str:
    """The company that is meant: one on record, else the only one whose name holds the words."""
    if tools.leads.of_company(said):
        return said
    near = companies_like(said, tools)
    return near[0] if len(near) == 1 else said


def companies_like(said: str, tools: Tools, most: int = 5) -> list[str]:
    """Companies on record whose name holds what was said, the most people first."""
    key = company_key(said)
    counted: dict[str, tuple[int, str]] = {}
    for _, _, company, _ in tools.leads.names():
        own = company_key(company or "")
        if own and key and key in own:
            count, name = counted.get(own, (0, company or ""))
            counted[own] = (count + 1, name)
    ranked = sorted(counted.values(), key=lambda c: (-c[0], c[1]))
    return [name for _, name in ranked[:most]]


def _member(profile: LeadProfile, touches: Sequence[LeadTouch], read: bool, tools: Tools) -> Member:
    today = team_date(tools.clock, tools.settings.time_zone)
    titles = load_personas(tools.settings.home)
    facts = for_line(profile.facts, profile.facts.product_line)
    sent = [HistoryEntry(t.action, t.on, t.asset_id) for t in touches]
    past = [e for e in (*profile.history, *sent) if e.on <= today]
    role = facts.buying_role or titles.infer_buying_role(facts.role) or ""
    stage, sure = facts.stage, 1.0
    if stage is None and read:
        whole = replace(profile, facts=facts)
        reading = tools.stage_reader.read(whole, today, assets_in_history(whole, tools))
        stage, sure = reading.stage, reading.confidence
    theirs = [e.on for e in past if e.action not in {Action.SENT, Action.CALLED}]
    return Member(
        lead_id=profile.lead_id or "",
        name=facts.name or "",
        title=facts.role or "",
        role=role,
        stage=stage,
        sure=sure,
        line_stages=facts.line_stages,
        owner=facts.owner or "",
        reached=any(e.action in CONTACTS for e in past),
        last_touch=max((t.on for t in touches if t.on <= today), default=None),
        last_act=max(theirs, default=None),
        opted_out=bool(facts.opted_out),
    )


def _spelling(people: Sequence[LeadProfile]) -> str:
    """The company's name as most spell it."""
    names = [p.facts.company or "" for p in people]
    return max(dict.fromkeys(names), key=names.count)
