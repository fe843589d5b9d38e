"""Signals over HTTP: each delivery is checked and kept before it is answered, and worked on after.

With Socket Mode it listens on a port of its own; with HTTP it is a route beside Slack's.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple

import structlog
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.flow import signals
from bot.flow.signals import Malformed, Unknown
from bot.flow.tools import Tools
from bot.http_server import ANYWHERE
from bot.web import Refusal, Serving, body_of
from knowledge.errors import StorageFailed, places
from knowledge.signing import Unsigned, require_signed
from storage.signals import TooMany

PATH = "/signals"
LARGEST_BODY = 262_144
"""Bytes: a hundred signals with long notes have a quarter of it."""
TIMESTAMP, SIGNATURE = "X-Trailguide-Timestamp", "X-Trailguide-Signature"
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]
LOOK_SECONDS = 20.0
"""Between two looks for what a former run, or another process, left."""

_REFUSED = {
    400: "Content-Length is no number, or the body ended before it.",
    408: "The body took too long; send it again.",
    413: f"The body has more than {LARGEST_BODY:,} bytes; send it in parts.",
}

log = structlog.get_logger("trailguide.signals")


class SignalWorker:
    """Works on what was kept, in one thread: woken by each delivery, and once in a while."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
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
                self._work()
            except StorageFailed:
                log.warning("signals_wait", why="the database is busy")
            except Exception as bug:  # noqa: BLE001 - the thread must live; the delivery stays kept
                at = places(bug)  # no words of the lead, which a traceback might quote
                log.error("signal_failed", error=type(bug).__name__, at=at)  # noqa: TRY400
            self._wake.wait(LOOK_SECONDS)


class Webhook(NamedTuple):
    """The routes that take deliveries, and the worker behind them."""

    routes: list[BaseRoute]
    worker: SignalWorker


def listen_for_signals(tools: Tools) -> Callable[[], None]:
    """Serve `POST /signals` on its own port, given a secret; returns how to stop."""
    webhook = webhook_of(tools)
    if webhook is None:
        return lambda: None
    routes = [
        *webhook.routes,
        Route("/health", _health),
        Route("/{rest:path}", _elsewhere, methods=METHODS),
    ]
    serving = Serving(routes, ANYWHERE, tools.settings.signal_port, "TRAILGUIDE_SIGNAL_PORT")
    webhook.worker.start()

    def close() -> None:
        serving.close()
        webhook.worker.close()

    return close


def webhook_of(tools: Tools) -> Webhook | None:
    """The webhook, its worker not started yet; None without a secret."""
    secrets = tuple(s.get_secret_value() for s in tools.settings.signal_secrets)
    if not secrets:
        return None
    worker = SignalWorker(partial(signals.work_all, tools))

    def answered(_: Request, body: bytes, stamp: str, signed: str) -> tuple[int, dict[str, Any]]:
        return answer(body, stamp, signed, secrets, tools)

    deliver = delivery(answered, worker)
    return Webhook([Route(path, deliver, methods=METHODS) for path in (PATH, f"{PATH}/")], worker)


def delivery(
    answered: Callable[[Request, bytes, str, str], tuple[int, dict[str, Any]]],
    worker: SignalWorker,
) -> Callable[[Request], Awaitable[Response]]:
    """Make the route of deliveries: `answered` keeps one and says so, `worker` is woken for it."""

    async def deliver(request: Request) -> Response:
        if request.method != "POST":
            return _json(405, {"error": "Post signals to /signals."})
        if "content-length" not in request.headers:
            return _json(411, {"error": "Say how long the body is (Content-Length)."})
        try:
            body = await body_of(request, LARGEST_BODY)
        except Refusal as refused:
            return _json(refused.status, {"error": _REFUSED[refused.status]}, closes=True)
        stamp = request.headers.get(TIMESTAMP, "")
        signed = request.headers.get(SIGNATURE, "")
        status, said = await to_thread.run_sync(answered, request, body, stamp, signed)
        if status == 202:
            worker.soon()
        return _json(status, said)

    return deliver


async def _elsewhere(_: Request) -> Response:
    return _json(404, {"error": "Post signals to /signals."})


async def _health(_: Request) -> Response:
    return _json(200, {"ok": True})


def _json(status: int, said: dict[str, Any], *, closes: bool = False) -> Response:
    headers = {"connection": "close"} if closes else {}
    if (seconds := said.get("retry_after_seconds")) is not None:
        headers["retry-after"] = str(seconds)
    return JSONResponse(said, status, headers)


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
    except TooMany as many:
        seconds = max(1, math.ceil(many.wait.total_seconds()))
        return 429, {"error": str(many), "retry_after_seconds": seconds}
    except StorageFailed:
        return _wrong(503, "The database is busy; send it again in a moment.")
    said = {"id": received.id, "signals": received.signals}
    return (200, said | {"repeat": True}) if received.repeat else (202, said)


def _wrong(status: int, sentence: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": sentence}
