"""Which buyer questions a piece answers, and which misses belong together: how right we are.

`python -m benchmarks.buyer_questions --write` puts the tables into benchmarks/README.md. The pieces
of the sample library were labelled by hand (buyer_questions/pieces.jsonl), brochures aside; the
wordings of 20 needs were written by hand (buyer_questions/wordings.tsv). Settings are chosen on one
half of the pieces and measured on the other, both ways round.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.page import keep
from knowledge.assets import Asset
from knowledge.buyer_questions import IN_SHORT, BuyerQuestion
from knowledge.journey_map import load_journey
from retrieval.answering import load_answering
from retrieval.asking import Embed, remembering
from retrieval.buyer_questions import (
    TYPE_ANSWERS,
    BuyerQuestionReader,
    BuyerQuestionSettings,
)
from retrieval.embeddings import load_embedder
from retrieval.onnx_model import default_cache
from retrieval.request_clusters import SAME_REQUEST, placed
from tests.drafts import sample_asset

PLACE = Path(__file__).with_name("buyer_questions")
ORDERS = 5
"""Orders in which the wordings come: leader clustering depends on it."""
Labelled = tuple[Asset, frozenset[BuyerQuestion]]
Scores = Callable[[Asset], dict[BuyerQuestion, float]]


def labelled() -> list[Labelled]:
    rows = [json.loads(line) for line in (PLACE / "pieces.jsonl").read_text().splitlines()]
    return [
        (sample_asset(row["asset"]), frozenset(BuyerQuestion(q) for q in row["answers"]))
        for row in rows
    ]


def quality(got: list[set[BuyerQuestion]], pieces: list[Labelled]) -> tuple[float, float, float]:
    """Precision, recall and F1 over all pieces and questions."""
    right = sum(len(g & want) for g, (_, want) in zip(got, pieces, strict=True))
    read, wanted = sum(map(len, got)), sum(len(want) for _, want in pieces)
    precision, recall = right / max(read, 1), right / max(wanted, 1)
    return precision, recall, 2 * right / max(read + wanted, 1)


def above(scores: Scores, least: float, pieces: list[Labelled]) -> list[set[BuyerQuestion]]:
    return [{q for q, s in scores(a).items() if s >= least} for a, _ in pieces]


def best_threshold(scores: Scores, pieces: list[Labelled]) -> float:
    values = sorted({round(s, 2) for a, _ in pieces for s in scores(a).values()})
    return max(values, key=lambda least: quality(above(scores, least, pieces), pieces)[2])


def by_type(asset: Asset) -> dict[BuyerQuestion, float]:
    return {q: float(asset.type in TYPE_ANSWERS[q]) for q in BuyerQuestion}


def by_answering() -> Scores:
    """The cross-encoder: the best passage for the question in the words of the piece's stage."""
    model, journey = load_answering(), load_journey()
    known: dict[str, dict[BuyerQuestion, float]] = {}

    def scores(asset: Asset) -> dict[BuyerQuestion, float]:
        if asset.id not in known:
            passages = [p for p in re.split(r"\n\s*\n", asset.text) if len(p.split()) > 8][:24]
            asked = dict(journey[asset.fitting_stages[0]].buyer_questions)
            best = {
                q: float(np.sort(model.scores(asked[q], passages))[-2:].mean())
                for q in BuyerQuestion
            }
            mean = sum(best.values()) / len(best)
            known[asset.id] = {q: score - mean for q, score in best.items()}
        return known[asset.id]

    return scores


def joined(one: Scores, other: Scores, share: float) -> Scores:
    def scores(asset: Asset) -> dict[BuyerQuestion, float]:
        first, second = one(asset), other(asset)
        return {q: first[q] + share * second[q] for q in BuyerQuestion}

    return scores


def choices() -> Iterator[BuyerQuestionSettings]:
    for nearest, headings, share in itertools.product((1, 2, 3), (1, 2, 3), (0.05, 0.1, 0.15, 0.2)):
        yield BuyerQuestionSettings(nearest=nearest, headings=headings, type_share=share)


def crossed(embed: Embed, pieces: list[Labelled]) -> tuple[float, float, float]:
    """Settings chosen on one half, measured on the other; both halves together."""
    halves = pieces[::2], pieces[1::2]
    got: list[set[BuyerQuestion]] = []
    for chosen_on, measured_on in (halves, halves[::-1]):
        best = max(
            (
                (quality(above(s, t, chosen_on), chosen_on)[2], c, t)
                for c in choices()
                for s in [BuyerQuestionReader(embed, c).nearness]
                for t in [best_threshold(s, chosen_on)]
            ),
            key=lambda found: found[0],
        )
        got += above(BuyerQuestionReader(embed, best[1]).nearness, best[2], measured_on)
    return quality(got, [*halves[1], *halves[0]])


def pieces_table(embed: Embed) -> str:
    pieces = labelled()
    own = BuyerQuestionSettings()
    reader = BuyerQuestionReader(embed, own)
    alone = BuyerQuestionReader(embed, replace(own, type_share=0.0)).nearness
    answering = by_answering()
    rows = [("type alone", quality(above(by_type, 1.0, pieces), pieces))]
    for name, scores in (
        ("headings alone, best threshold", alone),
        ("passages read together with the question (cross-encoder), best threshold", answering),
        ("headings and type, and the cross-encoder", joined(reader.nearness, answering, 0.02)),
    ):
        rows.append((name, quality(above(scores, best_threshold(scores, pieces), pieces), pieces)))
    rows.append(("headings and type, settings chosen on the other half", crossed(embed, pieces)))
    rows.append(
        (
            f"**headings and type, as set** (nearest {own.nearest}, headings {own.headings}, "
            f"type {own.type_share}, threshold {own.threshold})",
            quality(above(reader.nearness, own.threshold, pieces), pieces),
        )
    )
    told = [f"| {name} | {p:.2f} | {r:.2f} | {f:.2f} |" for name, (p, r, f) in rows]
    each = []
    got = above(reader.nearness, own.threshold, pieces)
    for question in BuyerQuestion:
        own_got = [g & {question} for g in got]
        own_want = [(a, want & {question}) for a, want in pieces]
        p, r, f = quality(own_got, own_want)
        count = sum(len(want) for _, want in own_want)
        each.append(f"| {IN_SHORT[question]} ({count}) | {p:.2f} | {r:.2f} | {f:.2f} |")
    return "\n".join([
        f"Of the sample library's {len(pieces)} pieces (brochures aside), against labels by hand:",
        "", "| what speaks | precision | recall | F1 |", "| --- | --- | --- | --- |", *told,
        "", "As set, by question (pieces labelled with it):",
        "", "| question | precision | recall | F1 |", "| --- | --- | --- | --- |", *each,
    ])  # fmt: skip


def wordings() -> list[tuple[str, str]]:
    lines = (PLACE / "wordings.tsv").read_text().splitlines()
    return [(need, wording) for need, _, wording in (line.partition("\t") for line in lines)]


def together(embed: Embed, least: float) -> tuple[float, float, float, float]:
    """Precision, recall and F1 of pairs, and how many requests; means over orders."""
    found = []
    for seed in range(ORDERS):
        rows = wordings()
        random.Random(seed).shuffle(rows)
        groups, _ = placed(dict(enumerate(w for _, w in rows)), {}, embed, least)
        at = {n: g for g, numbers in enumerate(groups) for n in numbers}
        pairs = [
            (rows[i][0] == rows[j][0], at[i] == at[j])
            for i, j in itertools.combinations(range(len(rows)), 2)
        ]
        right, read = sum(a and b for a, b in pairs), sum(b for _, b in pairs)
        same = sum(a for a, _ in pairs)
        found.append((right / max(read, 1), right / same, 2 * right / (read + same), len(groups)))
    p, r, f, n = np.mean(found, axis=0)
    return float(p), float(r), float(f), float(n)


def wordings_table(embed: Embed) -> str:
    rows = []
    for least in (0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55):
        p, r, f, n = together(embed, least)
        mark = "**" if abs(least - SAME_REQUEST) < 1e-9 else ""
        rows.append(f"| {mark}{least:.2f}{mark} | {p:.2f} | {r:.2f} | {f:.2f} | {n:.1f} |")
    needs = len({need for need, _ in wordings()})
    return "\n".join([
        f"Pairs put together of {len(wordings())} wordings of {needs} needs, in {ORDERS} orders:",
        "", "| threshold | precision | recall | F1 | requests |", "| --- | --- | --- | --- | --- |",
        *rows,
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the tables in the page")
    arguments = parser.parse_args()
    embed = remembering(load_embedder(None, default_cache()).embed, 4096)
    text = "\n\n".join([
        "## Buyer questions, and misses put together",
        "`python -m benchmarks.buyer_questions --write`. The cross-encoder that picks a draft's "
        "insight tells passages of one piece apart; between the six questions it says less than "
        "the headings do, and reads for seconds, so it is left out.",
        pieces_table(embed),
        wordings_table(embed),
    ])  # fmt: skip
    print(text)
    if arguments.write:
        keep("buyer_questions", text)


if __name__ == "__main__":
    main()
