"""Settings: their order, their names, and that each is documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.root import leave_a_closed_folder
from bot.settings import Settings, load_settings
from knowledge.errors import BadInput
from tests.unprivileged import said_by_nobody

ROOT = Path(__file__).resolve().parents[1]


def test_flag_beats_environment_beats_dotenv_beats_file_beats_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert load_settings(home).port == 3000
    (home / "trailguide.toml").write_text("port = 4001\ntime_zone = 'Europe/Berlin'\n")
    assert load_settings(home).port == 4001
    Path(".env").write_text("TRAILGUIDE_PORT=4002\nTRAILGUIDE_HOME=elsewhere\n")
    assert load_settings(home).port == 4002
    monkeypatch.setenv("TRAILGUIDE_PORT", "4003")
    settings = load_settings(home)
    assert (settings.port, settings.time_zone, settings.home) == (4003, "Europe/Berlin", home)
    assert load_settings().home == Path("elsewhere")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TRAILGUIDE_TIME_ZONE", "Mars/Olympus", "TRAILGUIDE_TIME_ZONE"),
        ("TRAILGUIDE_PORT", "many", "TRAILGUIDE_PORT"),
        ("TRAILGUIDE_CHAT_MODEL", "gpt", "provider:model"),
        ("TRAILGUIDE_NO_SUCH", "1", "TRAILGUIDE_NO_SUCH"),
    ],
)
def test_a_wrong_setting_is_named(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match=says):
        load_settings()


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "trailguide.toml").write_text("prot = 1\n")
    with pytest.raises(BadInput, match="prot"):
        load_settings(tmp_path)


def test_settings_are_frozen_and_secrets_do_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-very-secret")
    settings = load_settings()
    assert "very-secret" not in repr(settings)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    for name, field in Settings.model_fields.items():
        shown = name.upper() if field.validation_alias else f"TRAILGUIDE_{name.upper()}"
        assert f"`{shown}`" in page, f"{shown} is not in docs/settings.md"


def _in_a_closed_folder(folder: Path, home: Path) -> str:
    """The port and the working folder of a command that begins in a folder closed to its user."""

    def read() -> str:
        leave_a_closed_folder(home)
        return f"{load_settings(home).port} in {Path.cwd()}"

    folder.chmod(0)
    try:
        return said_by_nobody(read)
    finally:
        folder.chmod(0o700)


def test_m59_a_command_runs_in_the_bots_name_from_a_folder_that_the_bot_may_not_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 As root does at home: there is a `.env` there, and it is none of the bot's."""
    folder = tmp_path / "of root"
    folder.mkdir(mode=0o700)
    (folder / ".env").write_text("TRAILGUIDE_PORT=4002\n")
    monkeypatch.chdir(folder)
    assert _in_a_closed_folder(folder, Path("/")) == "3000 in /"
    assert "cannot be read: Permission denied" in _in_a_closed_folder(folder, Path("var"))
