"""Signals over HTTP: each delivery is checked and kept before it is answered, and worked on after.

It listens beside Socket Mode and beside Slack's own HTTP, on a port of its own.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import structlog

from bot.flow import signals
from bot.flow.signals import Malformed, Unknown
from bot.flow.tools import Tools
from bot.http_server import Server
from knowledge.errors import SetupMissing, StorageFailed, places
from knowledge.signing import Unsigned, require_signed

PATH = "/signals"
LARGEST_BODY = 262_144
"""Bytes: a hundred signals with long notes have a quarter of it."""
TIMESTAMP, SIGNATURE = "X-Trailguide-Timestamp", "X-Trailguide-Signature"
SECONDS_FOR_A_BODY = 10
LOOK_SECONDS = 20.0
"""Between two looks for what a former run, or another process, left."""

log = structlog.get_logger("trailguide.signals")


class SignalWorker:
    """Works on what was kept, in one thread: woken by each delivery, and once in a while."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="signals")

    def start(self) -> None:
        """Begin with what waits."""
        self._thread.start()

    def soon(self) -> None:
        """Look now."""
        self._wake.set()

    def close(self) -> None:
        """Finish what is under way."""
        self._closing.set()
        self._wake.set()
        self._thread.join(timeout=LOOK_SECONDS)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            try:
                signals.work_all(self._tools)
            except StorageFailed:
                log.warning("signals_wait", why="the database is busy")
            except Exception as bug:  # noqa: BLE001 - the thread must live; the delivery stays kept
                at = places(bug)  # no words of the lead, which a traceback might quote
                log.error("signal_failed", error=type(bug).__name__, at=at)  # noqa: TRY400
            self._wake.wait(LOOK_SECONDS)


def listen_for_signals(tools: Tools) -> Callable[[], None] | None:
    """Serve `POST /signals` in the background; returns how to stop, None without a secret."""
    secrets = tuple(s.get_secret_value() for s in tools.settings.signal_secrets)
    if not secrets:
        return None
    port = tools.settings.signal_port
    worker = SignalWorker(tools)
    try:
        needs = {"secrets": secrets, "tools": tools, "soon": staticmethod(worker.soon)}
        server = Server(port, type("OurDeliveries", (Deliveries,), needs))
    except OSError as busy:
        raise SetupMissing(
            f"Port {port} cannot be used ({busy.strerror}); set TRAILGUIDE_SIGNAL_PORT to another."
        ) from None
    threading.Thread(target=server.serve_forever, daemon=True, name="signals-http").start()
    worker.start()

    def close() -> None:
        server.shutdown()
        server.server_close()
        worker.close()

    return close


class Deliveries(BaseHTTPRequestHandler):
    """Answers one request; what it needs is put into a class of its own for each server."""

    timeout = SECONDS_FOR_A_BODY
    secrets: tuple[str, ...] = ()
    tools: Tools
    soon: Callable[[], None]

    def do_POST(self) -> None:
        """Take a delivery."""
        if not self._is_ours():
            return self._say(*_wrong(404, "Post signals to /signals."))
        told = self.headers.get("Content-Length")
        if told is None:
            return self._say(*_wrong(411, "Say how long the body is (Content-Length)."))
        if not (told.isascii() and told.isdigit()):
            return self._say(*_wrong(400, "Content-Length is no number."))
        if len(told) > 12 or int(told) > LARGEST_BODY:
            self.close_connection = True
            return self._say(
                *_wrong(413, f"The body has more than {LARGEST_BODY:,} bytes; send it in parts.")
            )
        body = self.rfile.read(int(told))
        stamp, signed = self.headers.get(TIMESTAMP, ""), self.headers.get(SIGNATURE, "")
        status, said = answer(body, stamp, signed, self.secrets, self.tools)
        if status == 202:
            type(self).soon()
        return self._say(status, said)

    def do_GET(self) -> None:
        """Say that it runs, or that signals are posted."""
        if self.path == "/health":
            return self._say(200, {"ok": True})
        return self._say(*_wrong(405 if self._is_ours() else 404, "Post signals to /signals."))

    def do_PUT(self) -> None:
        """As above."""
        self.do_GET()

    def do_DELETE(self) -> None:
        """As above."""
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Keep quiet: a request line is no news, and its body is nobody's business."""

    def _is_ours(self) -> bool:
        return self.path.partition("?")[0].rstrip("/") == PATH

    def _say(self, status: int, said: dict[str, Any]) -> None:
        written = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)


def answer(
    body: bytes, timestamp: str, signed: str, secrets: tuple[str, ...], tools: Tools
) -> tuple[int, dict[str, Any]]:
    """The status and the answer to a delivery, which is kept by then."""
    try:
        require_signed(secrets, timestamp, signed, body, tools.clock.now().timestamp())
        received = signals.receive(body, tools)
    except Unsigned as refused:
        return _wrong(401, str(refused))
    except Malformed as wrong:
        return _wrong(400, str(wrong))
    except Unknown as unknown:
        return _wrong(422, str(unknown))
    except StorageFailed:
        return _wrong(503, "The database is busy; send it again in a moment.")
    said = {"id": received.id, "signals": received.signals}
    return (200, said | {"repeat": True}) if received.repeat else (202, said)


def _wrong(status: int, sentence: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": sentence}
