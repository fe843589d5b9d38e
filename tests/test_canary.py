"""The canary: an index that was deleted, cut or overwritten gives right answers again by itself."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from bot.bootstrap import Wired, build
from bot.flow import canary
from bot.flow.health import Health
from bot.flow.warming import warm
from bot.listeners import answering, chores
from bot.listeners.edge import Edge
from bot.settings import Settings
from knowledge.errors import StorageFailed
from retrieval.chroma_index import ChromaIndex
from retrieval.chroma_server import ChromaServerIndex
from tests.conftest import UNCAPPED, Ran, SetClock
from tests.test_vectors import (  # noqa: F401 - fixtures
    names,
    rows,
    server,
    server_and_process,
    store_of,
)

pytest_plugins = ["tests.slack.job_fixtures"]

MANY = 1100
"""Past Chroma's write-ahead batch, so that there are vector files."""
MATRIX = rows(MANY)
BYTES = 4096
PLACES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99)
FILES = (
    "chroma.sqlite3", "data_level0.bin", "header.bin", "index_metadata.pickle", "length.bin",
    "link_lists.bin", "*.json",
)  # fmt: skip
KINDS = ("deleted", "cut", "zeros", "noise", "ones")
TIMES = int(os.environ.get("FAULTS_TIMES", "25"))
QUICK = [
    ("data_level0.bin", "noise", 0.5), ("link_lists.bin", "zeros", 0.1), ("header.bin", "ones", 0.5)
]  # fmt: skip
"""Each of these ended the process by a memory fault before the files were sealed."""


def often(*at: object) -> tuple[Any, ...]:
    """Whether a case is in the usual suite, or among the long ones."""
    return () if at in QUICK else (pytest.mark.faults,)


EVERY = [
    pytest.param(file, kind, place, marks=often(file, kind, place))
    for file in FILES for kind in KINDS for place in (PLACES if kind != "deleted" else (0.0,))
    if TIMES >= 25 or place in {0.0, 0.5}
]  # fmt: skip
QUESTION = "What does a maintenance backlog cost us in a year?"


def damage(folder: Path, pattern: str, kind: str, place: float) -> None:
    """Delete one file, cut it, or overwrite bytes at a place in it."""
    (path,) = folder.rglob(pattern)
    held = bytearray(path.read_bytes())
    at = int(place * len(held))
    length = min(len(held) - at, BYTES)
    if kind == "deleted":
        path.unlink()
    elif kind == "cut":
        path.write_bytes(held[:at])
    else:
        noise = random.Random(f"{pattern} {place}").randbytes(length)
        held[at : at + length] = {"zeros": bytes(length), "ones": b"\xff" * length}.get(kind, noise)
        path.write_bytes(held)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("canary") / "chroma"
    index = ChromaIndex(folder, "kept")
    index.sync("r1", lambda: (names(MANY), MATRIX))
    index.close()
    return folder


@pytest.mark.embedded
@pytest.mark.parametrize(("file", "kind", "place"), EVERY)
def test_m60_damage_in_any_file_at_any_place_ends_in_right_answers(
    file: str, kind: str, place: float, built: Path, tmp_path: Path
) -> None:
    """M60 Found before Chroma opens it, for some of it would end the process."""
    folder = tmp_path / "chroma"
    shutil.copytree(built, folder)
    damage(folder, file, kind, place)
    index = ChromaIndex(folder, "kept")
    index.sync("r1", lambda: (names(MANY), MATRIX))
    every = range(MANY)
    assert index.knows((names(MANY), MATRIX), every)
    assert [hits[0][0] for hits in index.query_many(MATRIX[::50], 1)] == names(MANY)[::50]
    index.close()
    again = ChromaIndex(folder, "kept")
    again.sync("r1", never)
    again.close()
    assert len([p for p in folder.iterdir() if p.is_dir()]) == 1


def never() -> Any:
    raise AssertionError("built once more though nothing was changed")


@pytest.mark.embedded
def test_an_index_that_nobody_touched_is_not_built_again(built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "chroma"
    shutil.copytree(built, folder)
    for _ in range(3):
        index = ChromaIndex(folder, "kept")
        index.sync("r1", never)
        assert not index.broken()
        index.close()


def swapped(index: Any) -> None:
    """Two ids with each other's vectors: the count is right, the files are whole."""
    index._collection.update(ids=["c000003", "c000700"], embeddings=MATRIX[[700, 3]])


def one_gone(index: Any) -> None:
    index._collection.delete(ids=["c000003"])


def a_stranger(index: Any) -> None:
    index._collection.upsert(ids=["x"], embeddings=MATRIX[:1])


@pytest.mark.parametrize("wrong", [swapped, one_gone, a_stranger])
def test_a_wrong_answer_is_known_though_the_files_are_whole(
    wrong: Callable[[Any], None], built: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "chroma"
    shutil.copytree(built, folder)
    index = ChromaIndex(folder, "kept")
    held = (names(MANY), MATRIX)
    index.sync("r1", lambda: held)
    assert index.knows(held, range(MANY))
    wrong(index)
    index._write_pointer(json.loads(index._pointer.read_text()))
    assert not index.knows(held, range(MANY))
    index.renew()
    assert index.knows(held, range(MANY))
    index.close()


def test_equal_vectors_under_other_ids_are_no_wrong_answer(tmp_path: Path) -> None:
    index = ChromaIndex(tmp_path / "chroma", "kept")
    held = (names(40), np.repeat(rows(4), 10, axis=0))
    index.sync("r1", lambda: held)
    assert index.knows(held, range(40))
    index.close()


def emptied(index: Any) -> None:
    index._collection.delete(ids=names(MANY))


def dropped(index: Any) -> None:
    index._client.delete_collection(index._collection.name)


def test_a_collection_of_a_server_is_proved_and_built_anew(server: str) -> None:  # noqa: F811
    held = (names(MANY), MATRIX)
    index = ChromaServerIndex(server, "shared")
    index.sync("r1", lambda: held)
    for wrong in (swapped, one_gone, emptied, dropped):
        assert index.knows(held, range(MANY))
        wrong(index)
        assert not index.knows(held, range(MANY)), wrong.__name__
        index.renew()
    assert index.knows(held, range(MANY))
    assert len(index._client.list_collections()) == 1
    index.close()


def test_m60_what_another_bot_built_is_found_and_not_built_once_more(server: str) -> None:  # noqa: F811
    """M60 The collection that a bot holds may be gone, and another as good be there."""
    held, later = (names(MANY), MATRIX), (names(40), MATRIX[:40])
    first, second = ChromaServerIndex(server, "shared"), ChromaServerIndex(server, "shared")
    first.sync("r1", lambda: held)
    second.sync("r1", never)
    first.renew()
    (built,) = first._client.list_collections()
    assert second.knows(held, range(MANY))
    second.sync("r1", never)
    assert [c.name for c in first._client.list_collections()] == [built.name]
    first.renew()
    first.sync("r2", lambda: later)
    second.sync("r2", never)
    assert second.knows(later, range(40))
    for index in (first, second):
        index.close()


def test_a_collection_known_as_wrong_is_not_taken_up_again_when_none_can_be_built(
    server: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = (names(MANY), MATRIX)
    index = ChromaServerIndex(server, "shared")
    index.sync("r1", lambda: held)
    swapped(index)
    assert not index.knows(held, range(MANY))
    with monkeypatch.context() as full:
        full.setattr("retrieval.chroma_sync._add", full_disk)
        with pytest.raises(StorageFailed, match="cannot be written"):
            index.renew()
    index.sync("r1", lambda: held)
    assert index.knows(held, range(MANY))
    index.close()


def full_disk(*_: object) -> None:
    raise OSError(28, "No space left on device")


def answers(tools: Wired) -> list[tuple[str, float]]:
    return [(c.asset.id, c.score) for c in tools.finder.search(QUESTION, 5)]


def whole_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def noise_in_every_file(folder: Path) -> None:
    for path in list(store_of(folder).rglob("*")):
        if path.is_file():
            damage(folder, path.name, "noise", 0.4)


DAMAGE = [whole_folder, noise_in_every_file]


@pytest.mark.embedded
@pytest.mark.parametrize("harm", DAMAGE)
def test_m60_damage_under_a_running_bot_is_found_by_the_hourly_canary(
    harm: Callable[[Path], None], edge: Edge, clock: SetClock
) -> None:
    """M60 The same answers before and after, one line in the log, and nobody asked for it."""
    tools: Any = edge.tools
    warm(tools)
    told = answers(tools)
    assert logged(edge) == [], "nothing is wrong yet"
    harm(tools.settings.home / "chroma")
    assert logged(edge) == [], "once an hour"
    clock.at += timedelta(hours=1)
    assert logged(edge) == ["index_rebuilt"]
    assert answers(tools) == told
    assert tools.finder.prove(10_000)
    clock.at += timedelta(hours=1)
    assert logged(edge) == [], "mended"


def logged(edge: Edge) -> list[str]:
    """Do the chores that are due; the lines about the index."""
    chores.record_due(edge)
    with capture_logs() as lines:
        for key in edge.tools.inbox.pending():
            if key.startswith("chore:index:"):
                assert answering.plan(key, edge) == []
            answering.close(key, edge)
    return [str(line["event"]) for line in lines if str(line["event"]).startswith("index_")]


@pytest.mark.embedded
@pytest.mark.parametrize("harm", DAMAGE)
def test_m60_damage_while_the_bot_is_down_is_told_at_its_start_and_by_the_doctor(
    harm: Callable[[Path], None],
    home: Path,
    clock: SetClock,
    trailguide: Callable[..., Ran],
) -> None:
    """M60 The doctor says it too, where it is the first to look."""
    settings = Settings(home=home, **UNCAPPED)
    tools = build(settings, clock)
    told = answers(tools)
    tools.close()
    kept = home.parent / "kept"
    shutil.copytree(home, kept)
    for folder in (home, kept):
        harm(folder / "chroma")
    started = build(settings, clock, must_own_index=True)
    with capture_logs() as lines:
        warm(started)
    assert answers(started) == told
    started.close()
    seen = [line for line in lines if line["event"] == "index_rebuilt"]
    assert len(seen) == (harm is not whole_folder), "a folder that is gone is one that never was"
    (found,) = (f for f in trailguide("--home", kept, "doctor", "--json").json
                if f["part"] == "index")  # fmt: skip
    if harm is not whole_folder:
        assert found["health"] == Health.WARNING
        assert "built anew from the vectors in SQL" in found["says"]
    else:
        assert found["health"] == Health.GOOD


def test_a_server_that_is_away_is_said_in_the_log_and_ends_nothing(
    tools: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_questions: int) -> bool:
        raise StorageFailed("The Chroma server cannot be reached; start it.")

    monkeypatch.setattr(tools.finder, "prove", away)
    with capture_logs() as lines:
        canary.prove_hourly(tools)
    assert [line["event"] for line in lines] == ["index_not_proved"]


def test_the_doctor_says_that_wrong_answers_were_found_and_nothing_but_json(
    home: Path, trailguide: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line of the log goes to stderr; stdout is the answer's."""
    monkeypatch.setattr("retrieval.chroma_sync._is_right", lambda *_: False)
    ran = trailguide("--home", home, "doctor", "--json")
    (found,) = (f for f in ran.json if f["part"] == "index")
    assert found["says"].startswith("it did not find passages that SQL holds")
