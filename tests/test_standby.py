"""Vectors from SQL stand in while the index cannot be asked, and give way when it can be again."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from knowledge.errors import StorageFailed
from retrieval import chroma_index
from retrieval.chroma_index import ChromaServerIndex
from retrieval.standby import REST_SECONDS, Standby
from retrieval.vectors import ScanIndex, Vectors
from tests.test_vectors import names, rows, server_and_process  # noqa: F401 - a fixture

MATRIX = rows(20)


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
    monkeypatch.setattr(chroma_index, "ANSWER_SECONDS", 0.5)
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
