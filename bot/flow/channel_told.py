"""Saying that a touch goes another way than asked: the lead closed the one asked for (M16)."""

from __future__ import annotations

from dataclasses import replace

from knowledge.channels import CHANNELS, open_channels
from knowledge.leads import LeadProfile
from knowledge.touch import Ask, Pace

CLOSED = {
    "email": "email", "phone": "phone calls", "text": "text messages", "direct_mail": "letters",
    "social": "messages on social media",
}  # fmt: skip
_BY = {
    "email": "by email", "phone": "by phone", "text": "by text message", "direct_mail": "by letter",
    "social": "on social media",
}  # fmt: skip
_SAID_ALREADY = frozenset({"opted_out", "no_channel"})
"""Rules whose reason speaks of channels itself."""


def told_of_channel(pace: Pace, wanted: str, ask: Ask, profile: LeadProfile) -> Pace:
    """The pace with a note where `ask` had to leave the channel that was wanted."""
    if wanted == ask.channel or pace.rule in _SAID_ALREADY:
        return pace
    left = open_channels(profile)
    who, by = profile.facts.first_name or "The lead", _BY[ask.channel]
    if wanted in left:
        note = f"A call right after a download is the wrong next step; reach {who} {by} instead."
    else:
        closed = [CLOSED[c] for c in CHANNELS if c not in left]
        named = " and ".join(filter(None, (", ".join(closed[:-1]), closed[-1])))
        note = f"{who} opted out of {named}; reach them {by} instead."
    return replace(pace, warnings=(note, *pace.warnings))
