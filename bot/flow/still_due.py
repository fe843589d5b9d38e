"""Whether a draft that waits for approval is still the right thing to send (M16)."""

from __future__ import annotations

from dataclasses import replace

from bot.flow.plans import place_of_lead
from bot.flow.recalling import recall_lead
from bot.flow.tools import Tools
from knowledge.clock import team_date
from knowledge.errors import BadInput
from knowledge.pacing import decide_pace
from knowledge.touch import PaceDecision
from storage.stored_suggestion import StoredSuggestion

STOPS = frozenset({
    "opted_out", "handed_over", "qualified", "asked_for_sales", "unanswered_reply",
    "account_touched", "account_cap", "gap",
})  # fmt: skip
"""Rules of the pace that tell of something new: the lead's or a colleague's act. The others (a date
the rep chose, a budget, a problem not told) were known when the card was made."""


def require_still_due(stored: StoredSuggestion, tools: Tools) -> None:
    """`BadInput` when what happened since the card was made speaks against sending its draft now.

    Only a lead on record can have done anything that we know of.
    """
    asked = stored.ask
    if stored.lead_id is None or asked is None or stored.draft is None or not stored.is_open:
        return
    if stored.pace.decision is not PaceDecision.SEND:
        return
    today = team_date(tools.clock, tools.settings.time_zone)
    profile = recall_lead(replace(asked, today=today), stored.questions, tools)
    place = place_of_lead(profile, today, stored.stage.stage, tools)
    pace = decide_pace(
        profile, today, tools.pacing, stored.stage, stored.draft.channel,
        hear=tools.request_reader, plan=place.pace,
    )  # fmt: skip
    if pace.rule in STOPS:
        raise BadInput(
            f"Something happened since this card was made. {pace.reason} So this draft was not "
            "approved; ask for the next touch of this lead to see what to do now."
        )
