"""Keeping under a provider's limits: a bucket of tokens, and waiting when we are told to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from knowledge.errors import CrmBusy, CrmUnreachable

T = TypeVar("T")

READ_TRIES = 4
"""Of a read that got no answer: a server that is restarted is back after the third."""
FIRST_PAUSE = 1.0
"""Seconds before the second try; doubled each time."""
BUSY_TRIES = 6
"""Of a call that we are told to repeat later; more of them, and the next run goes on."""
LONGEST_WAIT = 60.0
"""Seconds to wait within a run; whoever wants longer is left alone until the next."""


@dataclass
class Pace:
    """A clock and a way to sleep, which tests replace."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Bucket:
    """Lets `rate` calls a second through, `burst` of them at once after a rest."""

    rate: float
    burst: float
    pace: Pace
    _level: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._level, self._at = self.burst, self.pace.now()

    def take(self) -> None:
        """Wait until one more call may go out."""
        now = self.pace.now()
        self._level = min(self.burst, self._level + (now - self._at) * self.rate)
        self._at = now
        if self._level < 1:
            wait = (1 - self._level) / self.rate
            self.pace.sleep(wait)
            self._level, self._at = 1.0, max(self.pace.now(), now + wait)
        self._level -= 1


def patiently(call: Callable[[], T], bucket: Bucket, *, again: bool) -> T:
    """Make a call under the bucket; waits where the provider says so, for up to a minute a time.

    With `again`, one without an answer is repeated: for reads, and writes that look first.
    """
    busy = lost = 0
    while True:
        bucket.take()
        try:
            return call()
        except CrmBusy as told:
            busy += 1
            if busy >= BUSY_TRIES or told.seconds > LONGEST_WAIT:
                raise
            bucket.pace.sleep(told.seconds)
        except CrmUnreachable:
            lost += 1
            if not again or lost >= READ_TRIES:
                raise
            bucket.pace.sleep(FIRST_PAUSE * 2 ** (lost - 1))
