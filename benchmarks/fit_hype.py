"""Fit the hype model, write its weights, and say how well it does on companies left out.

    TRAILGUIDE_DEV_DATA=DIR python -m benchmarks.fit_hype [--check]

`--check` only measures. Learns from the labelled libraries of DIR and from hype/pieces.jsonl (99
pieces of fictional companies of many fields, written for this). Every figure of a company comes
from a model, scaling and threshold that never saw it.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.page import keep
from knowledge.style import read_sentences, style_of
from knowledge.style_words import STYLE
from knowledge.tone import hype_by_words
from retrieval.hype import WEIGHTS, WORDS_WEIGHT, sample

HERE = Path(__file__).resolve().parent
OWN = "own"
KINDS = ("edu", "news", "page")
STYLE_LOOSENESS, VECTOR_LOOSENESS = 0.1, 1.0
"""Inverse strengths of the L2 penalties; 0.03 to 0.1 and 0.3 to 3 moved the mean by under 0.015."""
VECTOR_LENGTH = 10.0
"""Mean squared length that vectors are scaled to, which only gives the penalty its unit."""
FLOOR = 0.05
"""Added to a deviation, so that a rare count is not blown up."""
LIMIT = 3.0
SLOPE = 0.5
"""The mean of two log odds that mostly say the same."""
THRESHOLD, LOST = 0.65, 0.05
STEPS = 150
DECIMALS = 4


@dataclass(frozen=True)
class Data:
    """All pieces, a row each: counts of style, mean vectors, kinds (0 teaches), companies.

    `words` are log odds by the word lists alone, which nothing here fits.
    """

    style: np.ndarray
    vectors: np.ndarray
    kinds: np.ndarray
    companies: np.ndarray
    hard: np.ndarray
    words: np.ndarray


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def pieces(data: Path) -> list[dict]:
    """Text, company, kind and hardness of every labelled piece and every one of our own."""
    found = []
    for folder in sorted(p.parent for p in data.glob("*/promo_labels.jsonl")):
        bodies = {a["id"]: a["body"] for a in rows(folder / "assets.jsonl")}
        for told in rows(folder / "promo_labels.jsonl"):
            promotes = 2 if told["type"] == "product_page" else 1
            found.append({
                "text": bodies[told["id"]], "company": folder.name, "hard": told["hard"],
                "kind": promotes if told["label"] == "promotional" else 0,
            })  # fmt: skip
    for told in rows(HERE / "hype" / "pieces.jsonl"):
        kind = KINDS.index(told["kind"])
        found.append({"text": told["text"], "company": OWN, "hard": True, "kind": kind})
    return found


def load(data: Path) -> Data:
    from retrieval.sentence_layers import WIDTH, SentenceLayers

    layers, found = SentenceLayers({}), pieces(data)
    style, vectors = [], []
    for piece in found:
        read = read_sentences(piece["text"])
        style.append(style_of(piece["text"], read))
        vectors.append(layers.pooled(sample(read), 3)[:, :WIDTH].mean(axis=0))
    columns = ("kind", "company", "hard")
    told = (np.array([p[c] for p in found]) for c in columns)
    by_words = np.clip([hype_by_words(p["text"]) for p in found], 1e-4, 1 - 1e-4)
    return Data(np.array(style), np.array(vectors), *told, np.log(by_words / (1 - by_words)))


def shares(data: Data, train: np.ndarray) -> np.ndarray:
    """Weights of the training pieces: a company's kind counts by the root of its number."""
    weight = np.zeros(len(train))
    for company in set(data.companies[train]):
        for kind in range(len(KINDS)):
            those = train & (data.companies == company) & (data.kinds == kind)
            if those.any():
                weight[those] = those.sum() ** -0.5
    return weight[train] / weight[train].mean()


def softmax_fit(
    x: np.ndarray, kinds: np.ndarray, weight: np.ndarray, loose: float
) -> tuple[np.ndarray, np.ndarray]:
    """Multinomial logistic regression with an L2 penalty, by steps under a bound of the curve."""
    wide = np.hstack([x, np.ones((len(x), 1))])
    truth = np.eye(len(KINDS))[kinds]
    penalty = np.full(wide.shape[1], 1 / loose)
    penalty[-1] = 1e-6
    curve = 0.5 * (wide.T * weight) @ wide + np.diag(penalty)
    step = np.linalg.inv(curve)
    w = np.zeros((wide.shape[1], len(KINDS)))
    seen = w
    for number in range(STEPS):
        z = wide @ seen
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        new = seen - step @ (wide.T @ ((p - truth) * weight[:, None]) + penalty[:, None] * seen)
        seen, w = new + number / (number + 3) * (new - w), new
    return w[:-1], w[-1]


def fit(data: Data, train: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    weight, kinds = shares(data, train), data.kinds[train]
    centre, scale = data.style[train].mean(axis=0), data.style[train].std(axis=0) + FLOOR
    x = np.clip((data.style[train] - centre) / scale, -LIMIT, LIMIT)
    matrix, offsets = softmax_fit(x, kinds, weight, STYLE_LOOSENESS)
    style = {"centre": centre, "scale": scale, "matrix": matrix, "offsets": offsets}
    centre = data.vectors[train].mean(axis=0)
    x = data.vectors[train] - centre
    scale = np.sqrt((x * x).sum(axis=1).mean() / VECTOR_LENGTH)
    matrix, offsets = softmax_fit(x / scale, kinds, weight, VECTOR_LOOSENESS)
    return {
        "style": style,
        "vectors": {"centre": centre, "scale": scale, "matrix": matrix, "offsets": offsets},
    }


def judged(model: dict, data: Data, those: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The log odds of style and of vectors."""
    out = []
    for name, numbers, limit in (("style", data.style, LIMIT), ("vectors", data.vectors, np.inf)):
        part = model[name]
        x = np.clip((numbers[those] - part["centre"]) / part["scale"], -limit, limit)
        d = x @ part["matrix"] + part["offsets"]
        out.append(np.logaddexp(d[:, 1], d[:, 2]) - d[:, 0])
    return out[0], out[1]


def left_out(data: Data, names: list[str], without: str = "") -> np.ndarray:
    """Both log odds of each company's pieces by a model of the others; `without` is in none."""
    odds = np.full((2, len(data.kinds)), np.nan)
    for name in names:
        train = (data.companies != name) & (data.companies != without)
        those = data.companies == name
        odds[:, those] = judged(fit(data, train), data, those)
    return odds


def offset_for(total: np.ndarray, kinds: np.ndarray) -> float:
    """The offset at which the share `LOST` of the teaching pieces lies over the threshold."""
    line = np.quantile(total[(kinds == 0) & ~np.isnan(total)], 1 - LOST)
    return float(np.log(THRESHOLD / (1 - THRESHOLD)) - SLOPE * line)


def auc(promotes: np.ndarray, value: np.ndarray) -> float:
    high, low = value[promotes], value[~promotes]
    if not len(high) or not len(low):
        return float("nan")
    gap = high[:, None] - low
    return float(((gap > 0) + 0.5 * (gap == 0)).mean())


def together(odds: np.ndarray, data: Data) -> np.ndarray:
    """The two models' log odds and a share of the word lists'."""
    return odds.sum(axis=0) + WORDS_WEIGHT * data.words


def measured(data: Data, names: list[str], odds: np.ndarray) -> list[str]:
    """The table: each company judged by what never saw it."""
    total, promotes = together(odds, data), data.kinds > 0
    lines = ["| left out | word lists, hard | style, hard | vectors, hard | together, hard "
             "| together, all | educational lost | promotional caught |",
             "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    figures = []
    for name in names:
        those = data.companies == name
        hard = those & data.hard
        four = [auc(promotes[hard], v[hard]) for v in (data.words, *odds, total)]
        four.append(auc(promotes[those], total[those]))
        figures.append(four)
        inner = together(left_out(data, [n for n in names if n != name], without=name), data)
        line = (np.log(THRESHOLD / (1 - THRESHOLD)) - offset_for(inner, data.kinds)) / SLOPE
        over = total > line
        lost, caught = (over[those & (promotes == p)] for p in (False, True))
        said = " | ".join("-" if np.isnan(f) else f"{f:.3f}" for f in four)
        lines.append(f"| {name} | {said} | {_share(lost)} | {_share(caught)} |")
    mean = " | ".join(f"{f:.3f}" for f in np.nanmean(figures, axis=0))
    hard = data.hard & (data.companies != OWN)
    pooled = " | ".join(f"{auc(promotes[hard], v[hard]):.3f}" for v in (data.words, *odds, total))
    return [*lines, f"| mean of companies | {mean} | | |", f"| all together | {pooled} | | | |"]


def main() -> None:
    place = os.environ.get("TRAILGUIDE_DEV_DATA")
    if not place:
        sys.exit("Set TRAILGUIDE_DEV_DATA to the folder with the labelled libraries.")
    data = load(Path(place))
    names = sorted(set(data.companies) - {OWN})
    odds = left_out(data, names)
    lines = measured(data, names, odds)
    print("\n".join(lines))
    if "--check" not in sys.argv:
        offset = offset_for(together(odds, data), data.kinds)
        _write(fit(data, np.ones(len(data.kinds), dtype=bool)), offset)
        keep("hype", "\n".join(lines))


def _share(over: np.ndarray) -> str:
    return f"{over.mean():.1%} of {len(over)}" if len(over) else "-"


def _write(model: dict, offset: float) -> None:
    told = {
        name: {key: np.round(value, DECIMALS).tolist() for key, value in part.items()}
        for name, part in model.items()
    }
    kept = {"model": "all-MiniLM-L6-v2", "style_names": STYLE, "slope": SLOPE, "offset": offset}
    path = HERE.parent / "retrieval" / WEIGHTS
    path.write_text(json.dumps(kept | told, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
