"""Which of our definitions a lead meets: lead, sales lead or qualified lead (M49)."""

from __future__ import annotations

from datetime import date

from knowledge import lead_record as record
from knowledge.asking import asks_for_sales
from knowledge.channels import open_channels
from knowledge.leads import SEEN, Action, LeadProfile

LEAD, SALES_LEAD, QUALIFIED_LEAD = "lead", "sales_lead", "qualified_lead"
STANDINGS = (LEAD, SALES_LEAD, QUALIFIED_LEAD)


def standing_of(profile: LeadProfile, today: date, hear: record.Hear = asks_for_sales) -> str:
    """The furthest definition that a lead meets, by the key it has in definitions.toml."""
    if profile.facts.qualified or record.sales_request(profile, today, hear):
        return QUALIFIED_LEAD
    taken_in = any(e.action in SEEN for e in record.past(profile, today))
    is_open = bool(open_channels(profile)) and record.asked_us_to_stop(profile, today) is None
    if taken_in and is_open and record.problem_known(profile, today):
        return SALES_LEAD
    return LEAD


def words_for_sales(
    profile: LeadProfile, today: date, hear: record.Hear = asks_for_sales
) -> tuple[date, str] | None:
    """The day and the words, or the act, by which a lead turned to sales last."""
    deeds = {
        Action.REQUESTED_DEMO: "asked for a demo", Action.REQUESTED_QUOTE: "asked for an offer",
        Action.BOOKED_MEETING: "booked a meeting",
    }  # fmt: skip
    for entry in reversed(record.past(profile, today)):
        if entry.action in deeds:
            return entry.on, entry.note or deeds[entry.action]
        spoken = entry.action in {
            Action.REPLIED,
            Action.ASKED,
            Action.MET_AT_EVENT,
            Action.MET,
            Action.CALLED,
        }
        if spoken and entry.note and hear(entry.note):
            return entry.on, entry.note
    return None
