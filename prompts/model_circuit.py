"""A circuit before a chat model's service: while it is away, nobody waits for it in vain.

After some failures in a row the service is left alone for a while, which grows as it stays away.
Then one call tries it; the others go on without until that one has an answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from knowledge.errors import ModelAway
from prompts.model_faults import away

FAILURES_IN_A_ROW = 3
"""One is a hiccup, and each costs an asker the whole deadline."""
REST_S, LONGEST_REST_S = 60.0, 300.0
"""Doubled with each failed try. In a day's outage some 290 asks wait in vain, and five minutes
after its end the model writes again."""


class Circuit:
    """Counts how the service does; safe to share between threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._failures = 0
        self._rests_until = 0.0
        self._tried_now = False

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around one call; raises `ModelAway` at once while the service is left alone."""
        trying = self._enter()
        failed = False
        try:
            yield
        except ModelAway:
            failed = True
            raise
        finally:
            self._leave(failed=failed, trying=trying)

    def _enter(self) -> bool:
        with self._lock:
            if self._failures < FAILURES_IN_A_ROW:
                return False
            if self._tried_now or self._now() < self._rests_until:
                raise away("resting")
            self._tried_now = True
            return True

    def _leave(self, *, failed: bool, trying: bool) -> None:
        """An answer of any kind, a refusal too, shows that the service is there."""
        with self._lock:
            if trying:
                self._tried_now = False
            if not failed:
                self._failures, self._rests_until = 0, 0.0
                return
            self._failures += 1
            doublings = self._failures - FAILURES_IN_A_ROW
            if doublings == 0 or trying:
                rest = min(REST_S * 2.0 ** min(doublings, 10), LONGEST_REST_S)
                self._rests_until = self._now() + rest
