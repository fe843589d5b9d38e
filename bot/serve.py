"""The running bot: Socket Mode or HTTP, ready when it says so, cleanly finished when told to."""

from __future__ import annotations

import gc
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from slack_bolt import App

from bot.flow.tools import Tools
from bot.flow.warming import warm
from bot.health_server import listening_for_health
from bot.http_server import listen_http
from bot.jobs import Jobs
from bot.listeners import register
from bot.listeners.edge import Edge
from bot.listeners.outsiders import Channels
from bot.listeners.owning import mails
from bot.log_lines import announce, set_up
from bot.places import place_in
from bot.serve_teams import for_many, serves_many, without_oauth
from bot.signal_server import Webhook, listen_for_signals, webhook_of
from bot.slack_client import Poster, make_client
from bot.slack_tokens import HOW_TO_CONNECT, who_am_i
from bot.socket_mode import Connections
from bot.team_signals import webhook_of_teams
from bot.teams import Registry
from knowledge.errors import SetupMissing

LINE_SECONDS = 5.0
"""Socket Mode opens in less than one; after these it is said that it has not."""
LOOK_SECONDS = 0.1
NO_LINE = (
    "Trailguide runs, but has no line to Slack yet and goes on trying; look whether websockets "
    "(wss) may leave this machine."
)
SWITCH_SECONDS = 0.0005
"""After so long a thread that computes lets another one run Python, an acknowledgement's too;
Python's own 5 ms cost it up to ten such waits each (`python -m benchmarks.slack_load`)."""


def serve(tools: Tools, *, stop: threading.Event | None = None) -> None:
    """Answer in Slack until SIGTERM or SIGINT (or `stop` is set); then finish what runs.

    Raises `SetupMissing` for tokens that are absent or refused, `SlackFailed` when Slack cannot be
    reached, and `IndexBusy` when another bot runs on this home folder.
    """
    stop = stop or threading.Event()
    form = tools.settings.log_format
    set_up(tools.settings.log_level, form)
    say = partial(announce, form=form)
    sys.setswitchinterval(SWITCH_SECONDS)
    many = serves_many(tools.settings)
    tokens = {} if many else _tokens(tools)
    place = place_in(tools.settings.home, shared=tools.settings.shares_database)
    with place as executor, listening_for_health(tools) as readiness:
        jobs = Jobs(tools.settings, executor)
        readiness.waits_for("Slack")
        app, served, who = for_many(tools, jobs) if many else _for_one(tools, jobs, tokens)
        readiness.waits_for("models and index")
        warm(tools)
        readiness.waits_for("jobs")
        jobs.launch(served)
        _stop_on_signals(stop)
        _keep_for_good()
        try:
            listening = _listen(app, tokens, tools, served)
            readiness.runs(("jobs", jobs.runs), ("Slack", listening.is_connected))
            if until_open(listening.is_connected, say, stop):
                say(f"Trailguide is listening {listening.how} {who}.", "listening")
            stop.wait()
            readiness.waits_for("stop")
            listening.close()  # no new events; what is on disk is finished or taken up next time
        finally:
            jobs.close()
            if isinstance(served, Registry):
                served.close()
        say("Trailguide has stopped.", "stopped")


def until_open(
    is_open: Callable[[], bool], say: Callable[[str, str], None], stop: threading.Event
) -> bool:
    """Wait until events can reach us, and say when that takes long; False when told to stop."""
    patience = time.monotonic() + LINE_SECONDS
    told = False
    while not is_open():
        if stop.wait(LOOK_SECONDS):
            return False
        if not told and time.monotonic() > patience:
            say(NO_LINE, "no_line")
            told = True
    return True


def _for_one(tools: Tools, jobs: Jobs, tokens: dict[str, str]) -> tuple[App, Edge, str]:
    """The app of the one workspace whose token is set, its edge, and as whom it listens."""
    client = make_client(tokens["bot"], tools.settings.slack_api_url)
    me = who_am_i(client.auth_test)
    with without_oauth():
        app = App(
            client=client,
            signing_secret=tokens.get("signing", "unused-in-socket-mode"),
            token_verification_enabled=False,
            logger=logging.getLogger("trailguide.bolt"),
        )
    newer = tools.settings.slack_blocks == "new"
    poster = Poster(client, tools.outbox, newer=newer)
    me_id, team = str(me["user_id"]), str(me.get("team_id") or "")
    channels = Channels(client, team)
    edge = Edge(tools, poster, me_id, jobs.soon, mails(client), team, channels)
    register(app, edge)
    return app, edge, f"as @{me['user']} in {me['team']}"


def _keep_for_good() -> None:
    """Leave what was loaded by now out of every later round of the garbage collector.

    A round over all of it stops each thread for a tenth of a second, an acknowledgement's too
    (`python -m benchmarks.slack_load`).
    """
    gc.collect()
    gc.freeze()


def _tokens(tools: Tools) -> dict[str, str]:
    settings = tools.settings
    given = {
        "bot": settings.slack_bot_token,
        "app": settings.slack_app_token,
        "signing": settings.slack_signing_secret,
    }
    tokens = {k: v.get_secret_value() for k, v in given.items() if v}
    if "bot" not in tokens:
        raise SetupMissing(f"SLACK_BOT_TOKEN is not set; {HOW_TO_CONNECT}.")
    if "app" not in tokens and "signing" not in tokens:
        raise SetupMissing(
            "Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP); "
            + HOW_TO_CONNECT
            + "."
        )
    return tokens


class _Listening(NamedTuple):
    how: str
    close: Callable[[], None]
    is_connected: Callable[[], bool]


def _listen(app: App, tokens: dict[str, str], tools: Tools, served: Edge | Registry) -> _Listening:
    """Start taking events, and signals beside them."""
    if "app" not in tokens:
        teams = served if isinstance(served, Registry) else None
        webhook = webhook_of_teams(teams) if teams else webhook_of(tools)
        close_http = listen_on_port(app, tools.settings.port, webhook)
        return _Listening(f"on port {tools.settings.port}", close_http, lambda: True)
    stop_signals = listen_for_signals(tools)
    url, count = tools.settings.slack_api_url, tools.settings.slack_connections
    lines = Connections(app, tokens["app"], lambda: make_client(tokens["app"], url), count)
    lines.connect()

    def close() -> None:
        stop_signals()
        lines.close()

    return _Listening("over Socket Mode", close, lines.are_up)


def listen_on_port(app: App, port: int, webhook: Webhook | None) -> Callable[[], None]:
    """Slack's events and signals on one port; returns how to stop both."""
    stop_http = listen_http(app, port, webhook.routes if webhook else ())
    if webhook is None:
        return stop_http
    webhook.worker.start()

    def close() -> None:
        stop_http()
        webhook.worker.close()

    return close


def _stop_on_signals(stop: threading.Event) -> None:
    if threading.current_thread() is threading.main_thread():
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
