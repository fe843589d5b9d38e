"""A simulated quarter of moderate size, made once: name this in `pytest_plugins`."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.bootstrap import build
from bot.flow.simulate import Size, simulate_quarter
from bot.settings import Settings
from tests.conftest import SetClock

LAST = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 18, 30, tzinfo=UTC)
SIZE = Size(reps=8, leads=150, touches=1500)


@pytest.fixture(scope="session")
def bare_home(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample library and no lead; copy it to change it."""
    home = tmp_path_factory.mktemp("bare") / "home"
    shutil.copytree(seeded, home)
    tools = build(Settings(home=home), SetClock(NOW))
    for lead_id, *_ in tools.leads.names():
        tools.leads.erase(lead_id, "test")
    tools.close()
    return home


@pytest.fixture(scope="session")
def quarter_home(bare_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a whole quarter in it; read only, copy it to change it."""
    home = tmp_path_factory.mktemp("quarter") / "home"
    shutil.copytree(bare_home, home)
    tools = build(Settings(home=home), SetClock(NOW))
    simulate_quarter(SIZE, 7, tools, LAST)
    tools.close()
    return home
