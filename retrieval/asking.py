"""Hearing a request for sales that no rule knows: a line drawn in the space of sentence vectors.

Rules (knowledge/asking.py) hear the usual wordings and nearly never err, but a new wording is as
likely missed as heard. A logistic regression over the sentence's vector hears most of the rest;
benchmarks/fit_asking.py fits it and says what each part adds.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.resources import files
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from knowledge.asking import asks_for_sales, may_ask_for_sales
from retrieval.same_text import digest
from retrieval.stage_model import plain_question

Embed = Callable[[Sequence[str]], NDArray[np.float32]]

THRESHOLD = 0.6
"""Probability from which a sentence counts. With the rules it hears 83 of 100 wordings kept back,
the rules alone 55; 0.5 hears 87 with false alarms, 0.7 hears 78 (benchmarks/fit_asking.py)."""
SENTENCES_READ = 12
"""Of one text; a request stands near its start or end, and each sentence takes time."""
KIND = "a talk with sales"
"""What a rep is told: the vector says that they ask, not for which of the five things."""


class RequestReader:
    """Says what words ask for, or None: first by rule, then by vector.

    `embed` returns one unit vector a row; the weights belong to the packaged model, with any other
    `model` only the rules speak.
    """

    def __init__(self, embed: Embed, model: str) -> None:
        self._embed, self._model = embed, model

    def __call__(self, text: str) -> str | None:
        """What the words ask for, as a rep would say it ("a demo"), or None."""
        if kind := asks_for_sales(text):
            return kind
        return KIND if self.probability(text) >= THRESHOLD else None

    def probability(self, text: str) -> float:
        """The highest probability of a sentence, 0 to 1; 0 where nothing can be judged."""
        if self._weights is None:
            return 0.0
        open_ones = may_ask_for_sales(text)
        if not open_ones:
            return 0.0
        half = SENTENCES_READ // 2
        if len(open_ones) > SENTENCES_READ:
            open_ones = (*open_ones[:half], *open_ones[-half:])
        vectors = self._embed([plain_question(s) for s in open_ones])
        weights, offset = self._weights
        return float((1 / (1 + np.exp(-(vectors @ weights + offset)))).max())

    @cached_property
    def _weights(self) -> tuple[NDArray[np.float64], float] | None:
        kept = json.loads((files("retrieval") / "asking_weights.json").read_text(encoding="utf-8"))
        if kept["model"] != self._model:
            return None
        return np.array(kept["weights"]), float(kept["offset"])


def remembering(embed: Embed, most: int = 256) -> Embed:
    """The same `embed`, which keeps the vectors of the last `most` texts, by their digests.

    Pacing and drafting hear the same notes again and again; a lead's words are not kept.
    """
    kept: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
    lock = Lock()

    def embed_once(texts: Sequence[str]) -> NDArray[np.float32]:
        keys = {text: digest(text) for text in texts}
        with lock:
            known = {t: kept[k] for t, k in keys.items() if k in kept}
        new = [t for t in keys if t not in known]
        if new:
            known.update(zip(new, embed(new), strict=True))
        with lock:
            for text, key in keys.items():
                kept[key] = known[text]
                kept.move_to_end(key)
            while len(kept) > most:
                kept.popitem(last=False)
        return np.stack([known[t] for t in texts])

    return embed_once
