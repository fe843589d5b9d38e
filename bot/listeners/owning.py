"""Who may act on a card: the person who asked, and the owner of its lead (M53)."""

from __future__ import annotations

import threading
from collections.abc import Callable

from slack_sdk import WebClient

from bot.flow.tools import Tools
from bot.listeners.people import look_up
from knowledge.errors import NotFound
from storage.overview import Overview
from storage.stored_suggestion import StoredSuggestion

PEOPLE_KEPT = 1000
"""Addresses kept in memory; a sales team has far fewer people."""

MailOf = Callable[[str], str | None]
"""The e-mail address of a Slack user, None when it cannot be told."""


def may_act(stored: StoredSuggestion, user: str, tools: Tools, mail_of: MailOf) -> bool:
    """Whether this Slack user asked for the suggestion or owns its lead.

    An owner is told by Slack user id or by e-mail address; a name proves nothing, since everybody
    chooses their own. A suggestion that nobody in Slack asked for is anybody's.
    """
    if not stored.asked_by or stored.asked_by == user:
        return True
    owner = _owner(stored, tools).casefold()
    if not owner:
        return False
    if owner.lstrip("<@").rstrip(">") == user.casefold():
        return True
    return "@" in owner and owner == (mail_of(user) or "").casefold()


def owns_lead(lead_id: str, user: str, tools: Tools, client: WebClient) -> bool:
    """Whether a lead is this person's: by its owner, by having asked about it, or as nobody's.

    A name counts here as it does for the lists of the Home tab. `NotFound` for no such lead.
    """
    owner = (tools.leads.get(lead_id).facts.owner or "").strip()
    if not owner or owner.lstrip("<@").rstrip(">") == user:
        return True
    asked = Overview(tools.db, tools.settings.time_zone).suggested([lead_id]).get(lead_id, ())
    if any(made.asked_by == user for made in asked):
        return True
    return look_up(user, client).person.is_called(owner)


def nobody(_: str) -> str | None:
    """Knows no address."""
    return None


def mails(client: WebClient) -> MailOf:
    """Look addresses up in Slack, each once; what could not be looked up is tried again."""
    known: dict[str, str] = {}
    lock = threading.Lock()

    def mail_of(user: str) -> str | None:
        with lock:
            if user in known:
                return known[user]
        mail = look_up(user, client).mail
        with lock:
            if mail and len(known) < PEOPLE_KEPT:
                known[user] = mail
        return mail or None

    return mail_of


def _owner(stored: StoredSuggestion, tools: Tools) -> str:
    """The owner on record by now, else the one the card was made with."""
    facts = stored.facts
    if stored.lead_id:
        try:
            facts = tools.leads.get(stored.lead_id).facts
        except NotFound:
            return ""
    return (facts.owner or "").strip()
