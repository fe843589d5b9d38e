"""Vectors that every peer shares: the product's embedder behind a cache on disk.

One function and one set of weights for all, so that the table compares ways of searching.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.embeddings import Embedder, load_embedder, readable
from retrieval.onnx_model import default_cache

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to an (n, 384) array of unit rows."""

LOT = 256
"""Texts embedded between two commits: a run that is stopped loses at most these."""


def shared_embed() -> Embed:
    """The embedding function of the benchmark, over the product's default model."""
    embedder = load_embedder(None, default_cache())
    folder = default_cache().parent / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    return cached(embedder, folder / f"vectors-{embedder.fingerprint}.sqlite")


def cached(embedder: Embedder, path: Path) -> Embed:
    """`embedder.embed`, with what was embedded before read from the file at `path`."""
    store = sqlite3.connect(path, timeout=120)
    store.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB)")

    def known(keys: Sequence[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), 500):  # SQLite counts the parameters of a statement
            some = keys[start : start + 500]
            marks = ",".join("?" * len(some))
            found |= dict(
                store.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)
            )
        return found

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        keys = [hashlib.sha256(readable(text).encode()).digest() for text in texts]
        rows = known(list(dict.fromkeys(keys)))
        missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in rows}
        # By length, so that a lot holds texts alike and little is padded.
        ordered = sorted(missing.items(), key=lambda pair: len(pair[1]))
        for start in range(0, len(ordered), LOT):
            lot = ordered[start : start + LOT]
            made = embedder.embed([text for _, text in lot])
            new = {key: row.tobytes() for (key, _), row in zip(lot, made, strict=True)}
            with store:
                store.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", new.items())
            rows |= new
        joined = b"".join(rows[key] for key in keys)
        return np.frombuffer(joined, dtype=np.float32).reshape(len(keys), embedder.dimension)

    return embed
