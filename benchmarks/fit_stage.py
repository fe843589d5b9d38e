"""Fit the stage model on the packaged journey map, write its weights, and say how good it is.

Run: .venv/bin/python -m benchmarks.fit_stage [--check]
`--check` only measures. The held-out questions are tests/fixtures/stage_questions.jsonl.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from knowledge.journey_map import load_journey
from retrieval import stage_model
from retrieval.embeddings import load_embedder
from retrieval.onnx_model import default_cache
from retrieval.stage_model import STAGES, features, fit, labelled, plain_question, recipe

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = ROOT / "retrieval" / "stage_weights.json"
HELD_OUT = ROOT / "tests" / "fixtures" / "stage_questions.jsonl"
DECIMALS = 3
FOLDS = 5


def macro_f1(truth: np.ndarray, guess: np.ndarray) -> float:
    scores = []
    for n in range(len(STAGES)):
        hit = np.sum((truth == n) & (guess == n))
        scores.append(2 * hit / max(1, np.sum(truth == n) + np.sum(guess == n)))
    return float(np.mean(scores))


def report(name: str, truth: np.ndarray, likely: np.ndarray) -> None:
    guess = likely.argmax(axis=1)
    sure = likely.max(axis=1)
    right = guess == truth
    bins = np.clip((sure * 5).astype(int), 0, 4)
    gap = sum(
        abs(right[bins == b].mean() - sure[bins == b].mean()) * (bins == b).mean()
        for b in range(5)
        if (bins == b).any()
    )
    print(
        f"| {name} | {right.mean():.3f} | {macro_f1(truth, guess):.3f} | {sure.mean():.3f} "
        f"| {gap:.3f} |"
    )


def cross_validated(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    fold = np.random.default_rng(7).permutation(len(y)) % FOLDS
    likely = np.zeros((len(y), len(STAGES)))
    for k in range(FOLDS):
        model = fit(x[fold != k], y[fold != k])
        likely[fold == k] = stage_model.softmax(x[fold == k] @ model.weights + model.offsets)
    return likely


def main() -> None:
    embedder = load_embedder(None, default_cache())
    journey = load_journey()
    texts, y = labelled(journey)
    x = features(embedder.embed([plain_question(t) for t in texts]), texts)
    lines = HELD_OUT.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    held = [r["question"] for r in rows]
    truth = np.array([STAGES.index(r["stage"]) for r in rows])
    hx = features(embedder.embed([plain_question(t) for t in held]), held)
    d = embedder.dimension
    print("| what | accuracy | macro F1 | mean confidence | calibration error |")
    print("|---|---|---|---|---|")
    for name, columns in (
        ("vectors", slice(0, d)), ("cues", slice(d, None)), ("vectors and cues", slice(None)),
    ):  # fmt: skip
        model = fit(x[:, columns], y)
        report(
            f"{name}, {len(y)} map questions, {FOLDS}-fold", y, cross_validated(x[:, columns], y)
        )
        likely = stage_model.softmax(hx[:, columns] @ model.weights + model.offsets)
        report(f"{name}, {len(truth)} held-out questions", truth, likely)
    if "--check" in sys.argv:
        return
    model = fit(x, y)
    WEIGHTS.write_text(
        json.dumps({
            "model": embedder.name,
            "fitted_on": recipe(journey),
            "weights": model.weights.round(DECIMALS).tolist(),
            "offsets": model.offsets.round(DECIMALS).tolist(),
        }, separators=(",", ":")) + "\n",
        encoding="utf-8",
    )  # fmt: skip
    print(f"wrote {WEIGHTS.name}, {WEIGHTS.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
