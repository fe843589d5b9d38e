"""Shared fixtures: the command line in this process, a seeded home, a set clock, closed sockets."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from filelock import FileLock

from bot.bootstrap import Wired, build
from bot.flow.coverage import coverage
from bot.sample import seed_sample
from bot.settings import FOR_TESTS, Settings
from retrieval.embeddings import load_embedder
from retrieval.onnx_model import default_cache
from retrieval.packaged_models import PackagedModels
from tests import fresh_databases, on_servers, shared_models

if on_servers.wanted():
    on_servers.install()
shared_models.install()
fresh_databases.install()

ROOM = Path(__file__).parent.parent
UNCAPPED: dict[str, Any] = {"asks_per_minute": 0, "team_asks_per_minute": 0}
"""Most tests' clocks stand still: whatever is asked in one falls into the same minute."""


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class SetClock:
    """A clock that stands where a test puts it."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@pytest.fixture(autouse=True)
def no_strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may reach beyond this machine, a paid model least of all."""
    connect = socket.socket.connect

    def only_loopback(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            host = "127.0.0.1" if address[0] == "localhost" else address[0]
            if not ipaddress.ip_address(host).is_loopback:
                raise AssertionError(f"A test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_loopback)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of the person who runs the tests must not leak in."""
    for name in list(os.environ):
        if name.startswith(("TRAILGUIDE_", "SLACK_")) and name not in FOR_TESTS:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    structlog.reset_defaults()  # a command that ran in this process sends its lines elsewhere


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """In a run on servers, tests of the embedded parts stay with them, their fixtures too."""
    on_servers.choose(embedded=item.get_closest_marker("embedded") is not None)
    shared_models.choose(shared=item.get_closest_marker("own_models") is None)


@pytest.fixture(autouse=True)
def servers_tidied(tmp_path: Path) -> Iterator[None]:
    """What a test's own homes have on the servers goes with the test."""
    yield
    if on_servers.wanted():
        on_servers.drop_under(tmp_path)


@pytest.fixture(scope="session")
def models() -> PackagedModels:
    """The packaged sentence models, loaded once."""
    return PackagedModels(load_embedder(None, default_cache()))


@pytest.fixture(scope="session")
def chat_client() -> None:
    """LangChain and a client of it, loaded: that takes seconds, and deadlines here are short."""
    from tests.chat_replies import REQUEST, reply, writer_for
    from tests.chat_server import chat_server, says

    with chat_server(says(reply())) as server:
        writer_for(server, 60.0).write(REQUEST)


@pytest.fixture
def clock() -> SetClock:
    """Today, standing still: the sample histories count their days from today."""
    return SetClock(datetime.now(UTC))


@pytest.fixture
def trailguide(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run one command line in this process."""
    from bot.cli import app

    def run(*arguments: object) -> Ran:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            app([str(a) for a in arguments])
        printed = capfd.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--reuse-home`: take the seeded home of an earlier run, for quick rounds while working."""
    parser.addoption(
        "--reuse-home", action="store_true", help="reuse an earlier run's seeded home of this day"
    )


def _shared_folder(config: pytest.Config, factory: pytest.TempPathFactory) -> Path:
    """Where all workers of a run meet; kept for the day when a home is to be used again.

    What the schema and the sample were made of is in its name: another schema needs another home.
    """
    if config.getoption("--reuse-home") and config.cache is not None:
        made_of = hashlib.sha256(str(datetime.now(UTC).date()).encode())
        for place in ("knowledge/sample", "storage/migrations/versions", "retrieval/embeddings.py"):
            for file in (ROOM / place, *sorted((ROOM / place).rglob("*.*"))):
                if file.is_file() and file.suffix != ".pyc":
                    made_of.update(file.read_bytes())
        return config.cache.mkdir(f"home-{made_of.hexdigest()[:12]}")
    mine = factory.getbasetemp()
    return mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """A home with the sample library and leads; read only, copy it to change it.

    Made once for all workers of a run: it takes half a minute.
    """
    run = _shared_folder(pytestconfig, tmp_path_factory)
    home, ready, read = run / "seeded", run / "seeded.ready", run / "seeded.read"
    with FileLock(run / "seeded.lock"):
        if not ready.exists():
            now = on_servers.wanted()
            on_servers.choose(embedded=True)
            _seed(home)
            on_servers.choose(embedded=False)
            if on_servers.wanted():
                on_servers.put_aside(home, on_servers.EMBEDDED)
                _seed(home)
                on_servers.keep_as_template(home)
                on_servers.put_back(home, on_servers.EMBEDDED)
            on_servers.choose(embedded=not now)
            shared_models.keep(read)
            ready.touch()
    if read.exists():
        shared_models.recall(read)
    return home


def _seed(home: Path) -> None:
    tools = build(Settings(home=home))
    seed_sample(tools)
    tools.finder.search("warm the index", 1)
    coverage(tools)  # reads once what each piece answers
    tools.close()


@pytest.fixture
def home(seeded: Path, tmp_path: Path) -> Path:
    """A home of one's own with the sample library and leads."""
    own = tmp_path / "home"
    shutil.copytree(seeded, own)
    return own


@pytest.fixture
def tools(home: Path, clock: SetClock) -> Iterator[Wired]:
    """Everything wired over a seeded home, with a set clock."""
    wired = build(Settings(home=home, **UNCAPPED), clock)
    yield wired
    wired.close()


@pytest.fixture
def dev_data() -> Path:
    """Real libraries to measure with; see benchmarks/README.md."""
    place = os.environ.get("TRAILGUIDE_DEV_DATA")
    if not place or not Path(place).is_dir():
        pytest.skip(
            "TRAILGUIDE_DEV_DATA is not set: the real libraries are not part of the project"
        )
    return Path(place)
