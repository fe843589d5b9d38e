"""Whose request it is, where many workspaces are served: one team's, ours, or it goes no further.

What Slack sends names a workspace in several places. They must not disagree: a request that names
one team by its button and another by itself is refused, whoever sent it. In a channel that two
companies share, the team is the one whose installation Slack sends the event for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog
from slack_bolt import BoltContext, BoltResponse

from bot.listeners.teams import TEAM
from bot.views import words_teams as words
from knowledge.errors import TrailguideError
from knowledge.teams import NotInstalled, is_team_id

NOBODYS = frozenset({"url_verification", "ssl_check"})
"""Requests by which Slack looks whether somebody answers."""
PARTING = frozenset({"app_uninstalled", "tokens_revoked"})

log = structlog.get_logger("trailguide.teams")


class Refused(TrailguideError):
    """A request of no team of ours, or of two; the message is for the person, `why` for the log."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why


class Door(Protocol):
    """Who is let in, and how one leaves."""

    def installed(self, team: str) -> Any:
        """The installation of a team; `NotInstalled` when there is none."""

    def leave(self, team: str, said_at: datetime) -> bool:
        """Keep that a team leaves; False for what was said of an older installation."""


def gate(door: Door) -> Callable[..., BoltResponse | None]:
    """Make the middleware that says whose a request is, or turns it away."""

    def admit(
        body: dict[str, Any], context: BoltContext, next_: Callable[[], BoltResponse]
    ) -> BoltResponse | None:
        if body.get("type") in NOBODYS or body.get("ssl_check"):
            next_()
            return None
        try:
            team = team_of(body)
            if (body.get("event") or {}).get("type") in PARTING:
                return _parted(team, body, door)
            door.installed(team)
        except Refused as refused:
            return _turned_away(body, context, str(refused), refused.why)
        except NotInstalled:
            return _turned_away(body, context, words.NOT_INSTALLED, "not_installed")
        context[TEAM] = team
        next_()
        return None

    return admit


def team_of(body: dict[str, Any]) -> str:
    """The one team that a request names; `Refused` for none, for two, for an organization."""
    events = body.get("authorizations") or []
    if _is_true(body.get("is_enterprise_install")) or any(
        _is_true(each.get("is_enterprise_install")) for each in events
    ):
        raise Refused(words.NOT_FOR_ORGANIZATIONS, "organization")
    named = {str(team) for team in _named(body) if is_team_id(team)}
    if len(named) > 1:
        raise Refused(words.OF_ANOTHER_TEAM, "two_teams")
    if not named:
        raise Refused(words.NOT_INSTALLED, "no_team")
    return named.pop()


def _named(body: dict[str, Any]) -> list[Any]:
    if body.get("type") == "event_callback":
        ours = [each.get("team_id") for each in (body.get("authorizations") or [])[:1]]
        told = [team for team in (*ours, body.get("context_team_id")) if team]
        return told or [body.get("team_id")]
    if "command" in body:
        return [body.get("team_id")]
    named = [(body.get("team") or {}).get("id"), (body.get("view") or {}).get(INSTALLED_IN)]
    if body.get("type") == "block_actions":  # the message is ours, so it says whose the button is
        named.append((body.get("message") or {}).get("team"))
    return named


INSTALLED_IN = "app_installed_team_id"
"""Of a window: the workspace whose installation opened it."""


def _parted(team: str, body: dict[str, Any], door: Door) -> BoltResponse:
    """Keep that a team leaves, before Slack is told that we know."""
    event = body["event"]
    bots = (event.get("tokens") or {}).get("bot")
    if event["type"] == "app_uninstalled" or bots:
        said_at = datetime.fromtimestamp(float(body.get("event_time") or 0), UTC)
        known = door.leave(team, said_at)
        log.info("team_parts", team=team, by=event["type"], known=known)
    return BoltResponse(status=200, body="")


def _turned_away(
    body: dict[str, Any], context: BoltContext, sentence: str, why: str
) -> BoltResponse:
    log.warning("turned_away", why=why)
    if body.get("type") == "view_submission":
        blocks = (body.get("view") or {}).get("blocks") or []
        field = next((b.get("block_id") for b in blocks if b.get("type") == "input"), None)
        if field is not None:
            told = {"response_action": "errors", "errors": {field: sentence}}
            return BoltResponse(status=200, body=told)
    if body.get("type") == "block_suggestion":
        return BoltResponse(status=200, body={"options": []})
    if "command" in body:
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": sentence})
    if context.response_url and context.respond is not None:
        try:
            context.respond(text=sentence, response_type="ephemeral", replace_original=False)
        except OSError as lost:
            log.warning("not_said", reason=type(lost).__name__)
    return BoltResponse(status=200, body="")


def _is_true(told: Any) -> bool:
    return str(told).lower() == "true"
