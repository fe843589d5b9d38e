"""Which suggestion a thread is about, kept beside the events so that it outlives a restart."""

from __future__ import annotations

from itertools import count

from storage.inbox import Inbox

KIND = "note"
"""Notes share the inbox's keys but ask for no work."""


def note(inbox: Inbox, key: str, suggestion_id: str) -> None:
    """Keep a suggestion's id under a key; the first one stays."""
    inbox.record(key, KIND, {"suggestion_id": suggestion_id})
    inbox.done(key, keep_payload=True)


def noted(inbox: Inbox, key: str) -> str | None:
    """The suggestion's id kept under a key."""
    payload = inbox.payload(key)
    return str(payload["suggestion_id"]) if payload else None


def follow(inbox: Inbox, channel: str, thread_ts: str, suggestion_id: str) -> None:
    """Note that a thread is about this suggestion from now on."""
    turn = 0
    while (known := noted(inbox, _key(channel, thread_ts, turn))) is not None:
        if known == suggestion_id:
            return
        turn += 1
    note(inbox, _key(channel, thread_ts, turn), suggestion_id)


def latest(inbox: Inbox, channel: str, thread_ts: str) -> str | None:
    """The suggestion that a thread was last about, or None when it is none of ours."""
    found: str | None = None
    for turn in count():
        known = noted(inbox, _key(channel, thread_ts, turn))
        if known is None:
            return found
        found = known
    return found


def _key(channel: str, thread_ts: str, turn: int) -> str:
    return f"thread:{channel}:{thread_ts}:{turn}"
