"""Texts to vectors: the packaged model on ONNX Runtime, any other by sentence-transformers."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import SetupMissing
from retrieval.onnx_model import (
    MODEL_FILE,
    MODEL_NAME,
    MODEL_SHA256,
    TOKENIZER_FILE,
    default_model_path,
)

BATCH = 32
"""Texts a run; sorted by length first, so that little is padded."""
BULK_BATCH = 4
"""Texts a run of one thread: 30 ms a passage, where 8 take 32, 16 take 38, 32 take 41, and 1 takes
34 (benchmarks/importing.py's libraries): a batch whose numbers stay in the cache is the fastest."""
LONGEST_TEXT = 20_000
"""Characters read of a text: the models look at a few hundred tokens, so the rest is only cost."""


class Embedder(Protocol):
    """Turns texts into vectors of one length and one meaning."""

    @property
    def name(self) -> str:
        """The model's name, as it is set."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """12 hex digits of the weights: vectors of different fingerprints are never compared."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an (n, dimension) array of unit rows; safe to call from several threads."""
        ...


class OnnxEmbedder:
    """The default model, read from the folder that `export_default_model` wrote.

    `threads` is for one run; by default the processors that this process may use. `batch` is the
    number of texts a run.
    """

    name = MODEL_NAME
    dimension = 384
    fingerprint = MODEL_SHA256[:12]

    def __init__(self, folder: Path, threads: int | None = None, batch: int = BATCH) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or processors()
        options.inter_op_num_threads = 1
        # Threads that spin while they wait gain nothing here and starve whatever else runs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._batch = batch

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an (n, 384) array of unit rows; a text past 256 tokens is cut there."""
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        encoded = self._tokenizer.encode_batch_fast([readable(text) for text in texts])
        ids = [encoding.ids for encoding in encoded]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        for start in range(0, len(order), self._batch):
            rows = order[start : start + self._batch]
            width = max(len(ids[row]) for row in rows)
            tokens = np.zeros((len(rows), width), dtype=np.int64)
            mask = np.zeros_like(tokens)
            for place, row in enumerate(rows):
                tokens[place, : len(ids[row])] = ids[row]
                mask[place, : len(ids[row])] = 1
            feed = {"input_ids": tokens, "attention_mask": mask}
            out[rows] = self._session.run(None, feed)[0]
        return out


class SentenceTransformerEmbedder:
    """Any other model that sentence-transformers can load: a local folder or a model's name."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer

            # A model is data: its makers' code is never run, and pickled weights are never opened.
            self._model: Any = SentenceTransformer(
                name, trust_remote_code=False, model_kwargs={"use_safetensors": True}
            )
        except Exception as error:  # its loaders raise many kinds, and all mean: no model
            reason = (str(error).strip() or type(error).__name__).splitlines()[0][:160]
            raise SetupMissing(
                f"The embedding model '{name}' cannot be loaded ({reason}); set "
                f"TRAILGUIDE_EMBEDDING_MODEL to a model folder or name, or unset it."
            ) from error
        self.name = name

    @cached_property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self.embed(["dimension"]).shape[1])

    @cached_property
    def fingerprint(self) -> str:
        """12 hex digits over the weights and the length limit."""
        digest = hashlib.sha256(str(self._model.max_seq_length).encode())
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode())
            digest.update(tensor.detach().float().cpu().contiguous().numpy().data)
        return digest.hexdigest()[:12]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an (n, dimension) array of unit rows; a text past the model's limit is cut."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(
            [readable(text) for text in texts],
            batch_size=BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


def load_embedder(name: str | None, cache: Path) -> Embedder:
    """Return the embedder for a model's name; None is the packaged one, exported under `cache`.

    Raises `SetupMissing` when the model cannot be loaded.
    """
    if name is None or name.removeprefix("sentence-transformers/") == MODEL_NAME:
        return OnnxEmbedder(default_model_path(cache))
    return SentenceTransformerEmbedder(name)


def load_bulk_embedder(cache: Path) -> OnnxEmbedder:
    """The packaged model for many texts: a run takes one thread, and several may run at once."""
    return OnnxEmbedder(default_model_path(cache), threads=1, batch=BULK_BATCH)


def readable(text: str) -> str:
    """The start of a text, without the broken half characters that tokenizers refuse."""
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8").strip()


def processors() -> int:
    """Processors that this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
