"""What is on record of a lead, in short: where it stands, what happened, and what comes next."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.flow.plans import place_of_lead
from bot.flow.recalling import assets_in_history, recall_lead
from bot.flow.tools import Tools
from bot.flow.whole_record import whole_record
from knowledge.clock import team_date
from knowledge.definitions import standing_of
from knowledge.lead_summary import LeadSummary
from knowledge.pacing import decide_pace
from knowledge.touch import Ask
from storage.suggestion_lists import open_for

LAST_ACTS = 5
"""Enough to see where a conversation stands; the rest is in the record."""


def lead_summary(lead_id: str, by: str, tools: Tools) -> LeadSummary:
    """Sum up a lead for a person; nothing is searched, written or kept. `NotFound` for no lead."""
    today = team_date(tools.clock, tools.settings.time_zone)
    profile = recall_lead(Ask(today, lead_id), (), tools)
    seen = assets_in_history(profile, tools)
    stage = tools.stage_reader.read(profile, today, seen)
    place = place_of_lead(profile, today, stage.stage, tools)
    pace = decide_pace(
        profile, today, tools.pacing, stage, hear=tools.request_reader, plan=place.pace
    )
    last = [e for e in reversed(profile.history) if e.on <= today][:LAST_ACTS]
    titled = ((e, seen[e.asset_id].title if e.asset_id in seen else "") for e in last)
    card = open_for(tools.db, lead_id, by)
    since = card.created_at.astimezone(ZoneInfo(tools.settings.time_zone)).date() if card else None
    record = whole_record(profile, tools)
    standing = standing_of(profile, today, tools.request_reader)
    return LeadSummary(
        lead_id, profile.facts, stage, pace, tuple(titled), since, record.conflicts,
        record.consent, standing,
    )  # fmt: skip
