"""Fit what tells a message's intent, write the weights, and say what rules and vectors add.

Run: .venv/bin/python -m benchmarks.fit_intents [--check]
Softmax regression over the message's vector and what the rules found, on intents.jsonl and
fitted.jsonl of understanding/; `--check` measures in five folds without writing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from knowledge.intents import Intent
from knowledge.understanding import parse_message
from retrieval.embeddings import load_embedder
from retrieval.intents import other_features, readable
from retrieval.onnx_model import default_cache

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE.parent / "retrieval" / "intents_weights.json"
INTENTS = list(Intent)
DECIMALS = 3
LOOSENESS = 30.0
"""Inverse strength of the L2 penalty: 10 to 100 differed by less than 0.01 in the folds."""
VECTOR_SHARE = 3.0
"""Vectors are unit rows, so each of their numbers is small beside a rule's 1; this evens them."""


def rows() -> list[dict]:
    made = []
    for name in ("intents", "fitted"):
        path = HERE / "understanding" / f"{name}.jsonl"
        made += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return made


def fit(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Softmax regression with an L2 penalty; a class counts by the root of its size."""
    share = {c: float(n) ** -0.5 for c, n in enumerate(np.bincount(y, minlength=len(INTENTS)))}
    model = LogisticRegression(C=LOOSENESS, max_iter=400, class_weight=share).fit(x, y)
    return model.coef_.T, model.intercept_


def main() -> None:
    embedder = load_embedder(None, default_cache())
    read = [parse_message(r["text"]) for r in rows()]
    y = np.array([INTENTS.index(Intent(r["intent"])) for r in rows()])
    vectors = embedder.embed([readable(u) for u in read]) * VECTOR_SHARE
    others = np.stack([other_features(u) for u in read])
    both = np.hstack([vectors, others])
    rng = np.random.default_rng(5)
    fold = rng.permutation(len(y)) % 5
    ruled = np.array([INTENTS.index(u.intent) for u in read])
    print(f"{len(y)} messages; rules alone {np.mean(ruled == y):.3f}")
    for name, x in (("vectors alone", vectors), ("both", both)):
        right = np.zeros(len(y), dtype=bool)
        for k in range(5):
            w, b = fit(x[fold != k], y[fold != k])
            told = (x[fold == k] @ w + b).argmax(1)
            right[fold == k] = told == y[fold == k]
            if name == "both" and "--misses" in sys.argv:
                for i, t in zip(np.flatnonzero(fold == k), told, strict=True):
                    if t != y[i]:
                        print(f"  {INTENTS[y[i]]} > {INTENTS[t]}: {rows()[i]['text'][:100]!r}")
        print(f"{name}, five folds: {right.mean():.3f}")
    if "--check" in sys.argv:
        return
    w, b = fit(both, y)
    w[: vectors.shape[1]] *= VECTOR_SHARE
    WEIGHTS.write_text(
        json.dumps({
            "model": embedder.name, "weights": w.round(DECIMALS).tolist(), "offsets": b.round(DECIMALS).tolist(),
        }, separators=(",", ":")) + "\n",
        encoding="utf-8",
    )  # fmt: skip
    print(f"wrote {WEIGHTS.name}, {WEIGHTS.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
