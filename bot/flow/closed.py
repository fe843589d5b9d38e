"""Whether a lead may be written to by a channel: a lead's no, which nobody can override (M16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.flow.channel_told import CLOSED
from knowledge.channels import open_channels, parse_channel
from knowledge.errors import BadInput
from knowledge.lead_record import asked_us_to_stop
from knowledge.leads import Action, LeadProfile


def require_open(profile: LeadProfile, channel: str, today: date) -> None:
    """`BadInput` when the lead opted out of all channels or of this one, or asked us to stop.

    An opt-out counts from the day it is known, an opt-in only from its own day.
    """
    history = tuple(e for e in profile.history if e.on <= today or e.action is not Action.OPTED_IN)
    left = open_channels(replace(profile, history=history))
    by = parse_channel(channel) or "email"
    if not left or asked_us_to_stop(profile, today, by):
        raise BadInput("This lead opted out since the card was made; nothing may be sent to them.")
    if by not in left:
        raise BadInput(
            f"This lead opted out of {CLOSED[by]} since the card was made; "
            "ask for the next touch to reach them another way."
        )
