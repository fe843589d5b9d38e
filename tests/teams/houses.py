"""A house with several teams in one process, over Bolt's real dispatch: what its tests share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk.oauth.installation_store import Installation

from bot.bootstrap import Wired, build
from bot.jobs import Jobs
from bot.listeners import answering
from bot.serve_teams import app_for
from bot.settings import Settings
from bot.teams import Registry, installations_of
from knowledge.clock import Clock
from knowledge.teams import folder_of
from tests.conftest import UNCAPPED
from tests.slack.fake import BOT
from tests.slack.office import SECRET, Office
from tests.teams.slacks import CLIENT_ID, CLIENT_SECRET, Slacks, many_slacks

EAST, WEST = "T0EAST", "T0WEST"
KEY = Fernet.generate_key().decode()


@dataclass
class TeamOffice(Office):
    """An office whose work is done with the edge that its team is lent."""

    registry: Registry | None = None

    def work(self, key: str) -> None:
        assert self.registry is not None
        self.started.append(key)
        with self.registry.lend(self.team) as edge:
            self.payloads.append(edge.tools.inbox.payload(key) or {})
            for outbox_key in answering.plan(key, edge):
                answering.post(outbox_key, edge)
            answering.close(key, edge)


@dataclass
class House:
    """The operator's house, its registry and app, and an office for each team."""

    tools: Wired
    registry: Registry
    app: App
    slacks: Slacks
    offices: dict[str, TeamOffice] = field(default_factory=dict)

    def get(self, path: str, **query: str) -> BoltResponse:
        """What a browser gets from the pages of the installation, with the cookie it holds."""
        flow = self.app.oauth_flow
        assert flow is not None
        do = flow.handle_installation if path == "/slack/install" else flow.handle_callback
        cookie = query.pop("cookie", "")
        headers = {"cookie": f"slack-app-oauth-state={cookie}"} if cookie else {}
        return do(BoltRequest(body="", query=query, headers=headers))

    def install(self, team: str, number: int = 1, **more: Any) -> None:
        """As if the OAuth flow had ended well."""
        self.registry.installations.store.save(
            Installation(
                app_id="A1", team_id=team, team_name=f"Works of {team}", bot_id="B1",
                bot_token=self.slacks.token(team, number), bot_user_id=BOT, user_id="U09IRIS",
                bot_scopes="chat:write", **more,
            )
        )  # fmt: skip


@contextmanager
def house_of(
    home: Path, teams: dict[str, Path | None], clock: Clock | None = None, **more: Any
) -> Iterator[House]:
    """A house at `home` with these teams installed, each on a copy of a home, or on nothing."""
    with many_slacks(*teams) as slacks:
        settings = Settings(
            home=home, slack_client_id=CLIENT_ID, slack_client_secret=CLIENT_SECRET,
            slack_signing_secret=SECRET, slack_api_url=slacks.url,
            **{"token_keys": (KEY,), **UNCAPPED, **more},
        )  # fmt: skip
        tools = build(settings, clock)
        offices: dict[str, TeamOffice] = {}
        registry = Registry(
            tools,
            installations_of(tools),
            lambda team: lambda key: offices[team].work(key),  # noqa: PLW0108 - they come after
        )
        house = House(tools, registry, app_for(registry, at_once=True), slacks, offices)
        try:
            for team, seeded in teams.items():
                if seeded is not None:
                    shutil.copytree(seeded, folder_of(home, team))
                house.install(team)
                with registry.lend(team) as edge:
                    offices[team] = TeamOffice(
                        slacks.of[team], house.app, edge.tools, edge, team=team, registry=registry
                    )
            yield house
        finally:
            registry.close()
            tools.close()


def jobs_of(house: House) -> Jobs:
    """Real jobs over the house's teams, to be closed."""
    return Jobs(house.tools.settings)
