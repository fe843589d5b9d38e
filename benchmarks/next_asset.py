"""How well the next piece is found after one: `python -m benchmarks.next_asset [company ...]`.

Reads the folder that TRAILGUIDE_DEV_DATA names. The right answers are the authors' own links from
one content piece to another (`next_links.jsonl`, nurture and not hub), the candidates all other
content pieces of the company. Texts are those of `beir/`, which hold no related-reading sections.
Since the sentence around an inline link may name its target, all is measured again without the
sentences that hold a link.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.page import keep
from benchmarks.retrieval import MemoryCatalogue, read_library
from knowledge.assets import Asset
from knowledge.chunking import CHUNKER, chunk_asset, embedding_text
from knowledge.journey import AssetType, parse_type
from retrieval.embeddings import Embedder, load_embedder
from retrieval.following import Following, FollowingSettings
from retrieval.fusion import SearchSettings
from retrieval.onnx_model import default_cache
from retrieval.search import Finder
from retrieval.vectors import ScanIndex

NOT_CONTENT = frozenset({AssetType.DOCS, AssetType.PRODUCT_OVERVIEW, AssetType.CHANGELOG})
FOREIGN = 40
"""Pieces of every other company that are tried as read, to see that nothing follows them."""

Numbers = NDArray[np.float32]
Rank = Callable[[Sequence[str]], Mapping[str, float]]


@dataclass
class Pieces:
    """A company's pieces with the chunks' owners and vectors."""

    assets: dict[str, Asset]
    owners: list[str]
    vectors: Numbers

    @cached_property
    def following(self) -> Following:
        return Following(self.assets.values(), self.owners, self.vectors)


@dataclass(frozen=True)
class Company:
    """Pieces as they are and without the sentences that hold links, and the authors' links."""

    name: str
    catalogue: MemoryCatalogue
    whole: Pieces
    stripped: Pieces
    links: list[tuple[str, str, str]]  # source, target, kind

    @property
    def content(self) -> frozenset[str]:
        assets = self.whole.assets.values()
        return frozenset(a.id for a in assets if a.type not in NOT_CONTENT)


def read_company(folder: Path, embedder: Embedder, cache: Path) -> Company:
    """One folder of the development data, embedded (from the cache when it was before)."""
    library = read_library(folder)
    catalogue = MemoryCatalogue(library, embedder, cache)
    rows = _lines(folder / "assets.jsonl")
    told = {row["id"]: row for row in rows}
    assets = {
        a.id: replace(
            a,
            type=parse_type(told[a.id]["type"]),
            description=told[a.id].get("description") or "",
            published=_day(told[a.id].get("date")),
        )
        for a in library.assets
    }
    ids, vectors = catalogue.vectors(embedder.fingerprint)
    chunks = catalogue.chunks()
    links = _lines(folder / "next_links.jsonl")
    pairs = [
        (x["source"], x["target"], "inline" if x["kind"] == "inline" else "related")
        for x in links
        if x["nurture"] and not x["hub"]
    ]
    texts = _without_links(assets, links)
    bare = {name: replace(a, text=texts.get(name, a.text)) for name, a in assets.items()}
    held = dict(zip(ids, vectors, strict=True))
    return Company(
        folder.name,
        catalogue,
        Pieces(assets, [chunks[i].asset_id for i in ids], vectors),
        _embedded(bare, held, embedder, cache),
        pairs,
    )


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _without_links(assets: Mapping[str, Asset], links: list[dict[str, str]]) -> dict[str, str]:
    """Texts of the pieces that link, without any sentence in which a link's words stand."""
    held: dict[str, list[tuple[str, str]]] = {}
    for link in links:
        held.setdefault(link["source"], []).append((_bare(link["anchor"]), _bare(link["context"])))
    texts = {}
    for name, known in held.items():
        parts = re.split(r"((?<=[.!?])\s+|\n)", assets[name].text)
        texts[name] = "".join(part for part in parts if not _holds(_bare(part), known))
    return texts


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text).lower().strip()


def _holds(sentence: str, links: list[tuple[str, str]]) -> bool:
    """Does a link stand here: its words do, in its context, or they are long enough to be sure."""
    return bool(sentence) and any(
        anchor and anchor in sentence and (sentence in context or len(anchor) > 12)
        for anchor, context in links
    )


def _embedded(
    assets: dict[str, Asset], held: dict[str, Numbers], embedder: Embedder, cache: Path
) -> Pieces:
    """The pieces with vectors; only passages that are not held are embedded, once."""
    pairs = [(a, chunk) for a in assets.values() for chunk in chunk_asset(a)]
    new = [(a, chunk) for a, chunk in pairs if chunk.id not in held]
    key = hashlib.sha256("".join(chunk.id for _, chunk in new).encode()).hexdigest()[:16]
    kept = cache / f"{CHUNKER}-{embedder.fingerprint}-next-{key}.npy"
    if not kept.exists():
        np.save(kept, embedder.embed([embedding_text(a.title, chunk) for a, chunk in new]))
    known = held | {chunk.id: row for (_, chunk), row in zip(new, np.load(kept), strict=True)}
    return Pieces(
        assets,
        [chunk.asset_id for _, chunk in pairs],
        np.stack([known[chunk.id] for _, chunk in pairs]),
    )


def by_mean_vector(pieces: Pieces) -> Rank:
    """The baseline: cosine of the mean of all passages with the last piece's."""
    ids = list(pieces.assets)
    place = {name: i for i, name in enumerate(ids)}
    means = np.zeros((len(ids), pieces.vectors.shape[1]), np.float32)
    np.add.at(means, [place[name] for name in pieces.owners], pieces.vectors)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return lambda read: dict(zip(ids, (means @ means[place[read[-1]]]).tolist(), strict=True))


def by_search(company: Company, embedder: Embedder) -> Rank:
    """What stands in without any of this: a search for the piece's title and description."""
    finder = Finder(company.catalogue, embedder, ScanIndex(), None, SearchSettings())

    def rank(read: Sequence[str]) -> dict[str, float]:
        asset = company.whole.assets[read[-1]]
        found = finder.candidates([f"{asset.title}. {asset.description}"], depth=200)
        return {c.asset.id: c.score for c in found}

    return rank


def places(
    rank: Rank, asked: Sequence[tuple[tuple[str, ...], str]], content: Collection[str]
) -> NDArray[np.float64]:
    """The place, from 1, of each (pieces read, target) among the content not read; ties halve."""
    known: dict[tuple[str, ...], Mapping[str, float]] = {}
    found = []
    for read, target in asked:
        if read not in known:
            known[read] = rank(read)
        scores = known[read]
        others = np.array([scores.get(n, -1.0) for n in content if n not in read and n != target])
        mine = scores.get(target, -1.0)
        found.append(1 + (others > mine).sum() + (others == mine).sum() / 2)
    return np.array(found, dtype=np.float64)


def figures(found: NDArray[np.float64]) -> tuple[float, float, float]:
    """hit@5, hit@10 and the mean reciprocal rank."""
    if not len(found):
        return float("nan"), float("nan"), float("nan")
    return float((found <= 5).mean()), float((found <= 10).mean()), float((1 / found).mean())


def row(name: str, companies: list[Company], ranks: list[Rank]) -> str:
    """One line of the table: companies, their mean, and each kind over all companies."""
    all_places = [
        places(rank, [((s,), t) for s, t, _ in c.links], c.content)
        for c, rank in zip(companies, ranks, strict=True)
    ]
    each = [figures(found) for found in all_places]
    kinds = np.array([kind for c in companies for _, _, kind in c.links])
    together = np.concatenate(all_places)
    cells = [*each, tuple(np.mean(each, axis=0))]
    cells += [figures(together[kinds == kind]) for kind in ("related", "inline")]
    sys.stderr.write(f"{name} {time.process_time():.0f} s\n")
    shown = " | ".join(" / ".join(f"{value:.3f}" for value in cell) for cell in cells)
    return f"| {name} | {shown} |"


def variants() -> dict[str, FollowingSettings]:
    """The settings, and each part left out or alone."""
    whole = FollowingSettings()
    return {
        "Following": whole,
        "without meaning": replace(whole, meaning=0.0),
        "without mention": replace(whole, mention=0.0),
        "without near": replace(whole, near=0.0),
        "without earlier": replace(whole, earlier=0.0),
        "no dates at all": replace(whole, near=0.0, earlier=0.0),
        "meaning alone": replace(whole, mention=0.0, near=0.0, earlier=0.0),
        "mention alone": replace(whole, meaning=0.0, near=0.0, earlier=0.0),
    }


def histories(companies: list[Company]) -> list[str]:
    """After two pieces read, the first linking to the second: is the second's link found?"""
    lines = ["| fade | pairs read | hit@5 / hit@10 / MRR |", "|---|---|---|"]
    for fade in (0.0, 0.25, 0.5, 0.75, 1.0):
        found = []
        for c in companies:
            settings = replace(FollowingSettings(), fade=fade)
            rank = partial(c.stripped.following.scores, settings=settings)
            ahead: dict[str, list[str]] = {}
            for source, target, _ in c.links:
                ahead.setdefault(source, []).append(target)
            asked = [
                ((a, b), t) for a, b, _ in c.links for t in ahead.get(b, ()) if t not in (a, b)
            ]
            found.append(places(rank, asked, c.content))
        together = np.concatenate(found)
        shown = " / ".join(f"{value:.3f}" for value in figures(together))
        lines.append(f"| {fade} | {len(together)} | {shown} |")
    return lines


def nothing_follows(companies: list[Company]) -> list[str]:
    """The best score after the company's own pieces and after pieces of the others."""
    good = FollowingSettings().good_score
    lines = ["| | AUC | own kept | others told none | 5 % of own below |", "|---|---|---|---|---|"]
    for c in companies:
        assets, owners, rows = (
            dict(c.stripped.assets),
            list(c.stripped.owners),
            [c.stripped.vectors],
        )
        strange = []
        for other in companies:
            sources = list(dict.fromkeys(s for s, _, _ in other.links))[:FOREIGN]
            if other.name == c.name:
                continue
            mine = [i for i, name in enumerate(other.stripped.owners) if name in set(sources)]
            assets |= {name: other.stripped.assets[name] for name in sources}
            owners += [other.stripped.owners[i] for i in mine]
            rows.append(other.stripped.vectors[mine])
            strange += sources
        follow = Following(assets.values(), owners, np.concatenate(rows))

        def best(name: str, c: Company = c, follow: Following = follow) -> float:
            scores = follow.scores([name])
            return max(scores[n] for n in c.content if n != name)

        ours = np.array([best(s) for s in dict.fromkeys(s for s, _, _ in c.links)])
        theirs = np.array([best(s) for s in strange])
        above = ours[:, None] - theirs[None, :]
        auc = float(((above > 0) + 0.5 * (above == 0)).mean())
        lines.append(
            f"| {c.name} | {auc:.3f} | {(ours >= good).mean():.1%} | {(theirs < good).mean():.1%} "
            f"| {np.quantile(ours, 0.05):.3f} |"
        )
    return lines


def speed(companies: list[Company]) -> str:
    """Time to build and to score, for the largest library."""
    largest = max(companies, key=lambda c: len(c.whole.owners))
    started = time.perf_counter()
    follow = Following(largest.whole.assets.values(), largest.whole.owners, largest.whole.vectors)
    built = time.perf_counter() - started
    spent = []
    for source in dict.fromkeys(s for s, _, _ in largest.links):
        started = time.perf_counter()
        follow.scores([source])
        spent.append(time.perf_counter() - started)
    return (
        f"{len(largest.whole.assets)} assets, {len(largest.whole.owners)} chunks: built in "
        f"{built:.1f} s, a call on a piece not scored before {np.median(spent) * 1000:.0f} ms "
        f"(median), {np.quantile(spent, 0.95) * 1000:.0f} ms (95 %)."
    )


def report(companies: list[Company], embedder: Embedder, arguments: list[str]) -> str:
    """The Markdown tables."""
    heads = [f"{c.name} ({len(c.links)})" for c in companies]
    counts = [k for c in companies for _, _, k in c.links]
    heads += ["mean", *(f"{kind} ({counts.count(kind)})" for kind in ("related", "inline"))]
    top = [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    whole = [
        row("nearest mean vector", companies, [by_mean_vector(c.whole) for c in companies]),
        row("search for its title", companies, [by_search(c, embedder) for c in companies]),
    ]
    bare = [row("nearest mean vector", companies, [by_mean_vector(c.stripped) for c in companies])]
    for name, settings in variants().items():
        for lines, kind in ((whole, "whole"), (bare, "stripped")):
            pieces: list[Pieces] = [getattr(c, kind) for c in companies]
            ranks = [partial(p.following.scores, settings=settings) for p in pieces]
            lines.append(row(name, companies, ranks))
    return "\n".join(
        [
            f"`{' '.join(['python -m benchmarks.next_asset', *arguments])}`, {date.today()}. "  # noqa: DTZ011 - a stamp
            "Each cell: hit@5 / hit@10 / MRR of the authors' own links; in brackets, how many.",
            "",
            "Texts without related-reading sections:",
            "",
            *top,
            *whole,
            "",
            "The same without any sentence that holds a link, so that nothing names the target:",
            "",
            *top,
            *bare,
            "",
            "Two pieces read (without link sentences), the first weighing `fade` times the second:",
            "",
            *histories(companies),
            "",
            "Nothing follows well: the best score after own pieces, and after pieces of the other "
            "companies (without link sentences):",
            "",
            *nothing_follows(companies),
            "",
            speed(companies),
        ]
    )


def main(arguments: list[str]) -> int:
    """Measure, print and keep the tables."""
    place = os.environ.get("TRAILGUIDE_DEV_DATA")
    if not place:
        sys.stderr.write("Set TRAILGUIDE_DEV_DATA to the folder of the development libraries.\n")
        return 2
    folders = [p.parent for p in sorted(Path(place).glob("*/next_links.jsonl"))]
    embedder = load_embedder(None, default_cache())
    cache = default_cache().parent / "benchmarks"
    companies = [
        read_company(f, embedder, cache) for f in folders if not arguments or f.name in arguments
    ]
    text = report(companies, embedder, arguments)
    sys.stdout.write(text + "\n")
    if not arguments:
        keep("next-asset", text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
