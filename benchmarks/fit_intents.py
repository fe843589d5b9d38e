"""Fit what tells a message's intent, write the weights, and say what each part adds.

Run: .venv/bin/python -m benchmarks.fit_intents [--check]

Messages of five hands (understanding/: intents and fitted of one, hand_a to hand_d) teach the
sentence model's layers and, beside them, softmax regression over the message's vector and what the
rules found. `--check` leaves one hand out at a time and reads its messages, without writing: what
to expect of a stranger. The layers take about 4 minutes a training on a busy core.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression

from benchmarks.layer_tuning import read_with, tune
from knowledge.intents import Intent
from knowledge.understanding import Understanding, parse_message
from retrieval.embeddings import load_embedder
from retrieval.intents import BESIDE, LAYERS, other_features, readable
from retrieval.onnx_model import default_cache

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE.parent / "retrieval" / "intents_weights.json"
INTENTS = list(Intent)
DECIMALS = 3
LOOSENESS = 30.0
"""Inverse strength of the L2 penalty: 10 to 100 differed by less than 0.01 in the folds."""
VECTOR_SHARE = 3.0
"""Vectors are unit rows, so each of their numbers is small beside a rule's 1; this evens them."""


HANDS = {"first": ("intents", "fitted"), **{h: (f"hand_{h}",) for h in "abcd"}}


def messages(hand: str) -> tuple[list[Understanding], np.ndarray]:
    """What the rules read in a hand's messages, and the positions of their intents."""
    told = [
        json.loads(line)
        for name in HANDS[hand]
        for line in (HERE / "understanding" / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    read = [parse_message(row["text"]) for row in told]
    return read, np.array([INTENTS.index(Intent(row["intent"])) for row in told])


def log_shares(scores: np.ndarray) -> np.ndarray:
    scores = scores - scores.max(axis=1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def fit(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Softmax regression with an L2 penalty; a class counts by the root of its size."""
    share = {c: float(n) ** -0.5 for c, n in enumerate(np.bincount(y, minlength=len(INTENTS)))}
    model = LogisticRegression(C=LOOSENESS, max_iter=400, class_weight=share).fit(x, y)
    return model.coef_.T, model.intercept_


def check(read: dict, x: dict, y: dict) -> None:
    """Each hand read by what the others taught; the layers are trained anew for each."""
    print("| hand left out | messages | rules | vector and rules | layers | all |")
    print("|---|---|---|---|---|---|")
    for hand in HANDS:
        others = [h for h in HANDS if h != hand]
        taught = np.concatenate([y[h] for h in others])
        w, b = fit(np.vstack([x[h] for h in others]), taught)
        beside = log_shares(x[hand] @ w + b)
        change = tune([readable(u) for h in others for u in read[h]], taught)
        layers = log_shares(read_with(change, [readable(u) for u in read[hand]]))
        ruled = np.array([INTENTS.index(u.intent) for u in read[hand]])
        guesses = (ruled, *(s.argmax(1) for s in (beside, layers, layers + BESIDE * beside)))
        shares = " | ".join(f"{np.mean(g == y[hand]):.3f}" for g in guesses)
        print(f"| {hand} | {len(y[hand])} | {shares} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    embedder = load_embedder(None, default_cache())
    read, x, y = {}, {}, {}
    for hand in HANDS:
        read[hand], y[hand] = messages(hand)
        vectors = embedder.embed([readable(u) for u in read[hand]]) * VECTOR_SHARE
        x[hand] = np.hstack([vectors, np.stack([other_features(u) for u in read[hand]])])
    if asked.check:
        check(read, x, y)
        return
    every, truth = np.vstack(list(x.values())), np.concatenate(list(y.values()))
    w, b = fit(every, truth)
    w[: vectors.shape[1]] *= VECTOR_SHARE
    kept = {
        "model": embedder.name, "weights": w.round(DECIMALS).tolist(),
        "offsets": b.round(DECIMALS).tolist(),
    }  # fmt: skip
    WEIGHTS.write_text(json.dumps(kept, separators=(",", ":")) + "\n", encoding="utf-8")
    write_layers(tune([readable(u) for h in HANDS for u in read[h]], truth))
    print(f"wrote {WEIGHTS.name} and {LAYERS}")


def write_layers(change: dict[str, np.ndarray]) -> None:
    path = WEIGHTS.parent / LAYERS
    save_file({n: np.ascontiguousarray(a.astype(np.float16)) for n, a in change.items()}, str(path))
    path.chmod(0o644)  # safetensors makes it the owner's alone


if __name__ == "__main__":
    main()
