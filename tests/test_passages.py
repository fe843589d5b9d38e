"""Passages of two sizes: neighbours as pairs, and texts joined without what is repeated."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.assets import Chunk
from retrieval.passages import Shelf, joined, read_on

ORDER = [("a", "a0"), ("a", "a1"), ("a", "a2"), ("b", "b0"), ("c", "c0"), ("c", "c1")]


def unit(*numbers: float) -> np.ndarray:
    vector = np.array(numbers, np.float32)
    return vector / np.linalg.norm(vector)


def test_every_two_neighbours_of_one_asset_are_an_entry_of_their_own():
    names = ["c1", "a2", "a0", "b0", "a1", "c0"]  # the index may hold them in any order
    matrix = np.stack([unit(n + 1, 1, 0) for n in range(6)])
    ids, rows = Shelf(ORDER).with_pairs((names, matrix))
    assert ids[:6] == names
    assert ids[6:] == ["a0+a1", "a1+a2", "c0+c1"]
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    mean = matrix[names.index("a0")] + matrix[names.index("a1")]
    assert np.allclose(rows[6], mean / np.linalg.norm(mean), atol=1e-6)


def test_hits_are_spread_over_passages_and_assets():
    shelf = Shelf(ORDER)
    hits = [("a1+a2", 0.9), ("a0", 0.8), ("b0", 0.7), ("gone", 0.6), ("c0", 0.5)]
    passages, pairs = shelf.spread(hits, 0.4)
    assert np.allclose(passages, [0.8, 0.4, 0.4, 0.7, 0.5, 0.4])
    assert np.allclose(pairs, [0.9, 0.7, 0.4])  # a piece of one passage is its own pair
    assert np.allclose(shelf.best(passages), [0.8, 0.7, 0.5])
    assert shelf.best_row(2, passages) == 4


def test_an_empty_library_has_an_empty_shelf():
    shelf = Shelf([])
    assert shelf.with_pairs(([], np.zeros((0, 0), np.float32)))[0] == []
    assert len(shelf.best(np.zeros(0, np.float32))) == 0


def test_what_the_chunker_repeats_at_a_cut_is_told_once():
    assert joined(["One thing. Then they met.", "Then they met. And left."]) == (
        "One thing. Then they met. And left."
    )
    assert joined(["One.", "Two."]) == "One.\n\nTwo."
    assert joined([]) == ""


def test_what_stands_under_another_heading_is_not_read_on():
    rows = [("Stock", "Keep three."), ("Stock", "Four if it stops."), ("Costs", "Ask finance.")]
    chunks = [Chunk(f"{n}", "a", n, head, text) for n, (head, text) in enumerate(rows)]
    assert read_on(chunks) == "Keep three.\n\nFour if it stops."
    assert read_on([]) == ""


words = st.lists(st.from_regex(r"[a-z]{1,9}", fullmatch=True), min_size=1, max_size=12)


@given(words, words, words)
def test_joining_loses_and_repeats_nothing(before, shared, after):
    tail = " ".join(["so", "it", "was", "said", *shared]) + "."
    first, second = " ".join(before) + ". " + tail, tail + " " + " ".join(after) + "."
    whole = joined([first, second])
    assert whole.startswith(first)
    assert whole.endswith(" ".join(after) + ".")
    if len(tail) <= 120:
        assert whole.count(tail) == (first + second).count(tail) - 1
