"""A small Slack that speaks Socket Mode: connections that go in every way, and what it sends again.

Between it and the bot stands a plain TCP relay, so that a line can die without a word, or be reset.
"""

from __future__ import annotations

import contextlib
import json
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tests.slack.fake import FakeSlack

ACK_SECONDS = 1.5
"""Slack waits three; then it sends again."""
NOTICED_SECONDS = 1.0
"""After so long Slack knows by its own pings that a line is dead, and sends nothing more there."""
RESET = struct.pack("ii", 1, 0)


@dataclass
class Line:
    """One connection through the relay, by the bot's port there."""

    near: socket.socket
    far: socket.socket
    silent: bool = False
    silent_at: float = 0.0

    def pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while got := source.recv(65536):
                if not self.silent:
                    sink.sendall(got)
        if not self.silent:
            self.end()

    def end(self) -> None:
        for end in (self.near, self.far):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def reset(self) -> None:
        """Hang up on the bot without a goodbye of any kind."""
        with contextlib.suppress(OSError):
            self.near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.near.close()
        self.far.close()


@dataclass
class Sent:
    """An event on its way: what it holds, when it was sent last, and how often before."""

    payload: dict[str, Any]
    at: float
    tries: int = 0


@dataclass
class SocketSlack:
    """Connections, what waits for its acknowledgement, and what was done to lines so far."""

    seed: int
    lines: dict[int, Line] = field(default_factory=dict)
    open: dict[int, ServerConnection] = field(default_factory=dict)
    waiting: dict[str, Sent] = field(default_factory=dict)
    opened: int = 0
    sent_again: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    over: threading.Event = field(default_factory=threading.Event)
    serial: int = 0
    delivered_on: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def deliver(self, payload: dict[str, Any]) -> None:
        """Send an event to one of the connections; again until it is acknowledged."""
        with self.lock:
            self.serial += 1
            name = f"env-{self.serial}"
            self.waiting[name] = Sent(payload, time.monotonic())
        self._send(name)

    def harm(self, how: str) -> bool:
        """Do this to one connection; False when there is none."""
        with self.lock:
            ports = [port for port in self.open if not self.lines[port].silent]
            if not ports:
                return False
            port = self.dice.choice(ports)
            line, connection = self.lines[port], self.open[port]
        if how == "silence":
            line.silent, line.silent_at = True, time.monotonic()
        elif how == "reset":
            line.reset()
        else:
            with contextlib.suppress(ConnectionClosed, OSError):
                connection.send(json.dumps({"type": "disconnect", "reason": how}))
            if how == "refresh_requested":
                with contextlib.suppress(ConnectionClosed, OSError):
                    connection.close()
        return True

    def _send(self, name: str) -> None:
        with self.lock:
            told = self.waiting.get(name)
            ports = list(self.open)
            if told is None or not ports:
                return
            port = self.dice.choice(ports)
            connection = self.open[port]
            told.at = time.monotonic()
            envelope = {
                "type": "events_api", "envelope_id": name, "payload": told.payload,
                "accepts_response_payload": False, "retry_attempt": told.tries,
                "retry_reason": "timeout" if told.tries else "",
            }  # fmt: skip
            self.delivered_on.add(port)
        with contextlib.suppress(ConnectionClosed, OSError):
            connection.send(json.dumps(envelope))

    def send_again(self) -> None:
        while not self.over.wait(0.1):
            with self.lock:
                long_ago = time.monotonic() - NOTICED_SECONDS
                for port in [p for p in self.open if 0 < self.lines[p].silent_at < long_ago]:
                    self.open.pop(port)
                late = [n for n, s in self.waiting.items() if time.monotonic() - s.at > ACK_SECONDS]
                for name in late:
                    self.waiting[name].tries += 1
                self.sent_again += len(late)
            for name in late:
                self._send(name)

    def talk(self, connection: ServerConnection) -> None:
        port = int(connection.remote_address[1])
        with self.lock:
            self.opened += 1
            self.open[port] = connection
        try:
            connection.send(json.dumps({"type": "hello", "num_connections": len(self.open)}))
            for said in connection:
                with self.lock:
                    self.waiting.pop(json.loads(said).get("envelope_id", ""), None)
        except (ConnectionClosed, OSError):
            pass
        finally:
            with self.lock:
                self.open.pop(port, None)

    def relay(self, door: socket.socket, behind: int) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = door.accept()
                far = socket.create_connection(("127.0.0.1", behind))
                line = Line(near, far)
                with self.lock:
                    self.lines[int(far.getsockname()[1])] = line
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=line.pump, args=ends, daemon=True).start()


@contextmanager
def socket_slack(slack: FakeSlack, seed: int = 1) -> Iterator[SocketSlack]:
    """Run it beside the fake Web API, which tells its address."""
    made = SocketSlack(seed)
    with (
        serve(made.talk, "127.0.0.1", 0, ping_interval=None) as server,
        socket.create_server(("127.0.0.1", 0)) as door,
    ):
        behind, front = server.socket.getsockname()[1], door.getsockname()[1]
        opening = lambda _: {"url": f"ws://127.0.0.1:{front}/link"}  # noqa: E731
        slack._apps_connections_open = opening  # type: ignore[attr-defined]
        threads = [
            threading.Thread(target=server.serve_forever, daemon=True),
            threading.Thread(target=made.relay, args=(door, behind), daemon=True),
            threading.Thread(target=made.send_again, daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield made
        finally:
            made.over.set()
            for line in list(made.lines.values()):
                line.end()
