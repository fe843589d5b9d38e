"""A batch of any length takes the memory of a short one: read in parts, and nothing piles up."""

from __future__ import annotations

import json
import sys
import weakref
from functools import _lru_cache_wrapper
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

import bot.cli  # noqa: F401 - loads every module that a batch runs through
from benchmarks import check_batch
from bot.cli.batch import AT_ONCE, CHARACTERS_AT_ONCE, run_batch
from bot.flow.lines import UnderstandLine
from prompts.checks import support

CLOSED = {
    "prompts.wording.words", "prompts.wording.words_with", "prompts.wording.why",
    "knowledge.language._detector",
}  # fmt: skip
"""Keyed by names of our own files, rules and nothing else."""


def written(tmp_path: Path, count: int, text: str = "Hi") -> tuple[Path, Path]:
    source = tmp_path / "in.jsonl"
    with source.open("w") as file:
        file.writelines(json.dumps({"id": n, "text": text}) + "\n" for n in range(count))
    return source, tmp_path / "out.jsonl"


class Watched:
    """Answers lines, and counts how many of all that were read still live."""

    def __init__(self) -> None:
        self.refs: list[weakref.ref[UnderstandLine]] = []
        self.sizes: list[int] = []
        self.most_alive = 0

    def __call__(self, lines: list[UnderstandLine]) -> list[dict[str, Any]]:
        self.sizes.append(len(lines))
        self.refs += [weakref.ref(line) for line in lines]
        self.most_alive = max(self.most_alive, sum(ref() is not None for ref in self.refs))
        return [{"id": line.id} for line in lines]


def test_a_batch_holds_one_part_of_its_lines_at_a_time(tmp_path: Path) -> None:
    source, target = written(tmp_path, count := 4 * AT_ONCE + 3)
    watched = Watched()
    run_batch(source, target, UnderstandLine, watched, "Reading")
    assert watched.sizes == [AT_ONCE] * 4 + [3]
    assert watched.most_alive <= AT_ONCE + 1
    answered = [json.loads(line)["id"] for line in target.read_text().splitlines()]
    assert answered == list(range(count))


def test_fewer_long_lines_are_read_ahead(tmp_path: Path) -> None:
    long = "x" * (CHARACTERS_AT_ONCE // 5)
    source, target = written(tmp_path, 12, long)
    watched = Watched()
    run_batch(source, target, UnderstandLine, watched, "Reading")
    assert watched.sizes == [5, 5, 2]


def test_no_cache_keyed_by_what_people_write_is_without_a_bound() -> None:
    """A cache without a bound keeps every text of a batch, or every word."""
    rooms = ("bot", "knowledge", "prompts", "retrieval", "storage")
    bounds = {
        f"{thing.__module__}.{thing.__qualname__}": thing.cache_parameters()["maxsize"]
        for name, module in list(sys.modules.items())
        if name.split(".")[0] in rooms
        for thing in vars(module).values()
        if isinstance(thing, _lru_cache_wrapper)
    }
    assert "prompts.checks.support._stem" in bounds
    assert {name for name, bound in bounds.items() if bound is None} <= CLOSED


def test_the_words_of_a_whole_piece_are_not_kept() -> None:
    """Some thousand kept texts of a megabyte would be the memory of the machine."""
    said = "Bearings wear out early. "
    known = support.content(said)
    before = len(support._KEPT)
    assert support.content(said * 100) == known
    assert len(support._KEPT) == before


@pytest.mark.parametrize("seed", [1, 2])
def test_the_bench_measures_what_it_says(seed: int) -> None:
    """Drafts and assets alike, long ones and bad ones among them, and the same at every run."""
    made = list(islice(check_batch.lines(10_000, seed), 200))
    assert made == list(check_batch.lines(200, seed))
    good = [json.loads(line) for line in made if line not in check_batch._BAD]
    assert len(good) == 198
    assert sum(line["kind"] == "draft" for line in good) in range(95, 105)
    assert [line["kind"] for line in good if len(line["text"]) >= check_batch.LONG_TEXT] == [
        "draft",
        "asset",
    ]


def test_the_bench_tells_growth() -> None:
    report = check_batch.report(
        [check_batch.Run(1_000, 10.0, 100.0), check_batch.Run(10_000, 100.0, 104.0)]
    )
    assert "| 10,000 | 104.0 MB | 100 s | 10.0 ms |" in report
    assert "1.040 times" in report
