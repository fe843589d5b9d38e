"""How much a whole piece sells instead of teaching: style counts and sentence vectors (M17, M18).

Two small models, each a softmax over three kinds (teaching, news, selling page), so that the two
ways to promote need not look alike; their log odds against teaching and those of the word lists
are added and calibrated.
`benchmarks/fit_hype.py` fits the weights and says how well they do on a company they never saw.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.style import read_sentences, style_of
from knowledge.tone import hype_by_words

Array = NDArray[np.float64]
Embed = Callable[[Sequence[str]], NDArray[Any]]
"""Vectors of sentences, a row each."""

WEIGHTS = "hype_weights.json"
FIRST, MIDDLE, LAST = 16, 16, 8
"""Sentences that those read are taken from: opening, middle and end of a long piece."""
READ, ALWAYS = 12, 4
"""Sentences whose vectors are read, and how many of them are the first ones: 12 to 40 did alike,
and each takes time."""
ENOUGH_WORDS = 60
"""Fewer words say little: two lines without an explanation are not yet a page that sells."""
WORDS_WEIGHT = 0.5
"""Of the log odds by word lists alone: they add little on whole pieces, and are sure of a few lines
of praise, which the two models have hardly seen (`benchmarks/fit_hype.py`)."""
LIMIT = 3.0
"""Standard deviations at which a count of style is cut off, so that no single one decides."""


@dataclass(frozen=True, slots=True)
class Softmax:
    """A linear model of three kinds on scaled numbers; the first kind teaches."""

    centre: Array
    scale: Array
    matrix: Array
    offsets: Array

    def log_odds(self, numbers: Array) -> float:
        """The log odds of either way to promote against teaching."""
        scaled = (numbers - self.centre) / self.scale
        teaches, news, page = scaled @ self.matrix + self.offsets
        return float(np.logaddexp(news, page) - teaches)


@dataclass(frozen=True, slots=True)
class HypeModel:
    """The two models and the calibration of their sum: hype = logistic(slope * sum + offset)."""

    style: Softmax
    vectors: Softmax
    slope: float
    offset: float

    def hype(self, style: Array, vector: Array, by_words: float, certain: float = 1.0) -> float:
        """The score, 0 (teaches) to 1 (sells); the less `certain`, the nearer to the middle."""
        limited = self.style.centre + self.style.scale * np.clip(
            (style - self.style.centre) / self.style.scale, -LIMIT, LIMIT
        )
        told = min(max(by_words, 1e-4), 1 - 1e-4)
        words = WORDS_WEIGHT * math.log(told / (1 - told))
        total = certain * (self.style.log_odds(limited) + self.vectors.log_odds(vector)) + words
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.slope * total + self.offset))))


def hype_of(text: str, embed: Embed) -> float:
    """The hype of a Markdown or plain text, 0 to 1; an empty text scores 0.

    A title is not read: the figures were measured without it.
    """
    return hypes_of([text], embed)[0]


def hypes_of(texts: Sequence[str], embed: Embed) -> list[float]:
    """The hype of each text, 0 to 1; the sentences of all are embedded together."""
    read = [read_sentences(text) for text in texts]
    samples = [sample(sentences) for sentences in read]
    vectors = iter(np.asarray(embed([s for told in samples for s in told]), dtype=np.float64))
    means = [
        np.mean([next(vectors) for _ in told], axis=0) if told else np.zeros(0) for told in samples
    ]
    return [
        _hype(text, sentences, mean) if sentences else 0.0
        for text, sentences, mean in zip(texts, read, means, strict=True)
    ]


def _hype(text: str, read: Sequence[str], vector: Array) -> float:
    certain = min(1.0, sum(len(s.split()) for s in read) / ENOUGH_WORDS)
    style = style_of(text, read)
    return round(load_hype_model().hype(style, vector, hype_by_words(text), certain), 4)


@lru_cache(maxsize=1)
def hype_version() -> str:
    """A word that changes with whatever decides the hype: the weights and the rules' own text."""
    digest = hashlib.sha256((files("retrieval") / WEIGHTS).read_bytes())
    digest.update((files("retrieval") / "hype.py").read_bytes())
    for part in ("tone", "tone_words", "style", "style_words", "sentences"):
        digest.update((files("knowledge") / f"{part}.py").read_bytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def load_hype_model() -> HypeModel:
    """The fitted model, read once a process."""
    kept = json.loads((files("retrieval") / WEIGHTS).read_text(encoding="utf-8"))

    def part(name: str) -> Softmax:
        told = kept[name]
        keys = ("centre", "scale", "matrix", "offsets")
        return Softmax(*(np.array(told[key], dtype=np.float64) for key in keys))

    return HypeModel(part("style"), part("vectors"), kept["slope"], kept["offset"])


def sample(read: Sequence[str]) -> list[str]:
    """At most 12 of the sentences, in order: the first ones, and others even over the rest."""
    kept = _spread(read)
    rest = len(kept) - ALWAYS
    others = READ - ALWAYS
    if rest <= others:
        return kept
    return [*kept[:ALWAYS], *(kept[ALWAYS + int((i + 0.5) * rest / others)] for i in range(others))]


def _spread(read: Sequence[str]) -> list[str]:
    """At most 40 of the sentences: the opening, an even sample of what follows, and the end."""
    rest = len(read) - FIRST - LAST
    if rest <= MIDDLE:
        return list(read)
    between = [read[FIRST + int((i + 0.5) * rest / MIDDLE)] for i in range(MIDDLE)]
    return [*read[:FIRST], *between, *read[-LAST:]]
