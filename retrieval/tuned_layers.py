"""The sentence model's layers with small learnt changes, and one softmax on top, from a file.

benchmarks/layer_tuning.py makes such files; what the classes are is the reader's to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from retrieval.sentence_layers import SentenceLayers, read_safetensors

POOLED = 3
"""The last layers whose means are read."""
FILES = 4
"""Files kept in memory: there are fewer."""


@dataclass(frozen=True, slots=True)
class TunedLayers:
    """Layers with their changes, and the last step: weights (1152 x classes) and offsets."""

    layers: SentenceLayers
    head: NDArray[np.float64]
    offsets: NDArray[np.float64]

    def log_shares(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """A row a text: the logarithm of each class's probability; the probabilities sum to 1."""
        pooled = self.layers.pooled(texts, POOLED).astype(np.float64)
        scores = pooled @ self.head + self.offsets
        scores -= scores.max(axis=1, keepdims=True)
        shares: NDArray[np.float64] = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return shares


@lru_cache(maxsize=FILES)
def load_tuned(name: str) -> TunedLayers:
    """The packaged file `name`, loaded once a process; `SetupMissing` when MiniLM is missing."""
    with as_file(files("retrieval") / name) as path:
        arrays = read_safetensors(path)
    parts = [part.removesuffix(".down") for part in arrays if part.endswith(".down")]
    return TunedLayers(
        SentenceLayers({n: (arrays[f"{n}.down"], arrays[f"{n}.up"]) for n in parts}),
        arrays["head"].astype(np.float64),
        arrays["offsets"].astype(np.float64),
    )
