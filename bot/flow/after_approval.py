"""What a rep tells of an approved card: how it was sent, what happened, why it helped."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from bot.flow.tools import Tools
from knowledge.channels import parse_channel
from knowledge.clock import team_date
from knowledge.errors import BadInput, NotFound
from knowledge.outcomes import Outcome
from storage.after_approval import ToldOutcome
from storage.stored_suggestion import SentText, StoredSuggestion

DAY_TO_COME = "Choose today or a day before."
BEFORE_THE_CARD = "That day is before the card was made; choose that day or a later one."
NOT_ON_RECORD = (
    "This lead is not on record, so I cannot keep their words; leave this empty. "
    "The outcome itself is kept."
)
AFTER_WHAT_HAPPENED = (
    "That day is after what happened next; choose the day of that or an earlier one."
)
BEFORE_IT_WAS_SENT = "That day is before the text was sent; choose that day or a later one."


def mark_sent(
    stored: StoredSuggestion,
    by: str,
    on: date,
    channel: str,
    tools: Tools,
    *,
    text: tuple[str, str],
) -> StoredSuggestion:
    """Keep that the text (subject and body) was sent; `BadInput` says which day is possible."""
    require_day_of_sending(stored, on, tools)
    by_channel = parse_channel(channel)
    if by_channel is None:
        raise BadInput(f"I know no channel '{channel[:40]}'; choose one of the list.")
    subject, body = text
    return tools.after_approval.mark_sent(
        stored.id, SentText(on, by_channel, by, subject.strip(), body.strip())
    )


def tell_outcome(
    stored: StoredSuggestion, by: str, outcome: Outcome, on: date, tools: Tools, *, note: str
) -> ToldOutcome:
    """Keep what happened after the touch; `BadInput` says which day is possible.

    What the lead wrote is kept with the lead, so it needs one on record.
    """
    require_day_of_outcome(stored, on, tools)
    require_place_for(note, stored, tools)
    return tools.after_approval.tell(stored.id, by, outcome, on, note.strip())


def require_day_of_sending(stored: StoredSuggestion, on: date, tools: Tools) -> None:
    """`BadInput` for a day to come, one before the card was made, or after what came of it.

    A touch that was sent after its reply would count as the answer to it.
    """
    zone = tools.settings.time_zone
    if on > team_date(tools.clock, zone):
        raise BadInput(DAY_TO_COME)
    if on < stored.created_at.astimezone(ZoneInfo(zone)).date():
        raise BadInput(BEFORE_THE_CARD)
    told = tools.after_approval.outcome_of(stored.id)
    if told is not None and on > told.on:
        raise BadInput(AFTER_WHAT_HAPPENED)


def likely_day_of_sending(stored: StoredSuggestion, tools: Tools) -> date:
    """The day to offer: as it was told, else today, but not after what came of it."""
    if stored.sent is not None:
        return stored.sent.on
    today = team_date(tools.clock, tools.settings.time_zone)
    told = tools.after_approval.outcome_of(stored.id)
    return min(today, told.on) if told else today


def require_day_of_outcome(stored: StoredSuggestion, on: date, tools: Tools) -> None:
    """`BadInput` for a day to come, or one before it was sent or approved."""
    zone = tools.settings.time_zone
    if on > team_date(tools.clock, zone):
        raise BadInput(DAY_TO_COME)
    if on < day_of_touch(stored, zone):
        raise BadInput(BEFORE_IT_WAS_SENT)


def require_place_for(note: str, stored: StoredSuggestion, tools: Tools) -> None:
    """`BadInput` for a lead's words that no lead on record could keep."""
    if not note.strip():
        return
    try:
        tools.leads.get(stored.lead_id or "")
    except NotFound:
        raise BadInput(NOT_ON_RECORD) from None


def day_of_touch(stored: StoredSuggestion, zone: str) -> date:
    """The day it was sent on, as far as anybody said so, else the day of the approval."""
    if stored.sent is not None:
        return stored.sent.on
    return (stored.decided_at or stored.created_at).astimezone(ZoneInfo(zone)).date()
