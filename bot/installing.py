"""Installing Trailguide in a workspace: Bolt's OAuth flow, with pages of our own words."""

from __future__ import annotations

import html
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from slack_bolt import BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings

from bot.installations import STATE_SECONDS, Installations, OrganizationInstall
from bot.listeners.teams import TEAM
from bot.slack_client import make_client
from bot.views import words_teams as words
from knowledge.errors import SetupMissing
from knowledge.teams import NotInstalled

if TYPE_CHECKING:
    from slack_bolt import BoltContext

    from bot.settings import Settings
    from bot.teams import Registry

SCOPES = (
    "assistant:write", "app_mentions:read", "channels:history", "channels:read", "chat:write",
    "commands", "files:read", "files:write", "groups:history", "groups:read", "im:history",
    "im:write", "usergroups:read", "users:read", "users:read.email",
)  # fmt: skip
"""What slack_manifest.yaml asks for, with the reasons; a test compares them."""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Trailguide</title></head>
<body style="font-family: sans-serif; margin: 3em auto; max-width: 36em">
<h1>Trailguide</h1><p>{told}</p>{again}</body></html>
"""
_AGAIN = '<p><a href="{path}">Install Trailguide</a></p>'


class ByRegistry(Authorize):
    """Lets Bolt act with the token of the team whose request it is, and of no other."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def __call__(
        self, *, context: BoltContext, user_id: str | None, **_: object
    ) -> AuthorizeResult | None:
        """The installation of the team that the gate has found."""
        try:
            ours = self._registry.installed(str(context.get(TEAM) or ""))
        except NotInstalled:
            return None
        return AuthorizeResult(
            enterprise_id=None,
            team_id=ours.team,
            bot_id=ours.bot_id,
            bot_user_id=ours.bot_user,
            bot_token=ours.token,
            user_id=user_id,
        )


def flow_for(settings: Settings, installations: Installations) -> OAuthFlow:
    """Bolt's flow for this app; `SetupMissing` without its id and secret."""
    if not settings.slack_client_id or settings.slack_client_secret is None:
        raise SetupMissing(
            "Set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET; docs/teams.md says where they are found."
        )
    logger = logging.getLogger("trailguide.oauth")
    logger.setLevel(logging.ERROR)  # a warning of Bolt's holds the code
    return OAuthFlow(
        client=make_client(None, settings.slack_api_url),
        logger=logger,
        settings=OAuthSettings(
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            scopes=SCOPES,
            user_scopes=(),
            installation_store=installations.store,
            installation_store_bot_only=True,
            state_store=installations.states,
            state_expiration_seconds=STATE_SECONDS,
            callback_options=CallbackOptions(success=_installed, failure=_not_installed),
            logger=logger,
        ),
    )


def _installed(args: SuccessArgs) -> BoltResponse:
    team = str(args.installation.team_name or args.installation.team_id)
    return _page(200, words.INSTALLED.format(team=team))


def _not_installed(args: FailureArgs) -> BoltResponse:
    reason = "organization" if isinstance(args.error, OrganizationInstall) else args.reason
    told = words.why_not_installed(reason)
    return _page(args.suggested_status_code, told, again=args.settings.install_path)


def _page(status: int, told: str, again: str = "") -> BoltResponse:
    link = _AGAIN.format(path=html.escape(again)) if again else ""
    headers: dict[str, str | Sequence[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Set-Cookie": "slack-app-oauth-state=; Secure; HttpOnly; Path=/; Max-Age=0",
    }
    return BoltResponse(
        status=status, body=_PAGE.format(told=html.escape(told), again=link), headers=headers
    )
