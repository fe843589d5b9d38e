"""The writers of one process, one at a time; what an acknowledgement waits for goes first."""

from __future__ import annotations

import threading
from collections import deque


class Turn:
    """A fair lock with a second, faster line: whoever comes `first` passes all others."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._first: deque[threading.Lock] = deque()
        self._others: deque[threading.Lock] = deque()

    def acquire(self, timeout: float, *, first: bool = False) -> bool:
        """Take the turn; False when it was not to be had within `timeout` seconds."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            line = self._first if first else self._others
            mine = threading.Lock()
            mine.acquire()
            line.append(mine)
        if mine.acquire(timeout=timeout):
            return True
        with self._guard:
            if mine in line:
                line.remove(mine)
                return False
        return True  # it was handed over just as the time was up

    def waiting(self) -> int:
        """How many stand in line."""
        with self._guard:
            return len(self._first) + len(self._others)

    def release(self) -> None:
        """Hand the turn to the next in line."""
        with self._guard:
            line = self._first or self._others
            if line:
                line.popleft().release()
            else:
                self._taken = False
