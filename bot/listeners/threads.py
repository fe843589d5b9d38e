"""Which suggestion a thread is about, kept beside the events so that it outlives a restart."""

from __future__ import annotations

from itertools import count

from bot.flow.tools import Tools
from knowledge.errors import NotFound
from storage.inbox import Inbox
from storage.stored_suggestion import StoredSuggestion

KIND = "note"
"""Notes share the inbox's keys but ask for no work."""


def note(inbox: Inbox, key: str, suggestion_id: str) -> None:
    """Keep a suggestion's id under a key; the first one stays."""
    inbox.note(key, KIND, {"suggestion_id": suggestion_id})


def noted(inbox: Inbox, key: str) -> str | None:
    """The suggestion's id kept under a key."""
    payload = inbox.payload(key)
    return str(payload["suggestion_id"]) if payload else None


def claim(inbox: Inbox, name: str, by: str) -> str:
    """Whoever claimed `name` first: `by`, or one before."""
    note(inbox, f"claim:{name}", by)
    return noted(inbox, f"claim:{name}") or by


def follow(inbox: Inbox, channel: str, thread_ts: str, suggestion_id: str) -> None:
    """Note that a thread is about this suggestion from now on."""
    turn = 0
    while (known := noted(inbox, _key(channel, thread_ts, turn))) is not None:
        if known == suggestion_id:
            return
        turn += 1
    note(inbox, _key(channel, thread_ts, turn), suggestion_id)


def about(inbox: Inbox, channel: str, thread_ts: str) -> list[str]:
    """The suggestions that a thread was about, the latest first; none when it is none of ours."""
    found: list[str] = []
    for turn in count():
        known = noted(inbox, _key(channel, thread_ts, turn))
        if known is None:
            break
        found.append(known)
    return found[::-1]


def suggestion_for(
    tools: Tools, channel: str, thread_ts: str, user: str
) -> StoredSuggestion | None:
    """The latest suggestion in a thread that was made for this person; None for a bystander."""
    for known in about(tools.inbox, channel, thread_ts):
        try:
            stored = tools.suggestions.get(known)
        except NotFound:
            continue
        if stored.asked_by == user:
            return stored
    return None


def _key(channel: str, thread_ts: str, turn: int) -> str:
    return f"thread:{channel}:{thread_ts}:{turn}"
