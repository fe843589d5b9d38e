"""Events over HTTP, for a Slack app without Socket Mode: Bolt checks each request's signature."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import structlog
from slack_bolt import App, BoltRequest

from knowledge.errors import SetupMissing, places

log = structlog.get_logger("trailguide.http")

EVENTS_PATH = "/slack/events"
LARGEST_BODY = 1_000_000
"""Bytes; Slack's own payloads stay far below, and a body is read whole before its signature."""

AT_ONCE = 64
"""Requests served at the same time; Slack tries again what is turned away with 503."""
TURNED_AWAY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Server(ThreadingHTTPServer):
    """A thread for each request, up to `AT_ONCE`: more would only starve those under way."""

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        self._free = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(("", port), handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve it on a thread of its own, or turn it away."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
            return
        with contextlib.suppress(OSError):  # the sender may be gone
            request.sendall(TURNED_AWAY)
        self.shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - not said
        """Log what failed in one line; a sender that hangs up is none of our business."""
        bug = sys.exception()
        if bug is not None and not isinstance(bug, ConnectionError | TimeoutError):
            log.error("http_failed", error=type(bug).__name__, at=places(bug))

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve it, and make room for the next."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()


def listen_http(app: App, port: int) -> Callable[[], None]:
    """Serve `POST /slack/events` on `port` in the background; returns how to stop."""

    class Events(BaseHTTPRequestHandler):
        timeout = 30

        def do_POST(self) -> None:
            told = self.headers.get("Content-Length") or "0"
            if not (told.isascii() and told.isdigit()) or len(told) > 12:
                return self._say(400, "")
            length = int(told)
            if self.path.partition("?")[0] != EVENTS_PATH or length > LARGEST_BODY:
                return self._say(404 if length <= LARGEST_BODY else 413, "")
            request = BoltRequest(
                body=self.rfile.read(length).decode("utf-8", "replace"),
                query=self.path.partition("?")[2],
                headers={k: [v] for k, v in self.headers.items()},
            )
            answer = app.dispatch(request)
            kind = answer.first_headers_without_set_cookie().get("content-type", "text/plain")
            return self._say(answer.status, answer.body, kind)

        def do_GET(self) -> None:
            self._say(200 if self.path == "/health" else 404, "")

        def _say(self, status: int, body: str, kind: str = "text/plain") -> None:
            written = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_: object) -> None:
            """Keep quiet: a request line is no news, and its body is nobody's business."""

    try:
        server = Server(port, Events)
    except OSError as busy:
        raise SetupMissing(
            f"Port {port} cannot be used ({busy.strerror}); set TRAILGUIDE_PORT to another."
        ) from None
    threading.Thread(target=server.serve_forever, daemon=True, name="http").start()

    def close() -> None:
        server.shutdown()
        server.server_close()

    return close
