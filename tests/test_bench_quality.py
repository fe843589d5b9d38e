"""The benchmark beside peers: scoring, its table and the shared vectors, on made-up rankings."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import quality
from benchmarks.page import README, placed
from benchmarks.peers import passages, vectors
from benchmarks.quality import Cell, Results
from benchmarks.retrieval import Library
from knowledge.assets import Asset
from knowledge.journey import AssetType


def library(name: str, questions: int = 10) -> Library:
    """Each question i is answered by asset a<i> alone."""
    assets = [Asset(f"a{i}", f"Title {i}", AssetType.OTHER, "x", f"a{i}") for i in range(questions)]
    asked = {f"q{i}": f"question {i}" for i in range(questions)}
    return Library(name, assets, asked, {f"q{i}": {f"a{i}"} for i in range(questions)})


def test_a_ranking_is_scored_by_question_and_a_missing_one_counts_as_nothing_found() -> None:
    rankings = {"q0": ["a0"], "q1": ["x", "a1"], "q2": ["x", "y"]}
    ndcg, first, five = quality.score(library("acme", 4), rankings)
    assert ndcg == pytest.approx((1 + 1 / np.log2(3)) / 4)
    assert (first, five) == (0.25, 0.5)


def test_a_peer_is_shown_with_the_way_that_serves_it_better() -> None:
    whole, split = (0.7, 0.9, 0.9), (0.8, 0.5, 0.6)
    assert quality.better({"split": split, "whole": whole}) == Cell(split, "split")
    assert quality.better({"split": whole, "whole": split}).way == "whole"
    assert quality.better({"split": whole, "whole": whole}).way == "split"


def test_the_gain_is_against_the_highest_peer_of_each_measure() -> None:
    gains = quality.gain((0.6, 0.5, 0.9), [(0.5, 0.25, 1.0), (0.4, 0.4, 0.5)])
    assert gains == pytest.approx([20.0, 25.0, -10.0])
    assert quality.gain((0.1, 0.1), [(0.0, 0.2)]) == [None, pytest.approx(-50.0)]


def results() -> tuple[list[Library], Results]:
    libraries = [library("acme"), library("tiny", 2), library("zeta")]
    ours = {"acme": (0.9, 0.8, 1.0), "tiny": (0.0, 0.0, 0.0), "zeta": (0.7, 0.6, 0.8)}
    peers = {
        "bm25": {
            "acme": Cell((0.6, 0.4, 0.8), "split"),
            "tiny": Cell((1.0, 1.0, 1.0), "whole"),
            "zeta": Cell((0.7, 0.5, 0.8), "whole"),
        },
        "minilm": {"acme": Cell((0.75, 0.5, 0.8), "split")},
    }
    return libraries, Results(ours, peers, ["MiniLM alone, whole, on zeta: no memory"])


def row(lines: Sequence[str], start: str) -> list[str]:
    (line,) = [line for line in lines if line.startswith(f"| {start} |")]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_the_table_shows_every_figure_the_mean_and_the_gain() -> None:
    lines = quality.table(*results())
    assert row(lines, "BM25 alone (bm25s)") == [
        "0.600 / 0.400 / 0.800 split",
        "1.000 / 1.000 / 1.000 whole",
        "0.700 / 0.500 / 0.800 whole",
        "0.650 / 0.450 / 0.800",
    ]
    assert row(lines, quality.OURS)[-1] == "0.800 / 0.700 / 0.900"
    gains = row(lines, f"{quality.OURS}: gain over the best peer")
    assert gains[0] == "+20.0 % / +60.0 % / +25.0 %"
    assert gains[1] == "-100.0 % / -100.0 % / -100.0 %"
    assert gains[3] == "+23.1 % / +55.6 % / +12.5 %"
    assert len({line.count("|") for line in lines if line.startswith("|")}) == 1


def test_a_peer_that_failed_is_named_and_has_no_mean() -> None:
    lines = quality.table(*results())
    assert row(lines, "MiniLM alone")[1:] == ["failed", "failed", "failed"]
    assert row(lines, "best peer by nDCG@10")[0] == "MiniLM alone"
    assert row(lines, "best peer by nDCG@10")[3] == "BM25 alone (bm25s)"
    assert lines[-1] == "- MiniLM alone, whole, on zeta: no memory"


def test_a_table_without_any_peer_or_any_counted_company_is_still_a_table() -> None:
    tiny = library("tiny", 2)
    lines = quality.table([tiny], Results({"tiny": (1.0, 1.0, 1.0)}, {"bm25": {}}, ["all"]))
    assert row(lines, "BM25 alone (bm25s)") == ["failed"]
    assert row(lines, f"{quality.OURS}: gain over the best peer") == ["-"]


def test_a_failing_peer_does_not_end_the_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def peer(module: str, name: str, way: str, folder: str) -> str:
        if name == "bm25" or (name == "minilm" and way == "split"):
            raise RuntimeError("ImportError: no such thing")
        questions = map(json.loads, (Path(folder) / "queries.jsonl").read_text().splitlines())
        rankings = {q["id"]: [q["id"].replace("q", "a")] for q in questions}
        (Path(folder) / f"{name}-{way}.json").write_text(json.dumps(rankings))
        return "3 passages"

    monkeypatch.setattr(quality, "call_peer_environment", peer)
    found = Results()
    quality.run_peers(library("acme", 3), tmp_path, found)
    assert found.peers["bm25"] == {}
    assert found.peers["minilm"]["acme"] == Cell((1.0, 1.0, 1.0), "whole")
    assert len(found.failures) == 3
    assert found.failures[0] == (
        "BM25 alone (bm25s), split, on acme: ImportError: no such thing"
    )  # fmt: skip


def test_what_a_peer_process_says_last_is_its_error() -> None:
    with pytest.raises(RuntimeError, match="No module named"):
        quality.call_peer_environment("no_such_module_here", python=Path(sys.executable))
    with pytest.raises(RuntimeError, match="No such file"):
        quality.call_peer_environment("x", python=Path("nowhere") / "python")


def test_the_page_is_replaced_between_the_marks_alone() -> None:
    page = "before\n<!-- name -->\nold\n<!-- /name -->\nafter\n"
    assert placed(page, "name", "new") == page.replace("old", "new")
    assert placed("text\n", "name", "new") == "text\n\n<!-- name -->\nnew\n<!-- /name -->\n"
    assert "<!-- quality -->" in README.read_text(encoding="utf-8")


def test_passages_carry_the_title_and_assets_rank_by_their_best_one(tmp_path: Path) -> None:
    made = [
        Asset("one", "First", AssetType.OTHER, "a\u2028b. c", "one"),
        Asset("two", "Second", AssetType.OTHER, "", "two"),
    ]
    quality.write_library(Library("acme", made, {"q": "?"}, {"q": {"one"}}), tmp_path)
    kept = passages.read_passages(
        tmp_path / "corpus.jsonl", lambda text: [part for part in text.split(". ") if part]
    )
    assert [p.text for p in kept] == ["First\na\u2028b", "First\nc", "Second\n"]
    assert passages.by_best_passage([1, 2, 0], kept) == ["one", "two"]


class CountingEmbedder:
    """One number a text, and how many texts were asked for."""

    name, dimension, fingerprint = "count", 2, "0" * 12

    def __init__(self) -> None:
        self.seen: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.seen += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


def test_a_text_is_embedded_once_whoever_asks(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    first = vectors.cached(embedder, tmp_path / "v.sqlite")
    assert first(["four", "a", "four"]).tolist() == [[4, 1], [1, 1], [4, 1]]
    second = vectors.cached(embedder, tmp_path / "v.sqlite")
    assert second(["a", "bb"]).tolist() == [[1, 1], [2, 1]]
    assert sorted(embedder.seen) == ["a", "bb", "four"]
    assert second([]).shape == (0, 2)
