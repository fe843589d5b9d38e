"""Assets and the passages a peer searches: whole, or cut by the peer's own splitter."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

DEPTH = 100
"""Passages each peer retrieves a question; their assets rank by their best passage."""

CHARACTERS = 1000
WORDS = 130
TOKENS = 220
"""The size of a passage, for splitters that count characters, words or tokens.

1,000 characters of the development libraries are 125 words or 220 MiniLM tokens on average; with
the title that fills the 256 tokens which the model reads."""

Split = Callable[[str], list[str]]


@dataclass(frozen=True)
class Passage:
    """A piece of an asset as it is indexed: the title, then the text."""

    asset: str
    title: str
    part: str

    @property
    def text(self) -> str:
        """What is embedded and searched."""
        return f"{self.title}\n{self.part}"


def read_passages(corpus: Path, split: Split) -> list[Passage]:
    """The passages of a JSON-lines file of `id`, `title` and `text`; each asset has one or more."""
    passages = []
    for line in corpus.read_text(encoding="utf-8").splitlines():
        asset = json.loads(line)
        parts = split(asset["text"]) or [asset["text"]]
        passages += [Passage(asset["id"], asset["title"], part) for part in parts]
    return passages


def by_best_passage(places: Sequence[int], passages: Sequence[Passage]) -> list[str]:
    """Asset ids in the order of their best passages."""
    return list(dict.fromkeys(passages[place].asset for place in places))
