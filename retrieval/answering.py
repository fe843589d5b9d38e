"""Whether a text answers a question: both are read alone first, then together (M23).

The first layers of the sentence model read question and text each by itself, the last two read
both side by side, so that each word of one sees the words of the other. Small learnt changes to
these two layers and a last step tell how well the one answers the other. Headings of public
documents and what stands under them taught it (benchmarks/fit_answers.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np

from retrieval.layers_graph import Array, LayersGraph
from retrieval.sentence_layers import (
    HEADS,
    LAYERS,
    SentenceLayers,
    layer_of,
    packaged_model,
    read_safetensors,
    scaled,
)

WEIGHTS = "answer_weights.safetensors"
ALONE = 4
"""Layers that read a text by itself; a question costs these only once for all its texts."""
QUESTION_TOKENS, ANSWER_TOKENS = 24, 56
BATCH = 16


class Answering:
    """The packaged layers and what was learnt, by name as benchmarks/fit_answers.py writes it."""

    def __init__(self, learnt: Mapping[str, Array]) -> None:
        from threadpoolctl import ThreadpoolController

        names = [name.removesuffix(".down") for name in learnt if name.endswith(".down")]
        changes = {n: (learnt[f"{n}.down"], learnt[f"{n}.up"]) for n in names}
        self._alone = SentenceLayers({}, ALONE)
        weights = read_safetensors(packaged_model() / "model.safetensors")
        with ThreadpoolController().limit(limits=1, user_api="blas"):
            layers = [layer_of(weights, layer, changes) for layer in range(ALONE, LAYERS)]
        self._together = LayersGraph(None, layers, HEADS)
        self._kind, self._head, self._both = (
            learnt[name].astype(np.float32) for name in ("kind", "head", "both")
        )

    def scores(self, question: str, texts: Sequence[str]) -> Array:
        """How well each text answers the question; only their differences mean anything."""
        asked, _ = self._alone.states(self._alone.tokens([question], QUESTION_TOKENS))
        ids = self._alone.tokens(texts, ANSWER_TOKENS)
        order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
        out = np.zeros(len(ids), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            out[rows] = self._read(asked, [ids[row] for row in rows])
        return out

    def _read(self, asked: Array, ids: Sequence[Sequence[int]]) -> Array:
        told, lengths = self._alone.states(ids)
        width = asked.shape[1]
        both = np.concatenate([np.repeat(asked, len(ids), axis=0), told + self._kind], axis=1)
        shares = np.zeros((len(ids), 2, both.shape[1]), dtype=np.float32)
        shares[:, 0, :width] = np.float32(1 / width)
        for row, length in enumerate(lengths):
            shares[row, 1, width : width + length] = 1 / length
        sums = self._together.shared(both, (lengths + width).astype(np.int32), shares)
        question, text = scaled(sums[:, -2]), scaled(sums[:, -1])
        read = np.hstack([question, text]) @ self._head + (question * text) @ self._both
        found: Array = read.astype(np.float32)
        return found


@lru_cache(maxsize=1)
def load_answering() -> Answering:
    """The packaged model, loaded once a process; `SetupMissing` when MiniLM is not installed."""
    with as_file(files("retrieval") / WEIGHTS) as path:
        return Answering(read_safetensors(path))
