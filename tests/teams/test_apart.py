"""Two teams in one process: nothing of one shows in the other, and each fence keeps it so."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import bot.team_settings
import bot.teams
from bot.installations import Installations
from bot.jobs import Jobs
from bot.listeners import reading
from bot.listeners.edge import Edge
from bot.settings import Settings
from bot.slack_client import Poster
from bot.team_tools import TeamTools
from bot.teams import Registry
from knowledge.errors import TrailguideError
from knowledge.teams import collection_prefix
from retrieval.chroma_server import drop_collections
from tests.slack.local import until
from tests.teams.crossing import MARKS, crossings, interleaved, prepare, two_teams
from tests.teams.houses import EAST, WEST, House

pytestmark = pytest.mark.embedded

ASKS = {"whole": 4, "cheap": 28, "quick": 468}
"""Five hundred, most of them of the kinds that take a moment."""
FEW = {"whole": 0, "cheap": 14, "quick": 8}


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's pace of a post a second is another test's matter."""
    monkeypatch.setattr(bot.teams, "Poster", partial(Poster, sleep=lambda _: None))


@pytest.fixture(scope="module")
def prepared(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("prepared")
    return prepare(place / "home", seeded, place)


def test_five_hundred_interleaved_asks_of_two_teams_never_cross(
    prepared: dict[str, Path], tmp_path: Path
) -> None:
    """M53 M58 Libraries alike, the same ids in Slack; each sees its own, and all are answered."""
    with two_teams(tmp_path / "home", prepared) as house:
        asked = interleaved(house, **ASKS)
        assert sum(ASKS.values()) == 500
        assert all(len(found) > 100 for found in asked.options.values())
        assert crossings(house, asked, on_disk=True) == []
        for team, office in house.offices.items():
            decided = [e for e in office.tools.audit.entries(office.tools.db)
                       if e.kind == "suggestion.approved"]  # fmt: skip
            assert decided
            assert {e.actor for e in decided} == {MARKS[team].person}


@pytest.mark.scale
@pytest.mark.timeout(3600)
def test_five_hundred_whole_asks_of_two_teams_never_cross(
    prepared: dict[str, Path], tmp_path: Path
) -> None:
    """The same with five hundred cards, each approved; a hundred in the short run."""
    whole = 100 if os.environ.get("TG_SCALE_SHORT") else 500
    with two_teams(tmp_path / "home", prepared) as house:
        assert crossings(house, interleaved(house, whole=whole, cheap=0, quick=0)) == []


# What keeps them apart: without it, the test above must fail


def one_database(patch: pytest.MonkeyPatch) -> None:
    shared = property(lambda s: f"sqlite:///{(s.house / 'teams' / EAST / 'trailguide.db')}")
    patch.setattr(Settings, "database", shared)


def one_folder(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bot.team_settings, "folder_of", lambda home, _: home / "teams" / EAST)


def one_edge(patch: pytest.MonkeyPatch) -> None:
    lend = Registry.lend
    patch.setattr(Registry, "lend", lambda self, _: lend(self, EAST))


def one_installation(patch: pytest.MonkeyPatch) -> None:
    find = Installations.find
    patch.setattr(Installations, "find", lambda self, _: find(self, EAST))


def one_token(patch: pytest.MonkeyPatch) -> None:
    make = bot.teams.make_client
    first: list[Any] = []

    def made(token: str, url: str | None) -> Any:
        first.append(token)
        return make(first[0], url)

    patch.setattr(bot.teams, "make_client", made)


def one_key(patch: pytest.MonkeyPatch) -> None:
    def incoming(*asked: Any) -> Any:
        event = reading.incoming(*asked)
        if event is not None:
            object.__setattr__(event, "key", event.key.replace(event.team, ""))
        return event

    patch.setattr(import_module("bot.listeners.recording"), "incoming", incoming)


def one_memory(patch: pytest.MonkeyPatch) -> None:
    """What is kept in memory of a library, shared as models are."""
    shared: list[Any] = []
    own = TeamTools.finder

    def finder(self: TeamTools) -> Any:
        if not shared:
            shared.append(own.func(self))  # type: ignore[attr-defined]
        return shared[0]

    patch.setattr(TeamTools, "finder", property(finder))


@pytest.mark.parametrize(
    "without",
    [one_database, one_folder, one_edge, one_installation, one_token, one_key, one_memory],
)
def test_without_any_one_fence_the_teams_cross(
    without: Callable[[pytest.MonkeyPatch], None],
    prepared: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each is taken away in turn, and the look whether anything crossed sees it."""
    without(monkeypatch)
    try:
        with two_teams(tmp_path / "home", prepared) as house:
            found = crossings(house, interleaved(house, **FEW))
    except (TrailguideError, ValueError) as noticed:  # two owners of one index, no answer at all
        found = [str(noticed)]
    assert found


def test_with_all_fences_the_same_few_asks_do_not_cross(
    prepared: dict[str, Path], tmp_path: Path
) -> None:
    with two_teams(tmp_path / "home", prepared) as house:
        assert crossings(house, interleaved(house, **FEW)) == []


@contextmanager
def jobs_over(house: House) -> Iterator[tuple[Jobs, Registry]]:
    """Real jobs, and a registry that hands work to them."""
    jobs = Jobs(house.tools.settings)
    house.registry.close()
    registry = Registry(
        house.tools, house.registry.installations, lambda team: partial(jobs.start, team=team)
    )
    try:
        jobs.launch(registry)
        yield jobs, registry
    finally:
        jobs.close(patience_seconds=2)
        registry.close()


KEYS = ("chore:test:2026-01-01T00", "chore:test:2026-01-01T01")


def handed_over(house: House, patience: float = 30) -> dict[str, int]:
    """Hand events of the same keys over for both teams; how many messages each team gets."""
    with jobs_over(house) as (_, registry):
        for key in KEYS:
            for team in MARKS:
                with registry.lend(team) as edge:
                    _asks_for_help(edge, key)
                    edge.start(key)

        def done() -> bool:
            for team in MARKS:
                with registry.lend(team) as edge:
                    if set(KEYS) & set(edge.tools.inbox.pending()):
                        return False
            return True

        until(done, "both teams' answers", patience)
    return {team: len(house.slacks.of[team].messages) for team in MARKS}


def _asks_for_help(edge: Edge, key: str) -> None:
    person = MARKS[edge.team].person
    edge.tools.inbox.record(
        key, "direct",
        {"key": key, "kind": "direct", "team": edge.team, "user": person,
         "channel": f"D{person[1:]}", "ts": "1771.1", "text": "help"},
        lane="the same",
    )  # fmt: skip


def test_jobs_of_the_same_key_are_each_teams_own(prepared: dict[str, Path], tmp_path: Path) -> None:
    """M58 Both are answered, once each, in lanes of their own."""
    with two_teams(tmp_path / "home", prepared) as house:
        assert handed_over(house) == {EAST: len(KEYS), WEST: len(KEYS)}


def test_without_the_team_in_its_name_a_job_is_lost(
    prepared: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless(_: str, key: str) -> str:
        return f"team.{EAST}.{key}"

    monkeypatch.setattr("bot.jobs.job_name", nameless)
    with two_teams(tmp_path / "home", prepared) as house, pytest.raises(AssertionError):
        handed_over(house, patience=3)


def test_collections_on_one_server_are_each_teams_own(
    prepared: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And without the team in their names, the teams find what is not theirs, or lose their own."""
    import chromadb

    server = chromadb.PersistentClient(str(tmp_path / "server"))
    monkeypatch.setattr("retrieval.chroma_server._server", lambda _: server)
    with two_teams(tmp_path / "home", prepared, chroma_url="http://localhost:1") as house:
        assert strangers(house) == []
        names = {c.name for c in server.list_collections()}
        assert {name.split("-")[1] for name in names} == set(MARKS)
        drop_collections("http://localhost:1", collection_prefix(EAST))
        left = {c.name for c in server.list_collections()}
        assert left == {name for name in names if name.split("-")[1] == WEST}
    monkeypatch.setattr("bot.bootstrap.collection_prefix", lambda _: "trailguide-")
    with two_teams(tmp_path / "other", prepared, chroma_url="http://localhost:1") as house:
        assert strangers(house)


def strangers(house: House) -> list[str]:
    """What each team's index gives or lacks: the chunks in it must be those of its own library."""
    found = []
    for _ in range(2):  # the second round sees what the first of the other team has done
        for team in MARKS:
            with house.registry.lend(team) as edge:
                tools = edge.tools
                tools.finder.search("gasket wear", 3)
                own = set(tools.library.vectors(tools.embedder.fingerprint)[0])
                ids = tools.vectors._collection.get(include=[])["ids"]
                held = {chunk for pair in ids for chunk in pair.split("+")}
                found += [f"{team}: {chunk}" for chunk in held ^ own]
    return found
