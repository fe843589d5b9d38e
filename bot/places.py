"""Places of bots in a home folder: each holds one, by a lock that the kernel drops when it dies.

On an embedded database there is one place. On a server's, several bots may share a home: each takes
the first place that is free, so that one started anew after a death takes up the dead one's work.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from knowledge.errors import IndexBusy

MOST_PLACES = 64
"""Bots in one home: far more than one machine has processors for."""


@contextmanager
def place_in(home: Path, *, shared: bool) -> Iterator[str]:
    """Hold a place in the home folder; yields the id of its bot, the same after a restart.

    Raises `IndexBusy` when every place is taken; without `shared` there is one.
    """
    for number in range(1, (MOST_PLACES if shared else 1) + 1):
        lock = (home / _named("serve.lock", number)).open("w")
        if _held(lock):
            with lock:
                yield _named(executor_id(home), number)
            return
        lock.close()
    raise IndexBusy(f"Another Trailguide bot runs on {home}; stop it, or choose another --home.")


def executor_id(home: Path) -> str:
    """An id that is this home folder's own and outlives restarts."""
    kept = home / "executor_id"
    if not kept.exists():
        fresh = kept.with_name(f"executor_id.{secrets.token_hex(4)}")
        fresh.write_text(f"{socket.gethostname()}-{secrets.token_hex(6)}\n")
        try:
            os.link(fresh, kept)  # whole or not at all; the first of two processes wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return kept.read_text().strip()


def _named(name: str, number: int) -> str:
    """The first place has the plain name, as when there was only one."""
    return name if number == 1 else f"{name}-{number}"


def _held(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
