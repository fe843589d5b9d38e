"""Socket Mode: one connection to Slack or several, each of which comes back by itself.

Slack gives each event to one of an app's connections, up to ten of them. While one is being made
anew the others go on, so with two nothing waits for it. What was not acknowledged on a connection
that went away comes again, and is known by its key.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient

from bot.slack_tokens import refused_app_token

PING_SECONDS = 10.0
"""Between two pings."""
SILENT_PINGS = 4
"""A line that answers none of so many is dead."""
LOOKS_A_PING = 10
LONGEST_PAUSE_SECONDS = 30.0
"""Between two tries to open a line while Slack is away; the first is a second."""

GONE = (OSError, AttributeError)
"""What the SDK raises for a line that is gone, also where two threads drop one at the same time."""

log = structlog.get_logger("trailguide.socket")


class Connections:
    """So many connections over which events reach one app.

    `client` makes a Web API client with the app-level token, one for each.
    """

    def __init__(
        self,
        app: App,
        token: str,
        client: Callable[[], WebClient],
        count: int = 1,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self._handlers = [
            SocketModeHandler(app, token, web_client=client(), ping_interval=ping_seconds)
            for _ in range(count)
        ]
        self._closing = threading.Event()
        self._look_seconds = ping_seconds / LOOKS_A_PING
        self._watches = [Watch(h.client, ping_seconds) for h in self._handlers]

    def connect(self) -> None:
        """Open all; `SetupMissing` when Slack refuses the token."""
        try:
            for handler in self._handlers:
                handler.connect()  # type: ignore[no-untyped-call]
        except (SlackApiError, BoltError) as refused:
            self.close()
            raise refused_app_token(refused) from None
        for watch in self._watches:
            threading.Thread(target=self._keep, args=(watch,), daemon=True, name="line").start()

    def are_up(self) -> bool:
        """Whether events can reach us: one is enough."""
        return any(handler.client.is_connected() for handler in self._handlers)

    def close(self) -> None:
        """Take no more events; what was handed over to the app is finished by it."""
        self._closing.set()
        for handler in self._handlers:
            for _ in range(2):  # when the line went in the midst of it, the rest is still to close
                with contextlib.suppress(*GONE):
                    handler.close()  # type: ignore[no-untyped-call]
                    break

    def _keep(self, watch: Watch) -> None:
        """Look again and again; while a line cannot be opened, ever more seldom."""
        pause = self._look_seconds
        while not self._closing.wait(pause):
            renewed = watch.look(self._closing)
            pause = (
                self._look_seconds if renewed else min(max(1.0, pause * 2), LONGEST_PAUSE_SECONDS)
            )


class Watch:
    """Knows when a line is dead, by a clock that nobody sets, and opens another.

    The SDK counts from the last pong by the wall clock: a line that dies before its first pong is
    never given up, one that dies as the clock is put back an hour is given up an hour late, and one
    that was reset waits for five pings.
    """

    def __init__(
        self,
        client: SocketModeClient,
        ping_seconds: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._patience = SILENT_PINGS * ping_seconds
        self._now = now
        self._heard_at = now()
        self._pong: tuple[str, float | None] | None = None
        self._broken = ""
        client.on_error_listeners.append(self._breaks)

    def look(self, closing: threading.Event) -> bool:
        """Open another line when this one is dead; False when that did not work."""
        session = self._client.current_session
        if session is None:
            return True
        pong = (session.session_id, session.last_ping_pong_time)
        if pong != self._pong:
            self._pong, self._heard_at = pong, self._now()
        broken = self._broken == session.session_id
        silent = self._now() - self._heard_at > self._patience
        if session.is_active() and not broken and not silent:
            return True
        try:
            with contextlib.suppress(*GONE):
                session.disconnect()
            if not closing.is_set():
                self._client.connect_to_new_endpoint()
        except Exception as failure:  # noqa: BLE001 - Slack is away in one of many ways; it is tried again
            log.warning("line_not_opened", reason=type(failure).__name__)
        return self._client.is_connected()

    def _breaks(self, _: Exception) -> None:
        session = self._client.current_session
        self._broken = session.session_id if session is not None else ""
