"""Whether the audit log was whole when it was last walked; walking it all takes a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from bot.flow.tools import Tools
from storage.audit import Audit, AuditVerdict

FRESH_FOR = timedelta(hours=1)
"""A log of a year takes some seconds to walk; within an hour nobody needs it twice."""


@dataclass(frozen=True, slots=True)
class ChainState:
    """What the last walk found, and when."""

    verdict: AuditVerdict
    at: datetime


_known: WeakKeyDictionary[Audit, ChainState] = WeakKeyDictionary()


def known_state(tools: Tools) -> ChainState | None:
    """What the last walk of this process found; None before the first one."""
    return _known.get(tools.audit)


def is_stale(tools: Tools) -> bool:
    """Whether the last walk is so long ago that the log should be walked again."""
    known = known_state(tools)
    return known is None or abs(tools.clock.now() - known.at) >= FRESH_FOR


def chain_state(tools: Tools) -> ChainState:
    """The state of the log, walked again when that was long ago."""
    known = known_state(tools)
    if known is None or is_stale(tools):
        known = ChainState(tools.audit.verify(tools.db), tools.clock.now())
        _known[tools.audit] = known
    return known
