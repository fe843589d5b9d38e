"""What a sentence of a follow-up does to its reader: teach, pitch, hurry, check in … (M2, M3, M19).

The sentence model's layers with small learnt changes, and one softmax over the sins and "fine";
sentences of many hands taught it (benchmarks/fit_sentence_tone.py). The phrase rules beside it
hear the usual wordings for certain; this hears the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from knowledge.sentence_models import SINS
from retrieval.sentence_layers import SentenceLayers, read_safetensors

WEIGHTS = "tone_weights.safetensors"
POOLED = 3
"""The last layers whose means are read."""


@dataclass(frozen=True, slots=True)
class SentenceTone:
    """Layers with their changes, and the last step: weights (1152 x 12) and offsets (12)."""

    layers: SentenceLayers
    head: NDArray[np.float64]
    offsets: NDArray[np.float64]

    def probabilities(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Rows of probabilities in the order of `SINS`; what is missing to 1 is "fine"."""
        pooled = self.layers.pooled(sentences, POOLED).astype(np.float64)
        scores = pooled @ self.head + self.offsets
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        told: NDArray[np.float32] = likely[:, : len(SINS)].astype(np.float32)
        return told


@lru_cache(maxsize=1)
def load_sentence_tone() -> SentenceTone:
    """The packaged model, loaded once a process; `SetupMissing` when MiniLM is not installed."""
    with as_file(files("retrieval") / WEIGHTS) as path:
        arrays = read_safetensors(path)
    names = [name.removesuffix(".down") for name in arrays if name.endswith(".down")]
    return SentenceTone(
        SentenceLayers({n: (arrays[f"{n}.down"], arrays[f"{n}.up"]) for n in names}),
        arrays["head"].astype(np.float64),
        arrays["offsets"].astype(np.float64),
    )
