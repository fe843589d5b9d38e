"""Search: meaning and words together, over a library that may change at any moment."""

import os
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.assets import Asset, AssetStatus
from knowledge.chunking import chunk_asset, embedding_text
from knowledge.errors import BadInput
from knowledge.journey import AssetType
from retrieval.chroma_index import ChromaIndex
from retrieval.embeddings import load_embedder
from retrieval.fusion import SearchSettings, asset_scores, combined_scores, passage_scores
from retrieval.lexical import LexicalIndex
from retrieval.onnx_model import default_cache, export_default_model
from retrieval.search import Finder
from retrieval.vectors import ScanIndex

PIECES = {
    "spares": (
        "Counting spare parts",
        "A count of spare parts takes two days. Count the fast movers every month and the slow "
        "ones once a year.\n\n## What does a missing seal cost?\n\nA pump that waits nine days "
        "for a seal costs more than the seal ever will.",
    ),
    "routes": (
        "Planning technician routes",
        "Plan each route from the depot and keep the last stop near it. Drive time falls when "
        "jobs of one street are done together.",
    ),
    "pilot": (
        "How long a pilot takes",
        "A pilot at one site takes four to six weeks. The second site goes faster because the "
        "team has seen the first.",
    ),
    "safety": (
        "Lockout before work",
        "Lock the energy source, tag it, and try the start button before anybody reaches into "
        "the press.",
    ),
    "budget": (
        "A budget for maintenance",
        "Put the cost of downtime beside the cost of prevention: the finance team needs both "
        "figures on one page.",
    ),
}


class Shelf:
    """A library in memory that can change, as SQL's would."""

    def __init__(self, embedder):
        self.embedder = embedder
        self.assets = {}
        self.asked = 0
        self.number = 0
        for name, (title, text) in PIECES.items():
            self.put(Asset(name, title, AssetType.GUIDE, text, name, status=AssetStatus.APPROVED))

    def put(self, asset: Asset) -> None:
        self.assets[asset.id] = asset
        self.number += 1

    def approved(self, ids: Collection[str] | None = None):
        self.asked += 1
        return {
            name: asset
            for name, asset in self.assets.items()
            if asset.status is AssetStatus.APPROVED and (ids is None or name in ids)
        }

    def approved_ids(self, ids: Collection[str]):
        return {name for name in ids if self.assets[name].status is AssetStatus.APPROVED}

    def chunks(self, ids: Collection[str] | None = None):
        every = {chunk.id: chunk for asset in self.assets.values() for chunk in chunk_asset(asset)}
        return every if ids is None else {name: every[name] for name in ids if name in every}

    def order(self):
        return [
            (asset.id, chunk.id)
            for asset in sorted(self.approved().values(), key=lambda a: a.id)
            for chunk in chunk_asset(asset)
        ]

    def vectors(self, model: str):
        assert model == self.embedder.fingerprint
        pairs = [(a, chunk) for a in self.approved().values() for chunk in chunk_asset(a)]
        texts = [embedding_text(asset.title, chunk) for asset, chunk in pairs]
        return [chunk.id for _, chunk in pairs], self.embedder.embed(texts)

    def revision(self) -> str:
        return f"r{self.number}"


@pytest.fixture(scope="module")
def embedder():
    export_default_model(default_cache())
    return load_embedder(None, default_cache())


@pytest.fixture
def shelf(embedder):
    return Shelf(embedder)


@pytest.fixture
def finder(shelf, embedder):
    return Finder(shelf, embedder, ScanIndex(), None)


def found(candidates) -> list[str]:
    return [candidate.asset.id for candidate in candidates]


def test_the_best_asset_comes_first_with_its_passage(finder):
    first = finder.search("what does a missing seal cost us?")[0]
    assert first.asset.id == "spares"
    assert "nine days for a seal" in first.passage
    assert 0 < first.score <= 1
    assert first.answers == (0,)


def test_meaning_finds_what_shares_no_word(finder):
    assert finder.search("shorter driving between customers")[0].asset.id == "routes"


def test_words_find_what_meaning_misses(shelf, finder):
    shelf.put(
        replace(shelf.assets["safety"], id="part", text="Order number KX81-220 for the press.")
    )
    assert finder.search("KX81")[0].asset.id == "part"


def test_top_limits_the_results(finder):
    assert len(finder.search("planning", top=2)) == 2
    assert finder.search("planning", top=0) == []
    assert len(finder.search("planning", top=100)) == len(PIECES)


@pytest.mark.parametrize("question", ["", "  \n\t", "\u3000"])
def test_an_empty_question_is_refused_in_a_sentence(finder, question):
    with pytest.raises(BadInput, match="The question is empty; "):
        finder.search(question)
    with pytest.raises(BadInput):
        finder.candidates(["fine", question])


def test_an_empty_library_finds_nothing(shelf, finder):
    shelf.assets.clear()
    shelf.number += 1
    assert finder.search("anything") == []
    assert finder.candidates(["a", "b"]) == []


def test_a_retired_asset_is_gone_at_once(shelf, finder):
    assert finder.search("spare parts")[0].asset.id == "spares"
    shelf.put(replace(shelf.assets["spares"], status=AssetStatus.RETIRED))
    assert "spares" not in found(finder.search("spare parts"))


def test_every_hit_is_checked_against_the_library_not_the_index(shelf, finder):
    finder.search("spare parts")
    shelf.assets["spares"] = replace(shelf.assets["spares"], status=AssetStatus.DRAFT)
    results = finder.search("spare parts", top=4)  # same revision: the indexes know nothing of it
    assert "spares" not in found(results)
    assert len(results) == 4


def test_a_new_asset_is_found_at_the_next_question(shelf, finder):
    finder.search("boiler")
    piece = replace(
        shelf.assets["pilot"], id="boiler", title="Boiler care", text="Flush the boiler."
    )
    shelf.put(piece)
    assert finder.search("how to look after a boiler")[0].asset.id == "boiler"


def test_equal_assets_are_ordered_by_id(shelf, finder):
    for name in ("zz", "aa", "mm"):
        shelf.put(replace(shelf.assets["spares"], id=name))
    order = found(finder.search("counting spare parts", top=4))
    assert order == ["aa", "mm", "spares", "zz"]


def test_an_asset_that_answers_two_questions_wins_over_one_that_answers_one(shelf, finder):
    both = "A pilot takes four to six weeks.\n\nPlan each technician route from the depot."
    shelf.put(replace(shelf.assets["pilot"], id="both", title="Pilot and routes", text=both))
    questions = ["how long does a pilot take?", "how do we plan technician routes?"]
    first = finder.candidates(questions)[0]
    assert first.asset.id == "both"
    assert first.answers == (0, 1)


def test_one_question_gives_the_same_by_each_way_of_asking(finder):
    queries = ["spare parts", "pilot length", "lock the press", "日本語", "?"] * 20
    many = list(finder.search_many(queries, 3))
    assert len(many) == 100
    for query, results in zip(queries[:5], many[:5], strict=True):
        assert (
            found(results) == found(finder.search(query, 3)) == found(finder.candidates([query], 3))
        )


def test_batches_ask_the_library_once_a_batch(shelf, finder):
    finder.search("warm")
    before = shelf.asked
    list(finder.search_many(["spare parts"] * 128))
    assert shelf.asked == before


def test_a_question_of_100_kb_is_answered_quickly(finder):
    finder.search("warm")
    started = time.process_time()
    assert finder.search("how do we count spare parts? " * 3500)[0].asset.id == "spares"
    assert time.process_time() - started < 5


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(), min_size=1, max_size=200))
def test_any_text_is_answered_or_refused(text):
    finder = any_finder()
    try:
        results = finder.search(text, 5)
    except BadInput:
        assert not text.encode("utf-8", "replace").decode().strip()
    else:
        assert len(results) == 5
        assert all(0 <= c.score <= 1 for c in results)
        assert [c.score for c in results] == sorted((c.score for c in results), reverse=True)


_ONE: list[Finder] = []


def any_finder() -> Finder:
    if not _ONE:
        embedder = load_embedder(None, default_cache())
        _ONE.append(Finder(Shelf(embedder), embedder, ScanIndex(), None))
    return _ONE[0]


def test_a_question_far_from_the_library_has_no_good_asset(finder):
    for question in ("How do I bake sourdough bread?", "Who won the chess tournament in 1972?"):
        assert not any(c.answers for c in finder.search(question))
    for question in ("How long does a pilot take?", "How should we count spare parts?"):
        assert finder.search(question)[0].answers == (0,)


def test_an_asset_found_by_words_alone_shows_the_passage_with_those_words(shelf, embedder):
    filler = "\n\n".join(f"## Part {n}\n\n" + f"Notes on pumps, part {n}. " * 15 for n in range(6))
    text = f"{filler}\n\n## Codes\n\n" + "Code QZX77 means a blocked filter. " * 12
    finder = Finder(shelf, embedder, ScanIndex(), None, SearchSettings(fetch=1))
    assert finder.search("drive time and routes, QZX77")
    shelf.put(replace(shelf.assets["safety"], id="codes", title="Pump notes", text=text))
    hits = {c.asset.id: c for c in finder.search("drive time and routes, QZX77")}
    assert "QZX77" in hits["codes"].passage


def test_chroma_and_the_scan_find_the_same(shelf, finder, embedder, tmp_path):
    index = ChromaIndex(tmp_path / "chroma", "same")
    other = Finder(shelf, embedder, index, None)
    for query in ("spare parts", "who pays for prevention", "route"):
        assert found(other.search(query)) == found(finder.search(query))
    index.close()


def test_the_word_index_is_kept_by_revision_and_rebuilt_when_damaged(shelf, embedder, tmp_path):
    def search():
        return found(Finder(shelf, embedder, ScanIndex(), tmp_path).search("spare parts"))

    first = search()
    (kept,) = tmp_path.glob("lexical-passages-*.zip")
    stamp = kept.stat().st_mtime_ns
    assert search() == first
    assert kept.stat().st_mtime_ns == stamp
    for damage in (b"", b"garbage", kept.read_bytes()[:-200], kept.read_bytes()[:300]):
        kept.write_bytes(damage)
        assert search() == first
    shelf.put(replace(shelf.assets["pilot"], id="new"))
    search()
    (renewed,) = tmp_path.glob("lexical-passages-*")
    assert len(list(tmp_path.glob("*"))) == 2
    assert renewed != kept


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_cache_that_cannot_be_written_costs_time_only(shelf, embedder, tmp_path):
    tmp_path.chmod(0o500)
    assert Finder(shelf, embedder, ScanIndex(), tmp_path).search("spare parts")
    tmp_path.chmod(0o700)


def test_a_cache_path_that_is_a_file_costs_time_only(shelf, embedder, tmp_path: Path):
    (tmp_path / "file").write_text("")
    assert Finder(shelf, embedder, ScanIndex(), tmp_path / "file").search("spare parts")


@pytest.mark.parametrize(
    ("documents", "query"),
    [([], "pump"), ([("a", "")], "pump"), ([("a", "the of")], "pump"), ([("a", "pump")], "the of")],
)
def test_words_that_match_nothing_score_nothing(documents, query, tmp_path):
    index = LexicalIndex.build(documents)
    assert index.search(query, 10) == []
    assert index.shares(query).tolist() == [0.0] * len(documents)
    index.write(tmp_path / "kept.zip")
    assert LexicalIndex.read(tmp_path / "kept.zip").search(query, 10) == []


def test_words_match_by_stem_and_more_is_asked_than_there_is():
    index = LexicalIndex.build([("a", "planning pumps"), ("b", "valves"), ("c", "")])
    assert [name for name, _ in index.search("pump plan", 50)] == ["a"]
    assert index.search("pump", 0) == []
    assert 0 < index.shares("pump plan")[0] <= 1


def test_scores_stay_between_zero_and_one_and_grow_with_both_halves():
    weights = SearchSettings()

    def score(cosine: float, words: float) -> float:
        one = [np.array([x], np.float32) for x in (cosine, words)]
        return float(asset_scores(passage_scores(*one, weights), *one, weights)[0])

    assert score(1.0, 1.0) == pytest.approx(1.0)
    assert score(-0.3, 0.0) == 0
    assert score(0.5, 0.2) > score(0.5, 0.1) > score(0.4, 0.1)
    both, one_better = combined_scores(np.array([[0.5, 0.6], [0.5, 0.0]], np.float32), weights)
    assert both > one_better
    assert np.isclose(combined_scores(np.array([[0.4]], np.float32), weights)[0], 0.4)
