"""The ways to reach a lead, and which of them are open (M5, M16, M52)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from knowledge.leads import OURS, Action, HistoryEntry, LeadProfile

CHANNELS = ("email", "phone", "text", "direct_mail", "social")
"""Every medium a touch can have, the usual choice first."""

_ALIASES = {
    "e_mail": "email", "mailing": "email", "e_mailing": "email", "electronic_mail": "email",
    "call": "phone", "phone_call": "phone", "phone_task": "phone", "phoning": "phone",
    "telephone": "phone", "telephone_call": "phone", "tel": "phone", "mobile": "phone",
    "mobile_phone": "phone", "cell": "phone", "cell_phone": "phone", "calling": "phone",
    "cold_call": "phone", "voice": "phone", "voicemail": "phone", "voice_call": "phone",
    "sms": "text", "text_message": "text", "texting": "text", "whatsapp": "text", "mms": "text",
    "mail": "direct_mail", "post": "direct_mail", "letter": "direct_mail", "direct": "direct_mail",
    "postal": "direct_mail", "postal_mail": "direct_mail", "direct_mail_task": "direct_mail",
    "direct_mailing": "direct_mail", "postcard": "direct_mail", "paper_mail": "direct_mail",
    "snail_mail": "direct_mail", "directmail": "direct_mail", "mailer": "direct_mail",
    "linkedin": "social", "linked_in": "social", "social_media": "social", "twitter": "social",
    "x": "social", "facebook": "social", "social_network": "social", "dm": "social",
}  # fmt: skip
_ALL = frozenset({
    "all", "any", "every", "everything", "all_channels", "every_channel", "any_channel",
    "all_contact", "all_communication", "all_communications", "do_not_contact", "dnc", "*",
})  # fmt: skip
_PARTS = re.compile(r"\s*(?:[,;/+&]|\band\b|\bor\b)\s*", re.IGNORECASE)
_ALL_BUT = re.compile(
    r"^(?:all|every|everything|any|anything)(?: channels?)? (?:except|but|other than|save) (.+)$"
)
"""Most channels at once, named by what is left open."""

CALL_AFTER_DOWNLOAD_DAYS = 3
"""How long after a download a call is still the wrong next step (M5); see pacing.toml."""


def parse_channel(text: str) -> str | None:
    """The channel a word names, or None when it names none."""
    word = re.sub(r"[\s_-]+", "_", text.strip().strip(".!").lower())
    for name in (
        word,
        word.removesuffix("s"),
        re.sub(r"_(?:messages?|channel|contact)$", "", word),
    ):
        if name in CHANNELS:
            return name
        if name in _ALIASES:
            return _ALIASES[name]
    return None


def open_channels(
    profile: LeadProfile, today: date | None = None, after_download: int = CALL_AFTER_DOWNLOAD_DAYS
) -> tuple[str, ...]:
    """Channels the lead has not opted out of, the usual choice first; none when out of all.

    An `opted_in` of a later day undoes an `opted_out`; an opt-out given as a fact stands whatever
    the history says. With `today`, an opt-in counts from its own day on, and the phone is left out
    right after a download (M5).
    """
    if profile.facts.opted_out:
        return ()
    closed = _closed_by_history(profile.history, today)
    for named in profile.facts.opted_out_channels:
        closed |= _named(named) or _known_of(named)
    left = tuple(c for c in CHANNELS if c not in closed)
    if today and downloaded_lately(profile, today, after_download):
        left = tuple(c for c in left if c != "phone")
    return left


def downloaded_lately(profile: LeadProfile, today: date, days: int) -> bool:
    """True when the last thing that happened is a download, at most `days` ago."""
    past = [e for e in profile.history if e.on <= today and e.action is not Action.NEWSLETTER]
    if not past:
        return False
    last_day = max(e.on for e in past)
    on_last_day = [e for e in past if e.on == last_day]
    download = any(e.action is Action.DOWNLOADED for e in on_last_day)
    touched_since = on_last_day[-1].action in OURS
    return download and not touched_since and today - last_day <= timedelta(days=days)


def _closed_by_history(history: tuple[HistoryEntry, ...], today: date | None) -> frozenset[str]:
    # An opt-out is honoured whatever its date: a clock that is off must never cost a lead's "no".
    closed: frozenset[str] = frozenset()
    # Days alone tell no order: of one day the opt-out counts.
    for entry in sorted(history, key=lambda e: (e.on, e.action is Action.OPTED_OUT)):
        if entry.action is Action.OPTED_OUT:
            closed |= _named(entry.note) or frozenset(CHANNELS)
        elif entry.action is Action.OPTED_IN and not (today and entry.on > today):
            closed -= _named(entry.note) or frozenset(CHANNELS)
    return closed


def named_channels(text: str) -> frozenset[str] | None:
    """The channels that a note names and nothing else, such as `email; phone`; else None."""
    return _named(text)


def _known_of(text: str) -> frozenset[str]:
    """The channels among the parts of a list, others ("fax") left aside."""
    return frozenset(c for part in _PARTS.split(text) if (c := parse_channel(part)))


def _named(text: str) -> frozenset[str] | None:
    """The channels that a list of names stands for; None when it is anything but such a list."""
    if but := _ALL_BUT.match(text.strip().lower()):
        left = _named(but.group(1))
        return frozenset(CHANNELS) - left if left else None
    parts = [p for p in _PARTS.split(text.strip().lower()) if p]
    if not parts:
        return None
    if any(re.sub(r"[\s-]+", "_", p) in _ALL for p in parts):
        return frozenset(CHANNELS)
    named = [parse_channel(p) for p in parts]
    return frozenset(n for n in named if n) if all(named) else None
