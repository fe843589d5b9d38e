"""A small multinomial logistic regression over sentence vectors and cues: question to stage.

The weights for the packaged model and the packaged journey map ship as JSON, made by
benchmarks/fit_stage.py. With another model or another map they are fitted anew, in about two
seconds, from the map's own questions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from knowledge.journey import Stage
from knowledge.journey_map import StageMap
from retrieval.stage_cues import CUES, cue_vector

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
Matrix = NDArray[np.float64]

STAGES = tuple(Stage)
CUE_SCALE = 0.6
"""Weight of one cue beside a unit vector; of 0.15 to 0.6 the best in cross-validation (0.84)."""
LOOSENESS = 3.0
"""Inverse strength of the L2 penalty; 1 to 10 made no difference beyond 0.02 macro F1."""
STEPS = 800
"""Accelerated gradient steps; the loss moves by less than 0.001 after 500."""


@dataclass(frozen=True, slots=True)
class StageModel:
    """Weights (features x 5 stages) and offsets (5); features are the vector, then the cues."""

    weights: Matrix
    offsets: Matrix

    def probabilities(self, vectors: NDArray[np.float32], texts: Sequence[str]) -> Matrix:
        """Rows of five probabilities that sum to 1, one row for each text."""
        return softmax(features(vectors, texts) @ self.weights + self.offsets)


def features(vectors: NDArray[np.float32], texts: Sequence[str]) -> Matrix:
    """The unit vectors with the scaled cues beside them, (n, dimension + cues)."""
    cues = np.stack([cue_vector(t) for t in texts])
    return np.hstack([vectors, CUE_SCALE * cues]).astype(np.float64)


def plain_question(text: str) -> str:
    """A question as it is embedded: case and closing marks say nothing of the stage."""
    return " ".join(text[:2_000].lower().split()).rstrip(" ?.!")


def fit(x: Matrix, labels: NDArray[np.int64]) -> StageModel:
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
        slope = wide.T @ (softmax(wide @ ahead) - truth) + penalty * ahead
        previous, w = w, ahead - step * slope
    return StageModel(w[:-1], w[-1])


def fit_on(journey: Mapping[Stage, StageMap], embed: Embed) -> StageModel:
    """Fit on the journey map's own questions."""
    texts, labels = labelled(journey)
    return fit(features(embed([plain_question(t) for t in texts]), texts), labels)


def labelled(journey: Mapping[Stage, StageMap]) -> tuple[list[str], NDArray[np.int64]]:
    """The map's questions and the position of the stage of each."""
    pairs = [(q, n) for n, s in enumerate(STAGES) for q in journey[s].prototypes]
    return [q for q, _ in pairs], np.array([n for _, n in pairs], dtype=np.int64)


def load_model(journey: Mapping[Stage, StageMap], embed: Embed, model: str) -> StageModel:
    """The packaged weights where they belong to this model and map, else freshly fitted ones."""
    kept = json.loads((files("retrieval") / "stage_weights.json").read_text(encoding="utf-8"))
    if kept["model"] == model and kept["fitted_on"] == recipe(journey):
        return StageModel(np.array(kept["weights"]), np.array(kept["offsets"]))
    return fit_on(journey, embed)


def recipe(journey: Mapping[Stage, StageMap]) -> str:
    """A hash of all that the weights depend on, the embedding model aside."""
    told = json.dumps([
        [journey[s].prototypes for s in STAGES],
        [(c.name, c.pattern.pattern) for c in CUES],
        CUE_SCALE, LOOSENESS, STEPS,
    ])  # fmt: skip
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def softmax(scores: Matrix) -> Matrix:
    """Rows of scores as probabilities."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Matrix = raised / raised.sum(axis=1, keepdims=True)
    return result
