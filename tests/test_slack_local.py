"""`make slack` keeps to its own folder, whatever the person who tries it out has set."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot import local_slack
from bot.local_slack import LocalSlack
from bot.settings import Settings, load_settings

REAL = {
    "TRAILGUIDE_DATABASE_URL": "postgresql://someone@db.example/real",
    "TRAILGUIDE_CHROMA_URL": "http://chroma.example:8000",
}


@pytest.fixture(params=["environment", ".env"])
def real_services(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if request.param == ".env":
        lines = "\n".join(f"{name}={value}" for name, value in REAL.items())
        (tmp_path / ".env").write_text(lines)  # tests run in this folder
        return
    for name, value in REAL.items():
        monkeypatch.setenv(name, value)


@pytest.mark.embedded  # what is made for trying out always is
@pytest.mark.usefixtures("real_services")
def test_the_sample_is_never_put_into_a_real_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    used: list[Settings] = []

    class Built:
        def close(self) -> None: ...

    def build(settings: Settings) -> Built:
        used.append(settings)
        return Built()

    monkeypatch.setattr("bot.bootstrap.build", build)
    monkeypatch.setattr("bot.sample.seed_sample", lambda _: None)
    monkeypatch.setattr("bot.sample.seed_card", lambda *_: None)
    local_slack._seed(tmp_path / "home")
    assert used[0].database == f"sqlite:///{tmp_path / 'home' / 'trailguide.db'}"
    assert not used[0].chroma_url


@pytest.mark.embedded
@pytest.mark.usefixtures("real_services")
def test_the_bot_beside_a_local_slack_uses_its_own_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given: dict[str, str] = {}

    class Process:
        def __init__(self, *_: Any, env: dict[str, str], **__: Any) -> None:
            given.update(env)

        def wait(self) -> int:
            return 0

        poll = wait

    monkeypatch.setattr(subprocess, "Popen", Process)
    local_slack._run_bot(LocalSlack("http://localhost:1", Process(env={})), tmp_path)  # type: ignore[arg-type]
    for name in REAL:
        monkeypatch.setenv(name, given[name])
    settings = load_settings(tmp_path)
    assert settings.database == f"sqlite:///{tmp_path / 'trailguide.db'}"
    assert not settings.chroma_url
