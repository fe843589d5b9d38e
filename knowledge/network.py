"""The outside world as fetching sees it: names, connections, and how long it all may take."""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from knowledge.errors import UnreadableSource
from knowledge.public_hosts import is_public, not_public

MAX_BYTES = 10_000_000
TOTAL_SECONDS = 20.0

Resolver = Callable[[str, int], Sequence[str]]
Connector = Callable[[str, int, float], socket.socket]


def resolve(host: str, port: int) -> list[str]:
    """The addresses a host name stands for."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def connect(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to an address, not a name, so that nothing is resolved a second time."""
    return socket.create_connection((address, port), timeout=seconds)


@dataclass(frozen=True, slots=True)
class Network:
    """The outside world; tests put their own in its place. `trust` holds the certificates."""

    resolve: Resolver = resolve
    connect: Connector = connect
    trust: ssl.SSLContext | None = None
    seconds: float = TOTAL_SECONDS
    max_bytes: int = MAX_BYTES


@dataclass(slots=True)
class Deadline:
    """When the whole fetch must be over, redirects included."""

    seconds: float
    ends: float = field(init=False)

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + self.seconds

    def left(self) -> float:
        """Seconds left; raises `TimeoutError` when there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def public_address(host: str, network: Network, deadline: Deadline) -> str:
    """The first address of a host, once all of them are known to be public."""
    answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(network.resolve(host, 443))
        except (OSError, UnicodeError):
            answers.put(OSError())

    # In a thread, since the system's resolver knows no deadline.
    threading.Thread(target=ask, daemon=True).start()
    try:
        found = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(found, OSError) or not found:
        raise UnreadableSource(f"the host {host[:100]} is not known")
    if not all(is_public(address) for address in found):
        raise not_public(host)
    return found[0]
