"""Whose turn it is to work: many events may wait for a service at once, few compute at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Lets `at_once` threads compute; one that waits for a service lends its turn to another."""

    def __init__(self, at_once: int) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._mine = threading.local()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Hold a turn for what follows; within a turn this changes nothing."""
        if self._has_one():
            yield
            return
        self._take()
        try:
            yield
        finally:
            self._give()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Lend the turn for what follows, which must not compute; without one nothing changes."""
        if not self._has_one():
            yield
            return
        self._give()
        try:
            yield
        finally:
            self._take()

    def _has_one(self) -> bool:
        return getattr(self._mine, "held", False)

    def _take(self) -> None:
        self._free.acquire()
        self._mine.held = True

    def _give(self) -> None:
        self._mine.held = False
        self._free.release()
