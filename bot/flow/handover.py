"""Handing a sales-ready lead over with its history, and giving one back to nurturing (M49, M50)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from bot.flow.plan_steps import asked_now
from bot.flow.plans import kept_handovers, place_of_lead
from bot.flow.recalling import assets_in_history, recall_lead
from bot.flow.tools import Tools
from knowledge import lead_record
from knowledge.clock import team_date
from knowledge.definitions import QUALIFIED_LEAD, words_for_sales
from knowledge.errors import BadInput
from knowledge.handover import Colleague, Handover, HandoverPage, ToldFact
from knowledge.journey import Stage
from knowledge.journey_map import load_profiling_wording
from knowledge.leads import CONTACTS, SEEN, TOUCHES, Action, LeadFacts, LeadProfile
from knowledge.pacing import decide_pace
from knowledge.personas import load_definitions, load_personas
from knowledge.touch import Ask, Pace, PaceDecision, StageReading
from retrieval.ranking_person import COMMITTEE, uncovered_roles

MOST = 12
"""Lines of a kind on the page: it is one page, and the record has the rest."""


def hand_over(lead_id: str, by: str, tools: Tools, *, key: str = "") -> HandoverPage:
    """Hand a sales-ready lead over, once, and return its page; it leaves nurturing.

    `key` names the event that asked for it: a second run does nothing new. `BadInput` for a lead
    that is not ready, with why; `NotFound` for one that is not on record.
    """
    lead = _recalled(lead_id, tools)
    profile, pace = lead.profile, lead.pace
    held = kept_handovers(tools).of(lead_id)
    if held is None or not held.is_open:
        if pace.decision is not PaceDecision.HAND_OVER:
            name = profile.facts.first_name or "This lead"
            raise BadInput(
                f"{name} is not ready for sales by our definition: {pace.reason} "
                "Mark the lead qualified if you know better."
            )
        held = kept_handovers(tools).give(_fresh(lead, by, key, tools))
    return _page(held, lead, tools)


def preview(lead_id: str, tools: Tools) -> HandoverPage:
    """The page of a lead as it would be handed over now; nothing is kept."""
    lead = _recalled(lead_id, tools)
    held = kept_handovers(tools).of(lead_id)
    if held is None or not held.is_open:
        held = _fresh(lead, "", "", tools)
    return _page(held, lead, tools)


def give_back(lead_id: str, by: str, because: str, tools: Tools) -> Handover:
    """Give a lead back to nurturing; a mark of being qualified goes with it (M50)."""
    today = team_date(tools.clock, tools.settings.time_zone)
    held = kept_handovers(tools).of(lead_id)
    if held is not None and held.is_open and tools.leads.get(lead_id).facts.qualified:
        # First: whoever is killed in between gives it back once more, and no mark is left behind.
        tools.leads.put(lead_id, LeadFacts(qualified=False), "given back by sales", by)
    return kept_handovers(tools).take_back(lead_id, today, by, because)


@dataclass(frozen=True, slots=True)
class _Lead:
    """A lead as it stands today."""

    profile: LeadProfile
    stage: StageReading
    pace: Pace
    today: date


def _recalled(lead_id: str, tools: Tools) -> _Lead:
    today = team_date(tools.clock, tools.settings.time_zone)
    profile = recall_lead(Ask(today, lead_id), (), tools)
    stage = tools.stage_reader.read(profile, today, assets_in_history(profile, tools))
    place = place_of_lead(profile, today, stage.stage, tools)
    pace = decide_pace(
        profile, today, tools.pacing, stage, hear=tools.request_reader, plan=place.pace
    )
    return _Lead(profile, stage, pace, today)


def _fresh(lead: _Lead, by: str, key: str, tools: Tools) -> Handover:
    profile, pace, today = lead.profile, lead.pace, lead.today
    definitions = load_definitions(tools.settings.home)
    lead_id = str(profile.lead_id)
    event = key or f"{today}:{kept_handovers(tools).how_often(lead_id)}"
    mark = hashlib.sha256(f"{event}:{lead_id}".encode()).hexdigest()[:16]
    return Handover(
        id=f"handover-{mark}", lead_id=lead_id, rule=pace.rule, reason=pace.reason,
        owner=(profile.facts.owner or "").strip(), definition_version=definitions.version,
        definition=dict(definitions.meanings).get(QUALIFIED_LEAD, ""), on=today, by=by,
    )  # fmt: skip


def _page(held: Handover, lead: _Lead, tools: Tools) -> HandoverPage:
    profile, stage, today = lead.profile, lead.stage, lead.today
    facts, past = profile.facts, list(reversed(lead_record.past(profile, today)))
    titles = {i: a.title for i, a in assets_in_history(profile, tools).items()}

    def title(asset_id: str | None) -> str:
        return titles.get(asset_id or "", asset_id or "")

    waiting = asked_now(profile, today)
    return HandoverPage(
        handover=held,
        name=facts.name or "",
        company=facts.company or "",
        role=facts.role or "",
        stage=stage.stage.value,
        ready=held.reason or lead.pace.reason,
        words=words_for_sales(profile, today, tools.request_reader),
        facts=_facts(str(profile.lead_id), tools),
        asked=tuple((e.on, e.note) for e in past if e.action is Action.ASKED and e.note)[:MOST],
        read=tuple((e.on, e.action.value, title(e.asset_id)) for e in past
                   if e.action in SEEN and e.asset_id)[:MOST],
        touches=tuple((e.on, e.action.value, title(e.asset_id)) for e in past
                      if e.action in TOUCHES)[:MOST],
        obstacles=facts.obstacles,
        committee=_committee(profile, today, tools),
        missing=tuple(COMMITTEE[role][1] for role in uncovered_roles(profile, _late(stage.stage))),
        unanswered=(waiting,) if waiting else (),
        unknown=_unknown(facts, tools),
    )  # fmt: skip


def _late(stage: Stage) -> Stage:
    """Whoever is handed over needs the whole committee, however early the stage was read."""
    return max(stage, Stage.CONSIDERATION, key=lambda s: s.order)


def _facts(lead_id: str, tools: Tools) -> tuple[ToldFact, ...]:
    zone = ZoneInfo(tools.settings.time_zone)
    last = {f.fact: f for f in tools.leads.facts_log(lead_id)}
    return tuple(
        ToldFact(
            f.fact, "; ".join(map(str, f.value)) if isinstance(f.value, list) else str(f.value),
            f.source, f.by, f.at.astimezone(zone).date(),
        )
        for f in last.values()
    )  # fmt: skip


def _committee(profile: LeadProfile, today: date, tools: Tools) -> tuple[Colleague, ...]:
    titles = load_personas(tools.settings.home)
    found = []
    for other in tools.leads.of_company(profile.facts.company):
        if other.lead_id == profile.lead_id:
            continue
        reached = any(e.action in CONTACTS and e.on <= today for e in other.history)
        role = other.facts.buying_role or titles.infer_buying_role(other.facts.role)
        named = other.facts.name or "somebody without a name"
        found.append(Colleague(named, role or other.facts.role or "", reached))
    return tuple(found[:MOST])


def _unknown(facts: LeadFacts, tools: Tools) -> tuple[str, ...]:
    """One question for each thing that nobody knows of the lead yet."""
    wording = load_profiling_wording(tools.settings.home)
    return tuple(
        questions[0]
        for attribute, questions in wording.items()
        if questions and getattr(facts, attribute, "") in (None, "", ())
    )
