"""Vectors from SQL stand in while the index cannot be asked, and give way when it can be again."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from bot.bootstrap import build
from bot.flow.health import Health
from bot.flow.warming import warm
from bot.settings import Settings
from knowledge.errors import StorageFailed
from retrieval import chroma_address
from retrieval.chroma_server import ChromaServerIndex
from retrieval.standby import REST_SECONDS, Standby
from retrieval.vectors import ScanIndex, Vectors
from tests.conftest import UNCAPPED, Ran, SetClock
from tests.test_vectors import names, rows, server_and_process  # noqa: F401 - a fixture

MATRIX = rows(20)
QUESTION = "What does a maintenance backlog cost us in a year?"


class Away(ScanIndex):
    """An index that can be away."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.asked = 0

    def sync(self, revision: str, load: Callable[[], Vectors]) -> None:
        self._look()
        super().sync(revision, load)

    def query_many(self, vectors: Any, k: int) -> list[list[tuple[str, float]]]:
        self._look()
        return super().query_many(vectors, k)

    def _look(self) -> None:
        self.asked += 1
        if self.away:
            raise StorageFailed("The disk is full.")


def test_m60_an_ask_is_answered_from_sql_while_the_index_is_away() -> None:
    """M60 The same passages, at the revision of now; the index is tried again after a rest."""
    index, now = Away(), [0.0]
    standby = Standby(index, lambda: now[0])

    def ask(count: int) -> str:
        standby.sync(f"r{count}", lambda: (names(count), MATRIX[:count]))
        return standby.query_many(MATRIX[count - 1 : count], 1)[0][0][0]

    assert ask(10) == "c000009"
    index.away = True
    with capture_logs() as lines:
        assert ask(11) == "c000010"
        asked = index.asked
        assert ask(12) == "c000011"
    assert index.asked == asked, "it rests"
    assert [line["event"] for line in lines] == ["index_away"]
    now[0] += REST_SECONDS
    index.away = False
    assert ask(13) == "c000012"
    assert index.count() == 13


def test_m60_the_vectors_of_sql_are_given_back_once_the_index_answers() -> None:
    """M60 A large library's would stay in memory for good after one failure."""
    index, now = Away(), [0.0]
    standby = Standby(index, lambda: now[0])
    index.away = True
    standby.sync("r1", lambda: (names(20), MATRIX))
    assert standby.query_many(MATRIX[4:5], 1)[0][0][0] == "c000004"
    assert standby._spare.count() == 20
    now[0] += REST_SECONDS
    index.away = False
    standby.sync("r1", lambda: (names(20), MATRIX))
    assert standby._spare.count() == 20, "it has not answered yet"
    assert standby.query_many(MATRIX[4:5], 1)[0][0][0] == "c000004"
    assert standby._spare.count() == 0
    index.away = True
    assert standby.query_many(MATRIX[5:6], 1)[0][0][0] == "c000005", "and read again when needed"


def test_an_ask_that_scans_while_the_vectors_are_given_back_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between reading them and scanning them, the index answers another thread."""
    index, now = Away(), [0.0]
    standby, held = Standby(index, lambda: now[0]), (names(20), MATRIX)
    index.sync("r1", lambda: held)
    index.away = True
    standby.sync("r1", lambda: held)
    spare = standby._spare
    brought_up = spare.sync

    def and_another_asks(revision: str, load: Callable[[], Vectors]) -> None:
        brought_up(revision, load)
        index.away, now[0] = False, now[0] + REST_SECONDS
        assert standby.query_many(MATRIX[:1], 1)[0][0][0] == "c000000"

    monkeypatch.setattr(spare, "sync", and_another_asks)
    assert standby.query_many(MATRIX[4:5], 1)[0][0][0] == "c000004"
    assert standby._spare.count() == 0


def test_an_index_that_breaks_between_bringing_it_up_and_asking_is_stood_in_for() -> None:
    index = Away()
    standby = Standby(index, lambda: 0.0)
    standby.sync("r1", lambda: (names(20), MATRIX))
    index.away = True
    assert standby.query_many(np.asarray(MATRIX[4:5]), 1)[0][0][0] == "c000004"


def test_m60_a_server_that_hangs_is_left_alone_and_used_again(
    server_and_process: tuple[str, subprocess.Popen[bytes]],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M60 It takes the call and never answers: the ask is answered from SQL all the same."""
    monkeypatch.setattr(chroma_address, "ANSWER_SECONDS", 0.5)
    url, process = server_and_process
    index, now = ChromaServerIndex(url, "hanging"), [0.0]
    standby = Standby(index, lambda: now[0])
    held = (names(20), MATRIX)
    standby.sync("r1", lambda: held)
    process.send_signal(signal.SIGSTOP)
    try:
        assert standby.query_many(MATRIX[4:5], 1)[0][0][0] == "c000004"
        standby.sync("r2", lambda: held)
    finally:
        process.send_signal(signal.SIGCONT)
    assert index._revision != "r2"
    now[0] += 1000
    standby.sync("r2", lambda: held)
    assert index._revision == "r2"
    assert standby.query_many(MATRIX[5:6], 1)[0][0][0] == "c000005"
    index.close()


@pytest.fixture(params=["refuses", "hangs"])
def away(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server that is not there, or takes a call and never answers."""
    monkeypatch.setattr(chroma_address, "ANSWER_SECONDS", 0.3)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        if request.param == "hangs":
            held.listen()
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def test_m60_a_bot_starts_and_answers_though_the_server_is_away(
    away: str, home: Path, clock: SetClock
) -> None:
    """M60 As after a restart of the machine: the first ask brings the index up, or the scan."""
    embedded = build(Settings(home=home, **UNCAPPED), clock)
    told = [c.asset.id for c in embedded.finder.search(QUESTION, 5)]
    embedded.close()
    tools = build(Settings(home=home, chroma_url=away, **UNCAPPED), clock, must_own_index=True)
    with capture_logs() as lines:
        warm(tools)
    assert [c.asset.id for c in tools.finder.search(QUESTION, 5)] == told
    tools.close()
    assert {line["event"] for line in lines} == {"index_away", "index_not_proved"}


def test_the_doctor_says_that_the_server_is_away_whatever_the_library_holds(
    away: str, home: Path, trailguide: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAILGUIDE_CHROMA_URL", away)
    for folder in (home, home.parent / "empty"):
        ran = trailguide("--home", folder, "doctor", "--json")
        (found,) = (f for f in ran.json if f["part"] == "index")
        assert found["health"] == Health.BROKEN
        assert "cannot be reached" in found["says"]


def test_a_server_that_was_away_at_the_start_is_used_when_it_is_back(
    server_and_process: tuple[str, subprocess.Popen[bytes]],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chroma_address, "ANSWER_SECONDS", 0.5)
    url, process = server_and_process
    held, now = (names(20), MATRIX), [0.0]
    process.send_signal(signal.SIGSTOP)
    try:
        index = ChromaServerIndex(url, "late")
        standby = Standby(index, lambda: now[0])
        standby.sync("r1", lambda: held)
        assert standby.query_many(MATRIX[4:5], 1)[0][0][0] == "c000004"
    finally:
        process.send_signal(signal.SIGCONT)
    now[0] += 1000
    standby.sync("r1", lambda: held)
    assert standby.query_many(MATRIX[5:6], 1)[0][0][0] == "c000005"
    assert index.count() == 20
    index.close()
