"""How well search ranks on real libraries: `python -m benchmarks.retrieval [company ...]`.

Reads the folder that TRAILGUIDE_DEV_DATA names (one folder a company, `beir/` in each), runs the
product's own Finder over a catalogue in memory, and prints and keeps the tables.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.page import keep
from knowledge.assets import Asset, AssetStatus, Chunk
from knowledge.chunking import CHUNKER, OVERLAP, WORDS, chunk_asset, embedding_text
from knowledge.journey import AssetType
from knowledge.touch import Candidate
from retrieval.embeddings import Embedder, load_embedder
from retrieval.fusion import SearchSettings
from retrieval.lexical import LexicalIndex
from retrieval.onnx_model import default_cache
from retrieval.search import Finder
from retrieval.vectors import ScanIndex

ENOUGH = 10
"""Companies with fewer questions are shown but left out of the mean: two say nothing."""


@dataclass(frozen=True)
class Library:
    """One company's assets, questions and which assets answer them."""

    name: str
    assets: list[Asset]
    questions: dict[str, str]
    answers: dict[str, set[str]]


class MemoryCatalogue:
    """A catalogue without SQL: everything is approved and nothing changes."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        cache: Path,
        words: int = WORDS,
        overlap: int = OVERLAP,
    ) -> None:
        self._assets = {asset.id: asset for asset in library.assets}
        pairs = [(a, chunk) for a in library.assets for chunk in chunk_asset(a, words, overlap)]
        self._chunks = {chunk.id: chunk for _, chunk in pairs}
        self._revision = hashlib.sha256("".join(self._chunks).encode()).hexdigest()
        kept = cache / f"{CHUNKER}-{embedder.fingerprint}-{self._revision[:16]}.npy"
        if not kept.exists():
            cache.mkdir(parents=True, exist_ok=True)
            np.save(kept, embedder.embed([embedding_text(a.title, c) for a, c in pairs]))
        self._vectors: NDArray[np.float32] = np.load(kept)

    def approved(self, ids: Collection[str] | None = None) -> dict[str, Asset]:
        if ids is None:
            return self._assets
        return {name: self._assets[name] for name in ids if name in self._assets}

    def approved_ids(self, ids: Collection[str]) -> set[str]:
        return {name for name in ids if name in self._assets}

    def chunks(self, ids: Collection[str] | None = None) -> dict[str, Chunk]:
        if ids is None:
            return self._chunks
        return {name: self._chunks[name] for name in ids}

    def order(self) -> list[tuple[str, str]]:
        return [(chunk.asset_id, chunk.id) for chunk in self._chunks.values()]

    def vectors(self, model: str) -> tuple[list[str], NDArray[np.float32]]:  # noqa: ARG002
        return list(self._chunks), self._vectors

    def revision(self) -> str:
        return self._revision


def read_library(folder: Path) -> Library:
    """A company's `beir/` subset."""
    beir = folder / "beir"
    with gzip.open(beir / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        documents = [json.loads(line) for line in lines]
    assets = [
        Asset(
            d["_id"], d["title"], AssetType.OTHER, d["text"], d["_id"], status=AssetStatus.APPROVED
        )
        for d in documents
    ]
    answers: dict[str, set[str]] = {}
    for line in (beir / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, asset, score = line.split("\t")
        if int(score) > 0:
            answers.setdefault(query, set()).add(asset)
    lines = (beir / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    questions = {q["_id"]: q["text"] for q in map(json.loads, lines) if q["_id"] in answers}
    return Library(folder.name, assets, questions, answers)


def ndcg_at_10(ranking: Sequence[str], relevant: Collection[str]) -> float:
    """Normalised discounted cumulative gain of the first ten, gains 0 or 1."""
    gain = sum(1 / np.log2(i + 2) for i, name in enumerate(ranking[:10]) if name in relevant)
    return float(gain / sum(1 / np.log2(i + 2) for i in range(min(10, len(relevant)))))


def measure(library: Library, rank: Callable[[list[str]], list[list[str]]]) -> tuple[float, ...]:
    """Mean nDCG@10, hit@1 and hit@5 of a ranker over the library's questions."""
    rankings = rank(list(library.questions.values()))
    rows = [
        (
            ndcg_at_10(ranking, library.answers[query]),
            bool(library.answers[query] & set(ranking[:1])),
            bool(library.answers[query] & set(ranking[:5])),
        )
        for query, ranking in zip(library.questions, rankings, strict=True)
    ]
    return tuple(float(value) for value in np.mean(np.array(rows, dtype=float), axis=0))


def rankers(
    library: Library, catalogue: MemoryCatalogue, embedder: Embedder, finder: Finder
) -> dict[str, Callable[[list[str]], list[list[str]]]]:
    """The product's search beside each half alone and their plain rank fusion."""
    chunk_ids, matrix = catalogue.vectors(embedder.fingerprint)
    chunks = catalogue.chunks()
    words = LexicalIndex.build([(a.id, f"{a.title}\n{a.text}") for a in library.assets])

    def by_meaning(questions: list[str]) -> list[list[str]]:
        orders = np.argsort(-(embedder.embed(questions) @ matrix.T), axis=1, kind="stable")
        return [
            list(dict.fromkeys(chunks[chunk_ids[i]].asset_id for i in order)) for order in orders
        ]

    def by_words(questions: list[str]) -> list[list[str]]:
        return [[name for name, _ in words.search(q, len(library.assets))] for q in questions]

    def by_ranks(questions: list[str]) -> list[list[str]]:
        fused = []
        for lists in zip(by_meaning(questions), by_words(questions), strict=True):
            points: dict[str, float] = {}
            for ranking in lists:
                for place, name in enumerate(ranking):
                    points[name] = points.get(name, 0.0) + 1 / (61 + place)
            fused.append(sorted(points, key=lambda name: (-points[name], name)))
        return fused

    def by_search(questions: list[str]) -> list[list[str]]:
        return [[c.asset.id for c in found] for found in finder.search_many(questions, 10)]

    return {
        "BM25 alone": by_words,
        "MiniLM alone": by_meaning,
        "plain reciprocal rank fusion": by_ranks,
        "Trailguide search": by_search,
    }


def answerability(finder: Finder, own: list[str], foreign: list[str]) -> tuple[float, ...]:
    """AUC of the best score, own questions kept, and foreign questions told to have no answer."""

    def look(questions: list[str]) -> tuple[list[float], list[bool]]:
        found: list[list[Candidate]] = list(finder.search_many(questions, 10))
        best = [max((c.score for c in cs), default=0.0) for cs in found]
        none = [not any(c.answers for c in cs) for cs in found]
        return best, none

    (ours, refused), (theirs, told) = look(own), look(foreign)
    higher = np.array(ours)[:, None] - np.array(theirs)[None, :]
    auc = float(np.mean((higher > 0) + 0.5 * (higher == 0)))
    return auc, 1 - float(np.mean(refused)), float(np.mean(told)), float(np.quantile(ours, 0.05))


def main(arguments: list[str]) -> int:
    """Measure, print and keep the tables."""
    place = os.environ.get("TRAILGUIDE_DEV_DATA")
    if not place:
        sys.stderr.write("Set TRAILGUIDE_DEV_DATA to the folder of the development libraries.\n")
        return 2
    folders = [p.parent for p in sorted(Path(place).glob("*/beir"))]
    libraries = [read_library(f) for f in folders if not arguments or f.name in arguments]
    everyone = [read_library(f) for f in folders]
    embedder = load_embedder(None, default_cache())
    cache = default_cache().parent / "benchmarks"
    figures: dict[str, dict[str, tuple[float, ...]]] = {}
    answerable: dict[str, tuple[float, ...]] = {}
    speed: dict[str, tuple[int, int, float]] = {}
    for library in libraries:
        sys.stderr.write(f"{library.name}: {len(library.assets)} assets ...\n")
        catalogue = MemoryCatalogue(library, embedder, cache)
        finder = Finder(catalogue, embedder, ScanIndex(), None, SearchSettings())
        ways = rankers(library, catalogue, embedder, finder)
        for way, rank in ways.items():
            figures.setdefault(way, {})[library.name] = measure(library, rank)
        own = list(library.questions.values())
        foreign = [q for o in everyone if o.name != library.name for q in o.questions.values()]
        answerable[library.name] = answerability(finder, own, foreign)
        many = [own[i % len(own)] for i in range(1000)]
        started = time.perf_counter()
        list(finder.search_many(many, 10))
        speed[library.name] = (
            len(library.assets), len(catalogue.chunks()), time.perf_counter() - started
        )  # fmt: skip
    text = report(libraries, figures, answerable, speed, arguments)
    sys.stdout.write(text + "\n")
    if not arguments:
        keep("retrieval", text)
    return 0


def report(
    libraries: list[Library],
    figures: dict[str, dict[str, tuple[float, ...]]],
    answerable: dict[str, tuple[float, ...]],
    speed: dict[str, tuple[int, int, float]],
    arguments: list[str],
) -> str:
    """The Markdown tables."""
    counted = [library.name for library in libraries if len(library.questions) >= ENOUGH]
    heads = [f"{lib.name} ({len(lib.questions)} questions)" for lib in libraries]
    lines = [
        f"`{' '.join(['python -m benchmarks.retrieval', *arguments])}`, {date.today()}. "  # noqa: DTZ011 - a stamp
        f"Each cell: nDCG@10 / hit@1 / hit@5. The mean counts companies with at least {ENOUGH} "
        "questions.",
        "",
        f"| | {' | '.join(heads)} | mean |",
        "|---" * (len(heads) + 2) + "|",
    ]
    for way, row in figures.items():
        cells = [" / ".join(f"{value:.3f}" for value in row[lib.name]) for lib in libraries]
        mean = np.mean([row[name] for name in counted], axis=0) if counted else []
        lines.append(f"| {way} | {' | '.join(cells)} | {' / '.join(f'{v:.3f}' for v in mean)} |")
    lines += [
        "",
        '"No good asset": questions of the other companies should find none, its own should.',
        "",
        "| | AUC of the best score | own kept | others told none | 5 % of own score below |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {auc:.3f} | {kept:.1%} | {told:.1%} | {low:.3f} |"
            for name, (auc, kept, told, low) in answerable.items()
        ),
        "",
        "Speed of `search_many`, exact scan, model included:",
        "",
        "| | assets | chunks | 1,000 questions |",
        "|---|---|---|---|",
        *(f"| {n} | {assets} | {chunks} | {s:.1f} s |" for n, (assets, chunks, s) in speed.items()),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
