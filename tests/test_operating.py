"""What an operator meets: a home without its settings, wrong tokens, a broken file of the team."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import serve
from bot.bootstrap import build
from bot.flow.health import Health, examine
from bot.settings import Settings
from knowledge.leads import LeadFacts
from tests.conftest import Ran
from tests.databases import new_postgres_database
from tests.slack.elements import Refused
from tests.slack.fake import FakeSlack, fake_slack

pytestmark = pytest.mark.embedded  # homes of SQLite, by name

Command = Callable[..., Ran]


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A home that somebody has worked in."""
    home = tmp_path / "used"
    tools = build(Settings(home=home))
    tools.leads.put("L1", LeadFacts(name="Ada Quill"), "told", "U1")
    tools.close()
    return home


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    with fake_slack() as slack:
        monkeypatch.setenv("SLACK_API_URL", slack.url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-test")
        yield slack


def refuse(slack: FakeSlack, method: str) -> None:
    def refused(_: dict[str, Any]) -> dict[str, Any]:
        raise Refused("the token", "invalid_auth")

    setattr(slack, "_" + method.replace(".", "_"), refused)


def part(ran: Ran, name: str) -> tuple[str, str]:
    (found,) = (f for f in ran.json if f["part"] == name)
    return found["health"], found["says"]


@pytest.mark.parametrize("command", [("backup",), ("leads", "list"), ("audit", "verify")])
def test_m59_a_home_whose_database_is_elsewhere_is_no_empty_one(
    command: tuple[str, ...], used: Path, trailguide: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 As in a nightly backup that knows nothing of the bot's settings."""
    (used / "trailguide.db").unlink()  # as if it had always been on a server
    monkeypatch.chdir(used.parent)
    before = set(used.iterdir())
    ran = trailguide("--home", used, *command)
    assert (ran.status, ran.out) == (1, "")
    assert "TRAILGUIDE_DATABASE_URL" in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert set(used.iterdir()) == before
    assert not list(used.parent.glob("*.zip"))


def test_m59_a_home_remembers_the_server_that_holds_its_data(
    used: Path, trailguide: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 A SQLite database that was there before is as wrong as an empty one."""
    monkeypatch.setenv("TRAILGUIDE_DATABASE_URL", new_postgres_database())
    (used / "audit.key").rename(used / "audit.key.before")
    assert trailguide("--home", used, "doctor").status == 1  # the anchor is the other log's
    monkeypatch.delenv("TRAILGUIDE_DATABASE_URL")
    ran = trailguide("--home", used, "backup", "--output", used.parent / "b.zip")
    assert (ran.status, (used.parent / "b.zip").exists()) == (1, False)
    assert "set TRAILGUIDE_DATABASE_URL here as it is for the bot" in ran.err
    (used / "database.server").unlink()
    (used / "audit.key.before").rename(used / "audit.key")
    assert trailguide("--home", used, "backup", "--output", used.parent / "b.zip").status == 0


def test_m59_a_bot_with_another_audit_key_does_not_start(
    used: Path, slack: FakeSlack, trailguide: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 Else each ask would be refused, and only the reps would know."""
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "a" * 32)
    monkeypatch.setenv("TRAILGUIDE_AUDIT_KEY", "ab" * 32)
    ran = trailguide("--home", used, "serve")
    assert (ran.status, ran.out) == (1, "")
    assert "begun with another audit.key" in ran.err
    assert [method for method, _ in slack.sent] == ["auth.test"]


def test_m59_the_doctor_reads_the_pacing_of_the_team(used: Path, trailguide: Command) -> None:
    assert part(trailguide("--home", used, "doctor", "--json"), "pacing")[0] == "good"
    (used / "pacing.toml").write_text("[gap\n")
    ran = trailguide("--home", used, "doctor", "--json")
    assert (ran.status, part(ran, "pacing")[0]) == (1, "broken")
    assert "pacing.toml" in part(ran, "pacing")[1]


def test_m59_the_doctor_asks_slack_whether_it_takes_the_tokens(
    used: Path, slack: FakeSlack, trailguide: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-test")
    slack._apps_connections_open = lambda _: {"url": "wss://slack.example"}  # type: ignore[attr-defined]

    def says() -> tuple[str, str]:
        return part(trailguide("--home", used, "doctor", "--json"), "Slack")

    assert says() == ("good", "takes the tokens, as @trailguide in Tidewell")
    refuse(slack, "apps.connections.open")
    assert says()[0] == "broken"
    assert "refuses SLACK_APP_TOKEN (invalid_auth)" in says()[1]
    refuse(slack, "auth.test")
    assert "refuses SLACK_BOT_TOKEN (invalid_auth)" in says()[1]
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")
    assert says()[0] == "broken"
    assert "cannot be reached (Connection refused)" in says()[1]
    assert trailguide("--home", used, "doctor", "--json").err == ""
    assert {method for method, _ in slack.sent} == {"auth.test", "apps.connections.open"}


def test_m59_a_workspace_among_many_has_no_token_of_its_own_to_look_for(tmp_path: Path) -> None:
    tools = build(Settings(home=tmp_path / "home", team="T0EAST"))
    try:
        (found,) = (f for f in examine(tools, lambda _: "asked") if f.part == "Slack")
    finally:
        tools.close()
    assert found.health is Health.GOOD
    assert "OAuth" in found.says


def test_m59_a_bot_without_a_line_to_slack_says_so_once_and_listens_when_it_has_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M59 As behind a firewall that lets https out, and no websockets."""
    monkeypatch.setattr(serve, "LINE_SECONDS", 0.0)
    monkeypatch.setattr(serve, "LOOK_SECONDS", 0.001)
    said: list[str] = []
    looks = iter([False, False, False, False, True])
    stop = threading.Event()
    assert serve.until_open(lambda: next(looks), lambda _, line: said.append(line), stop)
    assert said == ["no_line"]
    stop.set()
    assert not serve.until_open(lambda: False, lambda _, line: said.append(line), stop)
    assert said == ["no_line"]
    assert serve.until_open(lambda: True, lambda _, line: said.append(line), stop)


def test_m59_nobody_else_of_the_machine_may_read_a_home(used: Path) -> None:
    assert stat.S_IMODE(used.stat().st_mode) == 0o700


def test_m59_a_backup_is_restored_into_folders_that_are_not_there_yet(
    used: Path, tmp_path: Path, trailguide: Command
) -> None:
    """M59 A team's home on a new machine lies two folders below one that is."""
    file, home = tmp_path / "b.zip", tmp_path / "new" / "teams" / "T0EAST"
    assert trailguide("--home", used, "backup", "--output", file).status == 0
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(file.read_bytes()[:-200])
    assert trailguide("restore", damaged, "--home", home).status == 2
    assert not (tmp_path / "new").exists()
    assert trailguide("restore", file, "--home", home).status == 0
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert "Ada Quill" in trailguide("--home", home, "leads", "list", "--json").out
