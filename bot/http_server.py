"""Events over HTTP, for a Slack app without Socket Mode: Bolt checks each request's signature."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from anyio import CapacityLimiter, to_thread
from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_bolt.oauth import OAuthFlow
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.slack_shape import is_like_slacks
from bot.web import AT_ONCE, Refusal, Serving, body_of

EVENTS_PATH = "/slack/events"
LARGEST_BODY = 1_000_000
"""Bytes; Slack's own payloads stay far below, and a body is read whole before its signature."""
_TIME, _SIGNATURE = re.compile(r"[0-9]{1,12}"), re.compile(r"v0=[0-9a-f]{64}")
_NOT_SLACKS = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
"""What Bolt raises for a body that is no JSON, or no object of Slack's."""
ANYWHERE = "0.0.0.0"  # noqa: S104 - Slack comes from outside


def listen_http(app: App, port: int, more: Sequence[BaseRoute] = ()) -> Callable[[], None]:
    """Serve `POST /slack/events`, and `more` beside it, in the background; returns how to stop."""
    routes = [*slack_routes(app), *more]
    return Serving(routes, ANYWHERE, port, "TRAILGUIDE_PORT").close


def slack_routes(app: App) -> list[BaseRoute]:
    """What Slack calls. Bolt works in threads of its own, so that no request waits for another."""
    # Bolt's own handler would dispatch on the event loop, and hold up everybody else.
    threads = CapacityLimiter(AT_ONCE)

    async def events(request: Request) -> Response:
        try:
            body = await body_of(request, LARGEST_BODY)
        except Refusal as refused:
            return PlainTextResponse("", refused.status, {"connection": "close"})
        if not _may_be_signed(request):
            return PlainTextResponse("", 401)
        readable = body.decode("utf-8", "replace").encode()  # what is none bears no signature
        try:
            asked = to_bolt_request(request, readable)
        except (
            ValueError,
            TypeError,
            AttributeError,
            LookupError,
            RecursionError,
        ):  # none of Slack's
            return PlainTextResponse("", 400)
        if not is_like_slacks(asked.body):
            return PlainTextResponse("", 400)
        return to_starlette_response(await to_thread.run_sync(app.dispatch, asked, limiter=threads))

    return [
        *(_ways_in(app.oauth_flow) if app.oauth_flow is not None else []),
        Route(EVENTS_PATH, events, methods=["POST"]),
        Route("/health", alive, methods=["GET"]),
    ]


def _ways_in(flow: OAuthFlow) -> list[BaseRoute]:
    """The pages by which a workspace installs the bot."""

    async def install(request: Request) -> Response:
        asked = to_bolt_request(request, b"")
        return to_starlette_response(await to_thread.run_sync(flow.handle_installation, asked))

    async def installed(request: Request) -> Response:
        asked = to_bolt_request(request, b"")
        return to_starlette_response(await to_thread.run_sync(flow.handle_callback, asked))

    return [
        Route(flow.install_path, install, methods=["GET"]),
        Route(flow.redirect_uri_path, installed, methods=["GET"]),
    ]


def _may_be_signed(request: Request) -> bool:
    """Whether time and signature look like Slack's: Bolt fails on others instead of refusing."""
    headers = request.headers
    at, signed = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
    return _TIME.fullmatch(at) is not None and _SIGNATURE.fullmatch(signed) is not None


async def alive(_: Request) -> Response:
    """Say that the process answers; for balancers that look at the port they send to."""
    return PlainTextResponse("")
