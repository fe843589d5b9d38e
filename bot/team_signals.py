"""Signals for many workspaces: each has an address and secrets of its own, `POST /signals/T…`."""

from __future__ import annotations

import time
from typing import Any

import structlog
from starlette.requests import Request
from starlette.routing import Route

from bot.flow import signals
from bot.listeners.teams import Teams
from bot.signal_server import METHODS, PATH, SignalWorker, Webhook, answer, delivery
from knowledge.errors import TrailguideError
from knowledge.signing import Unsigned, require_signed
from knowledge.teams import NotInstalled

log = structlog.get_logger("trailguide.signals")


def webhook_of_teams(teams: Teams) -> Webhook:
    """The webhook of all teams, its worker not started yet.

    Of a team that is not served, or has no secret, nothing is told but that it is not signed.
    """

    def answered(
        request: Request, body: bytes, stamp: str, signed: str
    ) -> tuple[int, dict[str, Any]]:
        try:
            with teams.lend(request.path_params["team"]) as edge:
                own = edge.tools.settings.signal_secrets
                secrets = tuple(secret.get_secret_value() for secret in own)
                return answer(body, stamp, signed, secrets, edge.tools)
        except NotInstalled:
            return _as_unsigned(body, stamp, signed)

    def work() -> None:
        for team in teams.ids():
            try:
                with teams.lend(team) as edge:
                    signals.work_all(edge.tools)
            except TrailguideError as waits:  # its turn comes again; others do not wait for it
                log.warning("signals_wait", team=team, why=type(waits).__name__)

    worker = SignalWorker(work)
    deliver = delivery(answered, worker)
    return Webhook([Route(f"{PATH}/{{team}}", deliver, methods=METHODS)], worker)


def _as_unsigned(body: bytes, stamp: str, signed: str) -> tuple[int, dict[str, Any]]:
    try:
        require_signed((), stamp, signed, body, time.time())
    except Unsigned as refused:
        return 401, {"error": str(refused)}
    raise AssertionError("no secret signs anything")
