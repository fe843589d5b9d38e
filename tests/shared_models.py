"""One load of the packaged models for all tests of a process, and each text read by them once.

What a model makes of a text depends on the text alone (tests/test_embeddings.py and
tests/test_sentence_models.py show it, on models of their own), but loading the embedder costs a
test 0.3 s, and one draft reads some forty sentences. Tests marked `own_models` share nothing.
"""

from __future__ import annotations

import copy
import functools
import os
import pickle
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot import bootstrap
from retrieval import embeddings
from retrieval.answering import Answering
from retrieval.embeddings import OnnxEmbedder
from retrieval.onnx_model import MODEL_NAME, default_cache
from retrieval.packaged_models import _plain_layers
from retrieval.sentence_layers import SentenceLayers

MOST = 20_000
"""Texts remembered of each model: 30 MB of vectors; more come from hypothesis only, once each."""
_CACHE = default_cache()
_switch = {"on": True}

Read = Callable[[Sequence[str]], Any]


def choose(*, shared: bool) -> None:
    """Have models be shared from now on, or not."""
    _switch["on"] = shared


class SharedEmbedder(OnnxEmbedder):
    """The packaged model on a session that others use too; what a test sets on it is its own."""

    def embed(self, texts: Sequence[str]) -> Any:
        """As the model does, once for each text."""
        if not texts or not _switch["on"]:
            return super().embed(texts)
        return _once(_known(self), super().embed, list(texts), texts)


@functools.cache
def _loaded(threads: int | None, batch: int) -> SharedEmbedder:
    made = SharedEmbedder(embeddings.default_model_path(_CACHE), threads, batch)
    _known(made)  # before it is copied: all copies share it
    return made


def keep(path: Path) -> None:
    """Write down what was read of a library, for other processes that read the same one."""
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(pickle.dumps([_known(reader) for reader in _of_libraries()]))
    fresh.replace(path)


def recall(path: Path) -> None:
    """Know what another process wrote down, from now on."""
    for reader, known in zip(_of_libraries(), pickle.loads(path.read_bytes()), strict=True):
        _known(reader).update(known)


def _of_libraries() -> tuple[Any, Any]:
    """What reads the passages of new pieces, and what reads how much they sell."""
    return _loaded(1, embeddings.BULK_BATCH), _plain_layers()


def _known(reader: Any) -> dict[Hashable, Any]:
    known: dict[Hashable, Any] = reader.__dict__.setdefault("_known", {})
    return known


def install() -> None:
    """Have everything that is wired in this process share its models."""
    alone, in_bulk = bootstrap.load_embedder, bootstrap.load_bulk_embedder

    def load(name: str | None, cache: Path) -> Any:
        packaged = (name or MODEL_NAME).removeprefix("sentence-transformers/") == MODEL_NAME
        if not (packaged and cache == _CACHE and _switch["on"]):
            return alone(name, cache)
        return copy.copy(_loaded(None, embeddings.BATCH))

    def load_bulk(cache: Path) -> Any:
        if not (cache == _CACHE and _switch["on"]):
            return in_bulk(cache)
        return copy.copy(_loaded(1, embeddings.BULK_BATCH))

    bootstrap.load_embedder, bootstrap.load_bulk_embedder = load, load_bulk
    pooled, scores = SentenceLayers.pooled, Answering.scores

    def pooled_once(self: Any, texts: Sequence[str], last: int) -> Any:
        if not texts or not _switch["on"]:
            return pooled(self, texts, last)
        read = functools.partial(pooled, self, last=last)
        return _once(_known(self), read, [(last, t) for t in texts], texts)

    def scores_once(self: Any, question: str, texts: Sequence[str]) -> Any:
        if not texts or not _switch["on"]:
            return scores(self, question, texts)
        read = functools.partial(scores, self, question)
        return _once(_known(self), read, [(question, t) for t in texts], texts)

    SentenceLayers.pooled, Answering.scores = pooled_once, scores_once  # type: ignore[method-assign]


def _once(
    known: dict[Hashable, Any], read: Read, names: Sequence[Hashable], texts: Sequence[str]
) -> Any:
    """A row for each text, of which only those are read that nobody knows."""
    found = {name: known[name] for name in names if name in known}
    new = {n: t for n, t in zip(names, texts, strict=True) if n not in found}
    if new:
        if len(known) > MOST:
            known.clear()
        fresh = dict(zip(new, read(list(new.values())), strict=True))
        known.update(fresh)
        found |= fresh
    return np.stack([found[name] for name in names])
