"""Secrets stand in nothing that is printed, logged, raised or handed to a child as an argument."""

from __future__ import annotations

import json
import logging
import subprocess
import traceback
import typing
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from bot.bootstrap import build
from bot.settings import Settings, load_settings
from knowledge.errors import TrailguideError
from storage import backup_copy
from storage.database import open_database
from tests.conftest import Ran

Run = Callable[..., Ran]
MARK = "sw0rdfish"
"""Stands in every secret but the one that is of hexadecimal digits."""
DIGITS = "5ec4e75ec4e7"


def secret_settings() -> list[str]:
    """Every setting whose type says that it is a secret."""
    return [
        name
        for name, field in Settings.model_fields.items()
        if SecretStr in _types(field.annotation)
    ]


def _types(annotation: object) -> set[object]:
    return {annotation}.union(*map(_types, typing.get_args(annotation)))


def variable(name: str) -> str:
    return name.upper() if name.startswith("slack_") else f"TRAILGUIDE_{name.upper()}"


def a_secret(name: str) -> str:
    """One that is taken; keys that encrypt have a form of their own."""
    forms = {"token_keys": f"{MARK}{'A' * 34}=", "audit_key": (DIGITS * 6)[:64]}
    return forms.get(name, f"{MARK}-{name}-0123456789")


def shown(told: str) -> str:
    """What stands around a secret in a text; empty when there is none."""
    at = max(told.find(MARK), told.find(DIGITS))
    return "" if at < 0 else told[max(0, at - 200) :][:300]


@pytest.fixture
def secrets_set(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names = secret_settings()
    for name in names:
        monkeypatch.setenv(variable(name), a_secret(name))
    monkeypatch.setenv("OPENAI_API_KEY", f"{MARK}-openai")
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")
    return names


def test_every_setting_that_is_a_secret_by_name_is_one_by_type() -> None:
    """A new token that is plain text would be printed by the first `repr`."""
    words = ("token", "secret", "password", "key")
    told = {n for n in Settings.model_fields if any(w in n.split("_")[-1] for w in words)}
    told |= {"signal_secrets", "crm_refresh_token"}
    assert told <= set(secret_settings())


HOSTS = {
    "postgresql": f"postgresql://trail:{MARK}@127.0.0.1:1/trailguide?connect_timeout=1",
    "no database": f"postgresql://trail:{MARK}@127.0.0.1:notaport/trailguide",
    "another kind": f"mysql://trail:{MARK}@127.0.0.1/trailguide",
}


HUBSPOT = {"TRAILGUIDE_CRM": "hubspot", "TRAILGUIDE_CRM_URL": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    ("more", "command"),
    [
        ({}, ("doctor",)),
        ({}, ("serve",)),
        (HUBSPOT, ("crm", "pull")),
        (HUBSPOT, ("doctor",)),
        ({"TRAILGUIDE_CRM": "salesforce", "TRAILGUIDE_CRM_URL": "http://127.0.0.1:1",
          "TRAILGUIDE_CRM_CLIENT_ID": "x"}, ("crm", "pull")),
        ({"TRAILGUIDE_CHROMA_URL": f"http://u:{MARK}@127.0.0.1:1"}, ("search", "stops")),
        ({"TRAILGUIDE_CHROMA_URL": f"http://u:{MARK}@127.0.0.1:1"}, ("doctor",)),
        ({"TRAILGUIDE_DATABASE_URL": HOSTS["postgresql"]}, ("doctor",)),
        ({"TRAILGUIDE_DATABASE_URL": HOSTS["postgresql"]}, ("leads", "list", "--json")),
        ({"TRAILGUIDE_DATABASE_URL": HOSTS["no database"]}, ("leads", "list")),
        ({"TRAILGUIDE_DATABASE_URL": HOSTS["another kind"]}, ("leads", "list")),
        ({"TRAILGUIDE_SIGNAL_SECRETS": f"{MARK}"}, ("leads", "list")),
        ({"TRAILGUIDE_PORT": "none"}, ("leads", "list")),
        ({"TRAILGUIDE_ROLE_GROUPS": "x"}, ("leads", "list")),
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_secret_stands_in_anything_that_is_printed_or_logged(
    more: dict[str, str], command: tuple[str, ...], *, secrets_set: list[str], trailguide: Run,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """M59 Whatever fails: one sentence, and neither it nor the log quotes a secret."""
    for name, value in more.items():
        monkeypatch.setenv(name, value)
    home = tmp_path / "home"
    with caplog.at_level(logging.DEBUG):
        ran = trailguide("--home", home, *command)
    logs = "".join(f.read_text() for f in home.rglob("*.log") if f.is_file())
    told = ran.out + ran.err + caplog.text + logs
    assert not shown(told)
    assert "Traceback" not in told


def test_no_secret_stands_in_an_exception_or_its_traceback(secrets_set: list[str]) -> None:
    settings = load_settings()
    told = repr(settings) + str(settings) + json.dumps(settings.model_dump(), default=str)
    assert not shown(told)
    elsewhere = settings.model_copy(update={"database_url": HOSTS["postgresql"]})
    with pytest.raises(TrailguideError) as failed:
        build(elsewhere).leads.names()
    whole = "".join(traceback.format_exception(failed.value))
    assert not shown(whole)
    assert MARK not in repr(open_database(HOSTS["postgresql"]).engine)


def test_no_secret_stands_among_the_arguments_of_a_child(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Anybody on the machine sees them: PostgreSQL's password goes by the environment."""
    started: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        started.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(backup_copy.subprocess, "run", run)
    backup_copy._run("pg_dump", make_url(HOSTS["postgresql"]), "--file=x")
    assert started
    assert MARK not in " ".join(started[0])
