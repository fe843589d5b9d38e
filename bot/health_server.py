"""Health, readiness and metrics on a port of their own, for whoever looks after the bot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from anyio import move_on_after, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.flow.tools import Tools
from bot.http_server import alive
from bot.listeners.incoming import Kind
from bot.measures import Queues, page, show_from_zero
from bot.slack_client import METHODS
from bot.web import Serving
from knowledge.errors import TrailguideError
from storage.waiting import waiting

LOOK_SECONDS = 5.0
"""For one part; what takes longer to answer keeps people waiting too."""
GLANCE_SECONDS = 0.8
"""For a part that others stand in for: who probes gives up after a second, some of them."""
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Readiness:
    """Which part the bot still waits for; every part counts as missing until it is said to run."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._waits_for = "start"
        self._more: list[tuple[str, Callable[[], bool]]] = []
        self.queues: Queues | None = None

    def waits_for(self, part: str) -> None:
        """Say what the start, or the stop, has come to."""
        self._waits_for = part

    def runs(self, *more: tuple[str, Callable[[], bool]]) -> None:
        """Say that all parts were there; from now on they are asked one by one, `more` as well."""
        self.queues = Queues(self._tools.db, self._tools.clock)
        self._more, self._waits_for = list(more), ""

    async def missing(self) -> list[str]:
        """The names of the parts that do not answer now."""
        if self._waits_for:
            return [self._waits_for]
        parts = [("database", self._database), *self._more]
        return [name for name, looks in parts if not await _in_time(looks, LOOK_SECONDS)]

    async def degraded(self) -> list[str]:
        """The names of the parts that do not answer, and without which people are answered too."""
        if self._waits_for or await _in_time(self._index, GLANCE_SECONDS):
            return []
        return ["index"]

    def _database(self) -> bool:
        waiting(self._tools.db)
        return True

    def _index(self) -> bool:
        self._tools.vectors.look()
        return True


@contextmanager
def listening_for_health(tools: Tools) -> Iterator[Readiness]:
    """Serve `/health`, `/ready` and `/metrics` within the block, unless the setting is empty."""
    readiness = Readiness(tools)
    if not tools.settings.health_address:
        yield readiness
        return
    show_from_zero(Kind, METHODS)
    host, _, port = tools.settings.health_address.rpartition(":")
    serving = Serving(
        health_routes(readiness), host.strip("[]"), int(port), "TRAILGUIDE_HEALTH_ADDRESS"
    )
    try:
        yield readiness
    finally:
        serving.close()


def health_routes(readiness: Readiness) -> list[Route]:
    """The three pages; the last two say how the bot is that `readiness` looks at."""

    async def ready(_: Request) -> Response:
        missing = await readiness.missing()
        told = {"waits_for": missing, "degraded": await readiness.degraded()}
        named = {what: parts for what, parts in told.items() if parts}
        return JSONResponse({"ready": not missing, **named}, 503 if missing else 200)

    async def metrics(_: Request) -> Response:
        figures = await to_thread.run_sync(page, readiness.queues)
        return Response(figures, media_type=METRICS_TYPE)

    return [Route("/health", alive), Route("/ready", ready), Route("/metrics", metrics)]


async def _in_time(looks: Callable[[], bool], seconds: float) -> bool:
    """Whether a part says yes in time; one that hangs is left behind in its thread."""
    with move_on_after(seconds):
        return await to_thread.run_sync(partial(_says_yes, looks), abandon_on_cancel=True)
    return False


def _says_yes(looks: Callable[[], bool]) -> bool:
    try:
        return looks()
    except TrailguideError:
        return False
