"""Starlette on uvicorn in a thread of its own, with caps on what strangers may send it.

Three ports use it: Slack's events, signals, and health with metrics.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from knowledge.errors import SetupMissing, places

AT_ONCE = 64
"""Requests served at the same time; Slack tries again what is turned away with 503."""
CONNECTIONS = 512
"""Open at the same time, idle ones of a balancer included."""
SECONDS_FOR_A_HEAD = 10.0
SECONDS_FOR_A_BODY = 10.0
SECONDS_TO_FINISH = 15
"""For requests under way when the bot stops; Slack waits three."""
START_SECONDS = 10.0

log = structlog.get_logger("trailguide.http")


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """A body that is not read, and the status that says so."""

    status: int


class Serving:
    """A server that runs until `close`; `port` is the real one."""

    def __init__(
        self,
        routes: Sequence[BaseRoute],
        host: str,
        port: int,
        setting: str,
    ) -> None:
        """Listen, ready when this returns; `SetupMissing` names `setting` for a port in use."""
        taken = _bound(host, port, setting)
        self.port = int(taken.getsockname()[1])
        config = uvicorn.Config(
            _Guard(Starlette(routes=list(routes)), AT_ONCE),
            http=_Impatient,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,  # a request line is no news
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=SECONDS_TO_FINISH,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([taken],), daemon=True, name=f"http-{self.port}"
        )
        self._thread.start()
        give_up = time.monotonic() + START_SECONDS
        while not self._server.started and self._thread.is_alive() and time.monotonic() < give_up:
            time.sleep(0.01)

    def close(self) -> None:
        """Take no more, finish what is under way."""
        self._server.should_exit = True
        self._thread.join(timeout=SECONDS_TO_FINISH + 5)


async def body_of(request: Request, largest: int) -> bytes:
    """The body, read in time and up to `largest` bytes; raises `Refusal` (400, 408, 413)."""
    told = request.headers.get("content-length", "0")
    if not (told.isascii() and told.isdigit()):
        raise Refusal(400)
    if len(told) > len(str(largest)) or int(told) > largest:
        raise Refusal(413)
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS_FOR_A_BODY):
            async for part in request.stream():
                body += part
                if len(body) > largest:
                    raise Refusal(413)
    except TimeoutError:
        raise Refusal(408) from None
    except ClientDisconnect:
        raise Refusal(400) from None
    return bytes(body)


class _Guard:
    """Turns away what comes beyond `at_once`, and logs what fails in one line without its words."""

    def __init__(self, app: ASGIApp, at_once: int) -> None:
        self._app = app
        self._free = at_once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._free < 1:
            busy = PlainTextResponse("", 503, {"connection": "close"})
            await busy(scope, receive, send)
            return
        self._free -= 1
        try:
            await self._app(scope, receive, send)
        except Exception as bug:  # noqa: BLE001 - Starlette has answered 500 by now
            log.error("http_failed", error=type(bug).__name__, at=places(bug))  # noqa: TRY400
        finally:
            self._free += 1


class _Impatient(H11Protocol):
    """Hangs up on a sender that takes too long for the head of a request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self.loop.call_later(SECONDS_FOR_A_HEAD, self._look, self._waits_for_a_head())

    def _look(self, waited: object) -> None:
        if self.transport.is_closing():
            return
        waits = self._waits_for_a_head()
        if waits is not None and waits == waited:
            self.transport.close()
            return
        self.loop.call_later(SECONDS_FOR_A_HEAD, self._look, waits)

    def _waits_for_a_head(self) -> int | None:
        """Which request this connection has not begun yet; None while one is under way."""
        last: Any = self.cycle  # None before the first, whatever its type says
        if last is None:
            return 0
        return id(last) if last.response_complete else None


def _bound(host: str, port: int, setting: str) -> socket.socket:
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as busy:
        raise SetupMissing(
            f"Port {port} cannot be used ({busy.strerror}); set {setting} to another."
        ) from None
