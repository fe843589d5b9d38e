"""The bot for many workspaces: installed by OAuth over HTTP, each team with an edge of its own."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from slack_bolt import App

from bot.flow.tools import Tools
from bot.installing import ByRegistry, flow_for
from bot.jobs import Jobs
from bot.listeners import register
from bot.listeners.whose_request import gate
from bot.settings import Settings
from bot.slack_client import make_client
from bot.teams import Registry, installations_of
from bot.views import words_teams
from knowledge.errors import SetupMissing


def serves_many(settings: Settings) -> bool:
    """Whether workspaces install Trailguide themselves; with a bot's token there is the one."""
    return bool(settings.slack_client_id) and settings.slack_bot_token is None


def registry_of(house: Tools, jobs: Jobs) -> Registry:
    """The teams over the operator's house, their tokens sealed under the newest key."""
    installations = installations_of(house)
    installations.renew()
    return Registry(house, installations, lambda team: partial(jobs.soon, team=team))


def app_for(registry: Registry, *, at_once: bool = False) -> App:
    """Bolt's app over all teams, its listeners attached; `SetupMissing` names what is not set.

    `at_once` has Bolt finish a request before it answers, as tests like it.
    """
    settings = registry.settings
    if settings.slack_signing_secret is None:
        raise SetupMissing("Set SLACK_SIGNING_SECRET; docs/teams.md says where it is found.")
    app = App(
        client=make_client(None, settings.slack_api_url),
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        oauth_flow=flow_for(settings, registry.installations),
        before_authorize=gate(registry),
        authorize=ByRegistry(registry),  # type: ignore[arg-type]  # Bolt takes its own kind, too
        user_facing_authorize_error_message=words_teams.NOT_INSTALLED,
        process_before_response=at_once,
        logger=logging.getLogger("trailguide.bolt"),
    )
    register(app, registry)
    return app


def for_many(house: Tools, jobs: Jobs) -> tuple[App, Registry, str]:
    """The app of all workspaces, their registry, and as whom it listens."""
    registry = registry_of(house, jobs)
    return app_for(registry), registry, f"for {len(registry.ids())} workspaces"


@contextmanager
def without_oauth() -> Iterator[None]:
    """Keep Bolt from reading the app's id by itself, where one workspace's token is set."""
    names = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")
    held = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(held)
