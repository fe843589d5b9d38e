"""Whether Slack takes the tokens that are set, and as whom."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.settings import Settings
from bot.slack_client import make_client
from knowledge.errors import SetupMissing, SlackFailed

HOW_TO_CONNECT = "README.md, “Connect Slack”, says where each token is found"
PATIENCE_SECONDS = 5


def _silent() -> logging.Logger:
    silent = logging.getLogger("trailguide.slack_sdk.asking")
    silent.setLevel(logging.CRITICAL)  # what failed is told once, in our words
    return silent


def who_am_i(auth_test: Callable[[], Any]) -> Any:
    """What `auth.test` answers; `SetupMissing` when the bot token is refused, `SlackFailed`."""
    try:
        return auth_test()
    except SlackApiError as refused:
        raise SetupMissing(
            f"Slack refuses SLACK_BOT_TOKEN ({reason_of(refused)}); copy the bot token anew: "
            f"{HOW_TO_CONNECT}."
        ) from None
    except OSError as unreachable:
        why = getattr(unreachable, "reason", unreachable)  # URLError wraps what it met
        told = getattr(why, "strerror", None) or why
        raise SlackFailed(
            f"Slack cannot be reached ({told}); check the network and SLACK_API_URL."
        ) from None


def reason_of(refused: Exception) -> str:
    """Slack's word for it, such as `invalid_auth`."""
    return str(getattr(refused, "response", {}).get("error") or "no reason given")


def refused_app_token(refused: Exception) -> SetupMissing:
    """What to do when Slack does not take the app token."""
    return SetupMissing(
        f"Slack refuses SLACK_APP_TOKEN ({reason_of(refused)}); it needs the scope "
        f"connections:write: {HOW_TO_CONNECT}."
    )


def as_whom(settings: Settings) -> str:
    """As whom the tokens speak, asked of Slack; nothing is posted.

    `SetupMissing` when Slack refuses one of them, `SlackFailed` when it cannot be reached.
    """
    bot, app = settings.slack_bot_token, settings.slack_app_token
    client = make_client(bot.get_secret_value() if bot else None, settings.slack_api_url, _silent())
    client.timeout = PATIENCE_SECONDS
    me = who_am_i(client.auth_test)
    if app:
        try:
            client.apps_connections_open(app_token=app.get_secret_value())
        except SlackApiError as refused:
            raise refused_app_token(refused) from None
    return f"as @{me['user']} in {me['team']}"
