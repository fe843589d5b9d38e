"""From a question to five probabilities, by tuned layers of a sentence model and by words (M33).

Two models that err differently, their log odds added: one reads the whole sentence, the other who
speaks of whose things. Both were fitted on questions of many hands by benchmarks/fit_stage.py,
which also set the temperature, so that a probability says how often it is right. A question of
method makes a customer only with a product in hand (retrieval/stage_in_hand.py). A home with
questions of its own in journey.toml gets a third, fitted on these when first used (some seconds).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from knowledge.journey import Stage
from knowledge.journey_map import StageMap
from retrieval.sentence_layers import SentenceLayers, read_metadata, read_safetensors
from retrieval.stage_in_hand import without_product
from retrieval.stage_words import WordModel

Matrix = NDArray[np.float64]

STAGES = tuple(Stage)
WEIGHTS = "stage_weights.safetensors"
POOLED = 3
"""The last layers whose means are read."""
LOOSENESS = 30.0
"""Inverse strength of the L2 penalty of a home's own fit, on means scaled to length 1."""
STEPS = 500
OWN_QUESTIONS = 80
"""Read of a home's own map for each stage: 400 take about 4 s."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights (features x 5 stages) and offsets (5)."""

    weights: Matrix
    offsets: Matrix

    def scores(self, x: Matrix) -> Matrix:
        """Rows of five log odds."""
        return x @ self.weights + self.offsets


@dataclass(frozen=True, slots=True)
class StageModel:
    """What reads a question; `own` is fitted on a home's questions, None for the packaged map."""

    layers: SentenceLayers
    head: Linear
    words: WordModel
    temperature: float
    own: Linear | None = None

    def probabilities(self, texts: Sequence[str]) -> Matrix:
        """Rows of five probabilities that sum to 1, one row for each text."""
        pooled = self.layers.pooled(texts, POOLED).astype(np.float64)
        both = log_softmax(self.head.scores(pooled)) + log_softmax(self.words.scores(texts))
        both = log_softmax(both / self.temperature)
        both = np.log(without_product(texts, np.exp(both)))
        if self.own is not None:
            both = (log_softmax(both) + log_softmax(self.own.scores(_unit(pooled)))) / 2
        return np.exp(log_softmax(both))


def load_model(journey: Mapping[Stage, StageMap]) -> StageModel:
    """The packaged model, with a fit of its own beside it where the map has other questions."""
    packaged, recipe_used = _packaged()
    if recipe(journey) == recipe_used:
        return packaged
    texts, labels = labelled(journey)
    pooled = packaged.layers.pooled(texts, POOLED).astype(np.float64)
    own = fit(_unit(pooled), labels)
    return StageModel(packaged.layers, packaged.head, packaged.words, packaged.temperature, own)


@lru_cache(maxsize=1)
def _packaged() -> tuple[StageModel, str]:
    """The packaged model, shared, and the recipe of the map that it was fitted with."""
    with as_file(files("retrieval") / WEIGHTS) as path:
        arrays, told = read_safetensors(path), read_metadata(path)
    names = [name.removesuffix(".down") for name in arrays if name.endswith(".down")]
    words = json.loads(told["words"])
    model = StageModel(
        SentenceLayers({n: (arrays[f"{n}.down"], arrays[f"{n}.up"]) for n in names}),
        Linear(arrays["head"].astype(np.float64), arrays["offsets"].astype(np.float64)),
        WordModel(
            {word: place for place, word in enumerate(words)},
            *(arrays[f"words.{n}"].astype(np.float32) for n in ("rarity", "weights", "offsets")),
        ),
        float(told["temperature"]),
    )
    return model, told["map"]


def labelled(journey: Mapping[Stage, StageMap]) -> tuple[list[str], NDArray[np.int64]]:
    """The map's questions, at most `OWN_QUESTIONS` a stage, and each one's stage by position."""
    pairs = [(q, n) for n, s in enumerate(STAGES) for q in journey[s].prototypes[:OWN_QUESTIONS]]
    return [q for q, _ in pairs], np.array([n for _, n in pairs], dtype=np.int64)


def plain_question(text: str) -> str:
    """A sentence as other readers embed it: case and closing marks say little of its meaning."""
    return " ".join(text[:2_000].lower().split()).rstrip(" ?.!")


def recipe(journey: Mapping[Stage, StageMap]) -> str:
    """A hash of the map's questions."""
    told = json.dumps([journey[s].prototypes for s in STAGES])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def fit(x: Matrix, labels: NDArray[np.int64]) -> Linear:
    """Fit by Nesterov's accelerated gradient on cross-entropy with an L2 penalty."""
    n, d = x.shape
    wide = np.hstack([x, np.ones((n, 1))])
    truth = np.eye(len(STAGES))[labels]
    penalty = np.full((d + 1, 1), 1.0 / LOOSENESS)
    penalty[-1] = 0.0  # offsets are free
    step = 1.0 / (0.5 * float(np.linalg.norm(wide, 2)) ** 2 + 1.0 / LOOSENESS)
    w = previous = np.zeros((d + 1, len(STAGES)))
    for k in range(STEPS):
        ahead = w + (k / (k + 3)) * (w - previous)
        slope = wide.T @ (np.exp(log_softmax(wide @ ahead)) - truth) + penalty * ahead
        previous, w = w, ahead - step * slope
    return Linear(w[:-1], w[-1])


def log_softmax(scores: Matrix) -> Matrix:
    """Rows of log odds as logarithms of probabilities."""
    high = scores - scores.max(axis=1, keepdims=True)
    result: Matrix = high - np.log(np.exp(high).sum(axis=1, keepdims=True))
    return result


def _unit(x: Matrix) -> Matrix:
    rows: Matrix = x / np.linalg.norm(x, axis=1, keepdims=True)
    return rows
