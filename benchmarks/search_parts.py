"""What each part of search is worth: `python -m benchmarks.search_parts [--write]`.

Turns each part off in turn on the real libraries of TRAILGUIDE_DEV_DATA, and chooses the weights
anew on all companies but one to see what they give on the one left out.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.page import keep
from benchmarks.retrieval import (
    ENOUGH,
    Library,
    MemoryCatalogue,
    ndcg_at_10,
    read_library,
)
from knowledge.chunking import OVERLAP, WORDS, embedding_text
from retrieval.embeddings import Embedder, load_embedder
from retrieval.fusion import SearchSettings, asset_scores, passage_scores
from retrieval.lexical import LexicalIndex
from retrieval.onnx_model import default_cache
from retrieval.passages import Shelf
from retrieval.vectors import ScanIndex

SHIPPED = SearchSettings()
GRID = [
    replace(SHIPPED, passage_words=p, pair_weight=w, asset_words=a)
    for p, w, a in itertools.product((0.3, 0.5, 1.0, 1.5), (0.25, 0.5, 1.0), (0.25, 0.5, 1.0))
]
LONG = (180, 30)
"""Words a passage and overlap of the first version, which had no pairs."""

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Parts:
    """One library's questions with everything that a score is made of."""

    library: Library
    shelf: Shelf
    cosines: list[Matrix]
    pairs: list[Matrix]
    passage_shares: list[Matrix]
    asset_shares: list[Matrix]

    def ndcg(self, settings: SearchSettings) -> float:
        """Mean nDCG@10 over the questions, with these settings."""
        figures = []
        for n, query in enumerate(self.library.questions):
            passages = passage_scores(self.cosines[n], self.passage_shares[n], settings)
            scores = asset_scores(
                self.shelf.best(passages), self.pairs[n], self.asset_shares[n], settings
            )
            best = np.argsort(-scores, kind="stable")[:10]
            names = [self.shelf.assets[i] for i in best]
            figures.append(ndcg_at_10(names, self.library.answers[query]))
        return float(np.mean(figures))


def parts_of(
    library: Library, catalogue: MemoryCatalogue, embedder: Embedder, settings: SearchSettings
) -> Parts:
    """Embed and search once; what the weights do with it costs nothing."""
    shelf = Shelf(sorted(catalogue.order(), key=lambda pair: pair[0]))
    index = ScanIndex()
    index.sync("all", lambda: shelf.with_pairs(catalogue.vectors("")))
    assets, chunks = catalogue.approved(), catalogue.chunks()
    titles = {name: asset.title for name, asset in assets.items()}
    by_passage = LexicalIndex.build([
        (n, embedding_text(titles[chunks[n].asset_id], chunks[n])) for n in shelf.passages
    ])  # fmt: skip
    by_asset = LexicalIndex.build(
        [
            (n, "\n".join([*[titles[n]] * settings.title_weight, assets[n].text]))
            for n in shelf.assets
        ]
    )
    questions = list(library.questions.values())
    hits = index.query_many(embedder.embed(questions), settings.fetch)
    floors = [h[-1][1] if len(h) >= settings.fetch else 0.0 for h in hits]
    spread = [shelf.spread(h, floor) for h, floor in zip(hits, floors, strict=True)]
    return Parts(
        library,
        shelf,
        [cosines for cosines, _ in spread],
        [pairs for _, pairs in spread],
        [by_passage.shares(q) for q in questions],
        [by_asset.shares(q) for q in questions],
    )


def main() -> int:
    place = os.environ.get("TRAILGUIDE_DEV_DATA")
    if not place:
        sys.stderr.write("Set TRAILGUIDE_DEV_DATA to the folder of the development libraries.\n")
        return 2
    every = [read_library(p.parent) for p in sorted(Path(place).glob("*/beir"))]
    libraries = [library for library in every if len(library.questions) >= ENOUGH]
    embedder, cache = load_embedder(None, default_cache()), default_cache().parent / "benchmarks"
    rows: dict[str, list[float]] = {}
    short = [MemoryCatalogue(lib, embedder, cache) for lib in libraries]
    shipped = [parts_of(lib, c, embedder, SHIPPED) for lib, c in zip(libraries, short, strict=True)]
    for name, settings in {
        "as shipped": SHIPPED,
        "words counted by asset only": replace(SHIPPED, passage_words=0.0),
        "words counted by passage only": replace(SHIPPED, asset_words=0.0),
        "no pairs": replace(SHIPPED, pair_weight=0.0),
        "no words at all": replace(SHIPPED, passage_words=0.0, asset_words=0.0),
        "best passage by meaning alone": replace(
            SHIPPED, passage_words=0.0, asset_words=0.0, pair_weight=0.0
        ),
    }.items():
        rows[name] = [p.ndcg(settings) for p in shipped]
    for name, settings in {
        "no weight on titles": replace(SHIPPED, title_weight=0),
        "150 passages fetched": replace(SHIPPED, fetch=150),
        "1,000 passages fetched": replace(SHIPPED, fetch=1000),
    }.items():
        found = [
            parts_of(p.library, c, embedder, settings) for p, c in zip(shipped, short, strict=True)
        ]
        rows[name] = [p.ndcg(settings) for p in found]
    long = [
        parts_of(lib, MemoryCatalogue(lib, embedder, cache, *LONG), embedder, SHIPPED)
        for lib in libraries
    ]
    rows[f"passages of {LONG[0]} words instead of {WORDS}"] = [p.ndcg(SHIPPED) for p in long]
    rows["the same without pairs"] = [p.ndcg(replace(SHIPPED, pair_weight=0.0)) for p in long]
    figures = np.array([[p.ndcg(settings) for p in shipped] for settings in GRID])
    left_out = []
    for n in range(len(shipped)):
        others = [k for k in range(len(shipped)) if k != n]
        best = int(figures[:, others].mean(axis=1).argmax())
        left_out.append(float(figures[best, n]))
    rows["weights chosen on the other companies"] = left_out
    text = table(libraries, rows, figures.mean(axis=1))
    sys.stdout.write(text + "\n")
    if "--write" in sys.argv:
        keep("search-parts", text)
    return 0


def table(libraries: list[Library], rows: dict[str, list[float]], means: Matrix) -> str:
    """The Markdown table, and how flat the ground is around the shipped weights."""
    whole = np.mean(rows["as shipped"])
    lines = [
        f"`python -m benchmarks.search_parts --write`, {time.strftime('%Y-%m-%d')}. nDCG@10; "
        f"passages of {WORDS} words, overlap {OVERLAP}.",
        "",
        f"| | {' | '.join(lib.name for lib in libraries)} | mean | against shipped |",
        "|---" * (len(libraries) + 3) + "|",
    ]
    for name, row in rows.items():
        cells = " | ".join(f"{value:.3f}" for value in row)
        lines.append(f"| {name} | {cells} | {np.mean(row):.3f} | {np.mean(row) - whole:+.3f} |")
    lines += [
        "",
        f"Over the whole grid of {len(means)} weightings the mean lies between {means.min():.3f} "
        f"and {means.max():.3f}.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
