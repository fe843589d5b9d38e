"""What a bot for many workspaces answers over HTTP beside Slack's events: installs, and signals."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.http_server import slack_routes
from bot.installing import SCOPES
from bot.signal_server import SIGNATURE, TIMESTAMP
from bot.team_signals import webhook_of_teams
from knowledge.signing import signature
from tests.due_examples import put
from tests.teams.houses import EAST, WEST, House, house_of
from tests.teams.slacks import CLIENT_ID

pytestmark = pytest.mark.embedded

SECRETS = {EAST: "the-secret-of-the-east", WEST: "the-secret-of-the-west"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house") / "home"
    for team, secret in SECRETS.items():
        folder = home / "teams" / team
        folder.mkdir(parents=True)
        (folder / "trailguide.toml").write_text(f'signal_secrets = ["{secret}"]\n')
    with house_of(home, dict.fromkeys(SECRETS)) as house:
        yield house


@pytest.fixture
def web(house: House) -> TestClient:
    hook = webhook_of_teams(house.registry)
    routes = [*slack_routes(house.app), *hook.routes]
    return TestClient(Starlette(routes=routes), base_url="https://bot.example")


def test_a_browser_is_led_to_slack_and_back(house: House, web: TestClient) -> None:
    page = web.get("/slack/install")
    asked = next(w for w in page.text.split('"') if w.startswith("https://slack.com/oauth"))
    query = parse_qs(urlsplit(asked.replace("&amp;", "&")).query)
    assert query["client_id"] == [CLIENT_ID]
    assert set(query["scope"][0].split(",")) == set(SCOPES)
    house.slacks.allow("code-http", "T0NORTH")
    back = web.get(
        "/slack/oauth_redirect", params={"code": "code-http", "state": query["state"][0]}
    )
    assert (back.status_code, "Works of T0NORTH" in back.text) == (200, True)
    assert "T0NORTH" in house.registry.ids()
    again = web.get("/slack/oauth_redirect", params={"code": "x", "state": query["state"][0]})
    assert again.status_code in {400, 401}


def test_a_signal_goes_to_the_team_whose_secret_signed_it(house: House, web: TestClient) -> None:
    """Of the same lead in both teams; with another's secret, or to nobody, it is unsigned."""
    for team in SECRETS:
        with house.registry.lend(team) as edge:
            put(edge.tools, "ann", email="ann@works.example")
    signal = {"lead": {"email": "ann@works.example"}, "action": "attended",
              "on": time.strftime("%Y-%m-%d")}  # fmt: skip
    body = json.dumps({"id": "d1", "source": "zoom", "signals": [signal]}).encode()

    def post(team: str, secret: str) -> int:
        stamp = str(int(time.time()))
        headers = {TIMESTAMP: stamp, SIGNATURE: signature(secret, stamp, body)}
        return web.post(f"/signals/{team}", content=body, headers=headers).status_code

    assert post(EAST, SECRETS[WEST]) == 401
    assert post("T0NOBODY", SECRETS[EAST]) == 401
    assert post(EAST, "") == 401
    first = post(EAST, SECRETS[EAST])
    assert (first, post(EAST, SECRETS[EAST]), post(WEST, SECRETS[WEST])) == (202, 200, 202)
