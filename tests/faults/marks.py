"""The marked points at which a bot is killed, and putting the fault in place.

Each point is a kind of moment, such as every commit; a kill names which of them, so that many kills
at one point are not the same kill many times.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from chromadb.api.models.Collection import Collection
from slack_sdk import WebClient
from sqlmodel import Session

from prompts.model import ModelWriter
from retrieval.chroma_index import ChromaIndex
from storage.audit import Audit
from storage.audit_anchor import Anchor
from storage.inbox import Inbox
from storage.quotas import Quotas

POINTS: dict[str, tuple[tuple[Any, str], ...]] = {
    # an event, an ask, or a note of what was planned
    "record": ((Inbox, "record"), (Quotas, "take"), (Inbox, "note")),
    "model": ((ModelWriter, "_invoke"),),
    "post": ((WebClient, "chat_postMessage"), (WebClient, "chat_update")),
    "commit": ((Session, "commit"),),
    "index": ((Collection, "upsert"), (Collection, "delete"), (ChromaIndex, "_start_anew"),
              (ChromaIndex, "_flip")),
    "audit": ((Audit, "append"), (Anchor, "move"), (Anchor, "_write_marks"),
              (Anchor, "_write_head")),
}  # fmt: skip
ANY, COUNT = "any moment", "count"
"""Not at a point, but after a time; and nowhere, only to count the moments of every point."""
OWN = ("chore:", "digest:", "report:", "alive:")
"""Keys of what the bot does by itself: the fault is the ask's."""


class Fault:
    """Counts the moments of a point, and kills at the `nth` one; 0 kills at none."""

    def __init__(self, nth: int, *, before: bool) -> None:
        self.seen = 0
        self._nth, self._before = nth, before
        self._lock = threading.Lock()

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same work, with the fault before or after it."""

        def dying(*args: Any, **named: Any) -> Any:
            if any(isinstance(a, str) and a.startswith(OWN) for a in args):
                return work(*args, **named)
            with self._lock:
                self.seen += 1
                now = self.seen == self._nth
            if now and self._before:
                die()
            done = work(*args, **named)
            if now:
                die()
            return done

        return dying


def die() -> None:
    """As by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str, nth: int, *, before: bool) -> dict[str, Fault]:
    """Put the fault in place in this process; returns what counts, by point."""
    faults = {}
    for each, places in POINTS.items():
        if point in {each, COUNT}:
            fault = faults[each] = Fault(nth if point == each else 0, before=before)
            for owner, name in places:
                setattr(owner, name, fault.around(getattr(owner, name)))
    return faults


def die_after(seconds: float) -> None:
    """Die after a time, wherever the work is then."""
    timer = threading.Timer(seconds, die)
    timer.daemon = True
    timer.start()
