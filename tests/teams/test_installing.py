"""Installing in a workspace by OAuth: what is accepted, what is kept, and under which key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from cryptography.fernet import Fernet
from slack_bolt import BoltResponse
from slack_sdk.oauth.installation_store import Installation

from bot.bootstrap import build
from bot.installations import Installations, OrganizationInstall
from bot.installing import SCOPES
from bot.settings import Settings
from bot.teams import settings_of_team
from bot.views import words_teams as words
from knowledge.errors import BadInput, SetupMissing
from knowledge.teams import NotInstalled
from tests.conftest import ROOM, Ran
from tests.teams.houses import EAST, KEY, WEST, House, house_of
from tests.teams.slacks import CLIENT_ID
from tests.traces import traces

pytestmark = pytest.mark.embedded

STATE = re.compile(r"slack-app-oauth-state=([\w-]+);")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in which nobody has installed anything yet."""
    with house_of(tmp_path_factory.mktemp("house") / "home", {}) as house:
        yield house


def begun(house: House) -> str:
    """The state of an installation that was begun in a browser, which holds it as a cookie."""
    page = house.get("/slack/install")
    cookie = STATE.search(str(page.headers["set-cookie"]))
    assert page.status == 200
    assert cookie is not None
    assert f"state={cookie[1]}" in page.body.replace("&amp;", "&")
    return cookie[1]


def ended(house: House, code: str, state: str, cookie: str | None = None) -> BoltResponse:
    held = state if cookie is None else cookie
    return house.get("/slack/oauth_redirect", code=code, state=state, cookie=held)


def test_a_workspace_installs_trailguide_and_is_served(house: House) -> None:
    house.slacks.allow("code-1", EAST)
    page = ended(house, "code-1", begun(house))
    assert (page.status, words.INSTALLED.format(team=f"Works of {EAST}") in page.body) == (
        200,
        True,
    )
    assert house.registry.ids() == [EAST]
    assert house.registry.installed(EAST).token == house.slacks.token(EAST)
    with house.registry.lend(EAST) as edge:
        assert edge.team == EAST
        assert edge.poster.client.token == house.slacks.token(EAST)


@pytest.mark.parametrize("how", ["forged", "of another browser", "reused", "expired", "missing"])
def test_a_state_is_good_once_in_its_own_browser_and_for_ten_minutes(
    house: House, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong with it, nothing is installed, and the page says to begin again."""
    house.slacks.allow(f"code-{how}", WEST)
    if how == "expired":
        monkeypatch.setattr(house.registry.installations.states, "expiration_seconds", -1)
    state = cookie = begun(house)
    if how == "forged":
        state = cookie = "00000000-0000-0000-0000-000000000000"
    if how == "of another browser":
        cookie = begun(house)
    if how == "reused":
        assert house.registry.installations.states.consume(state)
    if how == "missing":
        state = cookie = ""
    page = ended(house, f"code-{how}", state, cookie)
    assert page.status in {400, 401}
    assert words.EXPIRED in page.body
    assert 'href="/slack/install"' in page.body
    assert WEST not in house.registry.ids()


def test_a_code_that_slack_refuses_and_a_no_install_nothing(house: House) -> None:
    assert words.CODE_REFUSED in ended(house, "never-given", begun(house)).body
    page = house.get("/slack/oauth_redirect", error="access_denied")
    assert words.CANCELLED in page.body
    assert WEST not in house.registry.ids()


def test_an_installation_for_a_whole_organization_is_refused(house: House) -> None:
    house.slacks.allow("code-org", "T0ORG", is_enterprise_install=True, enterprise={"id": "E1"})
    page = ended(house, "code-org", begun(house))
    assert words.NOT_FOR_ORGANIZATIONS in page.body
    assert "T0ORG" not in house.registry.ids()
    with pytest.raises(OrganizationInstall):
        house.install("../../etc")


def test_a_workspace_of_an_organization_is_one_team_whatever_its_organization(house: House) -> None:
    house.install("T0GRID", enterprise_id="E1")
    assert house.registry.installed("T0GRID").token == house.slacks.token("T0GRID")


def test_no_token_can_be_read_on_the_disk(house: House) -> None:
    house.install(EAST)
    token, key = house.slacks.token(EAST), KEY
    assert house.registry.installed(EAST).token == token
    assert traces(house.tools.settings.home, [token, token.rpartition("-")[2], key]) == {}
    assert token not in repr(house.registry.installed(EAST))


def test_keys_are_changed_without_installing_again(tmp_path: Path) -> None:
    """A new one in front seals anew at the next start; then the old one may go."""
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    tools = build(Settings(home=tmp_path))

    def opened(*keys: str) -> Installations:
        return Installations(tools.db, CLIENT_ID, keys)

    opened(old).store.save(
        Installation(
            app_id="A1", team_id=EAST, bot_token="xoxb-1", bot_id="B1", bot_user_id="U1",
            user_id="U2", user_token="xoxp-2",
        )
    )  # fmt: skip
    assert opened(new, old).find(EAST).token == "xoxb-1"  # type: ignore[union-attr]
    with pytest.raises(SetupMissing, match="TRAILGUIDE_TOKEN_KEYS"):
        opened(new).find(EAST)
    assert opened(new, old).renew() == 3
    kept = opened(new).store.find_installation(enterprise_id=None, team_id=EAST)
    assert kept is not None
    assert (kept.bot_token, kept.user_token) == ("xoxb-1", "xoxp-2")
    with pytest.raises(SetupMissing):
        opened(old).find(EAST)
    with pytest.raises(SetupMissing, match="new-key"):
        opened()
    tools.close()


def test_what_is_asked_for_is_what_the_manifest_asks_for() -> None:
    manifest = yaml.safe_load((ROOM / "slack_manifest.yaml").read_text())
    assert sorted(SCOPES) == sorted(manifest["oauth_config"]["scopes"]["bot"])


def test_a_teams_settings_are_its_own_and_never_the_operators_people(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = house.tools.settings.model_copy(
        update={"time_zone": "Europe/Berlin", "first_admin": "U0BOSS", "crm": "hubspot"}
    )
    operator.model_fields_set.update({"time_zone", "first_admin", "crm"})
    house.install(EAST)
    monkeypatch.setenv("TRAILGUIDE_FIRST_ADMIN", "U0BOSS")
    with house.registry.lend(EAST):
        found = settings_of_team(operator, EAST)
    assert (found.time_zone, found.first_admin, found.crm) == ("Europe/Berlin", "", "")
    file = found.home / "trailguide.toml"
    file.write_text('first_admin = "U0EVE"\ntime_zone = "Asia/Tokyo"\n')
    found = settings_of_team(operator, EAST)
    assert (found.time_zone, found.first_admin) == ("Asia/Tokyo", "U0EVE")
    for wrong in ('database_url = "sqlite:///x"', "time_zone = 3", "what = 1", "= x"):
        file.write_text(wrong)
        with pytest.raises(BadInput, match=r"trailguide\.toml"):
            settings_of_team(operator, EAST)
    file.unlink()
    with pytest.raises(NotInstalled):
        settings_of_team(operator, "T0NOBODY")


def test_commands_are_about_the_team_that_is_named(
    house: House, trailguide: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a team that has not installed it, and of a wrong id, nothing is made."""
    house.install(EAST)
    home = house.tools.settings.home
    alone = trailguide("--home", home, "teams", "list")  # type: ignore[operator]
    assert (alone.status, "serves one workspace" in alone.err) == (1, True)
    monkeypatch.setenv("SLACK_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("TRAILGUIDE_TOKEN_KEYS", KEY)
    listed = trailguide("--home", home, "teams", "list", "--json").json  # type: ignore[operator]
    assert EAST in {team["id"] for team in listed}
    leads = home.parent / "leads.csv"
    leads.write_text("name,company\nQuill Ostrander,Tidewell\n")
    assert trailguide("--home", home, "--team", EAST, "leads", "import", leads).status == 0  # type: ignore[operator]
    ask = ("leads", "list", "--json")
    assert "Ostrander" in trailguide("--home", home, "--team", EAST, *ask).out  # type: ignore[operator]
    assert "Ostrander" not in trailguide("--home", home, *ask).out  # type: ignore[operator]
    monkeypatch.setenv("TRAILGUIDE_TEAM", EAST)
    assert "Ostrander" in trailguide("--home", home, *ask).out  # type: ignore[operator]
    for wrong in ("T0NOBODY", "../T0EAST"):
        ran = trailguide("--home", home, "--team", wrong, *ask)  # type: ignore[operator]
        assert (ran.status, "workspace" in ran.err.lower()) == (2, True)
    assert not (home / "teams" / "T0NOBODY").exists()
