"""Each CRM with a desk over an empty home: name this module in `pytest_plugins`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.bootstrap import Wired, build
from bot.flow.crm_desk import Desk
from bot.settings import Settings
from tests.conftest import SetClock
from tests.crm.server import FakePace, make_certificate
from tests.crm.worlds import World, adapter, world_of, writing

CRMS = ("csv", "hubspot", "salesforce")
OVER_HTTP = ("hubspot", "salesforce")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def pace() -> FakePace:
    return FakePace()


@pytest.fixture(params=CRMS)
def crm_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def world(
    crm_name: str,
    tmp_path: Path,
    certificate: Path,
    pace: FakePace,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    """One CRM; over TLS it is trusted by the variable that its client's library reads."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with world_of(crm_name, tmp_path, certificate, pace) as world:
        yield world


@pytest.fixture
def desk(world: World, tmp_path: Path, pace: FakePace, clock: SetClock) -> Iterator[Desk]:
    """Trailguide over an empty home, with everything written back that may be."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "crm.toml").write_text(writing(world.name))
    tools = build(Settings(home=home, crm=world.name, **world.settings()), clock)
    tools.__dict__["crm"] = adapter(world, home, pace)
    yield Desk(tools, tools.__dict__["crm"])
    tools.close()


def tools_of(desk: Desk) -> Wired:
    assert isinstance(desk.tools, Wired)
    return desk.tools
