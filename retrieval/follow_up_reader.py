"""Telling what a follow-up wants by its nearest examples, where no rule knows its wording."""

from __future__ import annotations

import tomllib
from functools import cached_property
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from knowledge.follow_ups import FollowUp, by_rule
from retrieval.asking import Embed

NEAREST = 3
"""Examples of a kind whose mean cosine counts: with one, a chance likeness of words decides."""
THRESHOLD = 0.35
"""Mean cosine from which the nearest kind is meant. Of 68 wordings that the rules were not written
for (tests/fixtures/follow_ups_after.tsv) the rules alone hear 16; with vectors 58 are heard and 8
taken for another kind at 0.30, 55 and 6 at 0.35, 49 and 5 at 0.40."""


AMONG_COLLEAGUES = 0.5
"""The same in a channel's thread, where people talk to each other as well: 3 of 68 go wrong."""


class FollowUpReader:
    """Says what a few words below a card want, or None: first by rule, then by vector.

    `embed` returns one unit vector a row; with another `model` than the packaged one only the
    rules speak, since the threshold was chosen on its vectors.
    """

    def __init__(self, embed: Embed, *, packaged: bool = True) -> None:
        self._embed, self._packaged = embed, packaged

    def __call__(self, text: str, least: float = THRESHOLD) -> FollowUp | None:
        """What the words want; None when nothing is as near as `least`."""
        if kind := by_rule(text):
            return kind
        if not self._packaged or not text.strip():
            return None
        kind, score = self.nearest(text)
        return kind if score >= least else None

    def nearest(self, text: str) -> tuple[FollowUp, float]:
        """The kind whose examples are nearest, and how near, as a mean cosine."""
        kinds, vectors = self._examples
        cosines = vectors @ self._embed([text])[0]
        best: dict[FollowUp, float] = {}
        for kind in dict.fromkeys(kinds):
            own = np.sort(cosines[[k is kind for k in kinds]])[::-1]
            best[kind] = float(own[:NEAREST].mean())
        found = max(best, key=lambda k: best[k])
        return found, best[found]

    @cached_property
    def _examples(self) -> tuple[list[FollowUp], NDArray[np.float32]]:
        text = (files("retrieval") / "follow_up_examples.toml").read_text(encoding="utf-8")
        table: dict[str, list[str]] = tomllib.loads(text)
        kinds = [FollowUp(name) for name, said in table.items() for _ in said]
        return kinds, self._embed([s for said in table.values() for s in said])
