"""Fit the reader of requests for sales, write its weights, and say what rules and vectors add.

Run: .venv/bin/python -m benchmarks.fit_asking [--check]
`--check` only measures. Fitted on asking/fitted.jsonl and on every other learning question of
stage/*.jsonl (none of which asks for sales, decision left out); measured on asking/held_back.jsonl
and the learning questions in between.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from benchmarks.page import keep
from knowledge.asking import asks_for_sales, may_ask_for_sales
from retrieval.asking import THRESHOLD
from retrieval.embeddings import load_embedder
from retrieval.onnx_model import default_cache
from retrieval.stage_model import plain_question

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE.parent / "retrieval" / "asking_weights.json"
DECIMALS = 3
LOOSENESS = 20.0
"""Inverse strength of the L2 penalty; 5 to 40 moved recall by less than 0.05."""
STEPS = 25


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def learning_questions() -> list[str]:
    """Buyer questions of every stage but decision, where many do ask for terms."""
    paths = sorted((HERE / "stage").glob("questions_*.jsonl"))
    asked = [r["question"] for p in paths for r in rows(p) if r["stage"] != "decision"]
    return [q for q in dict.fromkeys(asked) if not asks_for_sales(q)]


def fit(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Logistic regression with an L2 penalty, by Newton's method; the offset is free."""
    wide = np.hstack([x, np.ones((len(x), 1))]).astype(float)
    penalty = np.eye(wide.shape[1]) / LOOSENESS
    penalty[-1, -1] = 0
    w = np.zeros(wide.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-wide @ w))
        slope = wide.T @ (p - y) + penalty @ w
        curve = (wide * (p * (1 - p))[:, None]).T @ wide + penalty
        w -= np.linalg.solve(curve, slope)
    return w[:-1], float(w[-1])


def main() -> None:
    embedder = load_embedder(None, default_cache())

    def vectors(texts: list[str]) -> np.ndarray:
        return embedder.embed([plain_question(t) for t in texts])

    fitted, held = rows(HERE / "asking/fitted.jsonl"), rows(HERE / "asking/held_back.jsonl")
    learning = learning_questions()
    negative = [s for text in learning[::2] for s in may_ask_for_sales(text)]
    texts = [r["text"] for r in fitted] + negative
    y = np.array([r["asks"] for r in fitted] + [False] * len(negative), dtype=float)
    weights, offset = fit(vectors(texts), y)

    def likely(text: str) -> float:
        sentences = list(may_ask_for_sales(text))
        if not sentences:
            return 0.0
        return float((1 / (1 + np.exp(-(vectors(sentences) @ weights + offset)))).max())

    truth = np.array([r["asks"] for r in held])
    ruled = np.array([bool(asks_for_sales(r["text"])) for r in held])
    p = np.array([likely(r["text"]) for r in held])
    q = np.array([likely(t) for t in learning[1::2]])
    lines = [
        "## Requests for sales: heard by rule and by vector",
        "",
        f"`python -m benchmarks.fit_asking`: {truth.sum()} wordings that ask and {(~truth).sum()} "
        f"that do not, all held back, and {len(q)} learning questions. The misses were seen while "
        f"the rules were written, so expect a little less; {THRESHOLD} is in force.",
        "",
        "| heard by | asks: heard | asks not: false | learning questions: false |",
        "|---|---|---|---|",
        f"| rules | {ruled[truth].mean():.3f} | {ruled[~truth].mean():.3f} | 0 by choice |",
    ]
    for t in (0.5, THRESHOLD, 0.7, 0.8):
        for name, heard in (("vector", p >= t), ("both", (p >= t) | ruled)):
            said = f"{heard[truth].mean():.3f} | {heard[~truth].mean():.3f} | {(q >= t).mean():.4f}"
            lines.append(f"| {name}, {t} | {said} |")
    print("\n".join(lines))
    if "--check" in sys.argv:
        return
    keep("asking", "\n".join(lines))
    WEIGHTS.write_text(
        json.dumps({
            "model": embedder.name, "weights": weights.round(DECIMALS).tolist(),
            "offset": round(offset, DECIMALS),
        }, separators=(",", ":")) + "\n",
        encoding="utf-8",
    )  # fmt: skip
    print(f"wrote {WEIGHTS.name}, {WEIGHTS.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
