"""How long a warm recommendation takes: `python -m benchmarks.recommend_speed [--write]`.

A thousand assets in a home of its own (SQLite, embedded Chroma), the product's own parts. Each
round times, in turn, embedding a question, one Chroma query for its vector, and the whole
recommendation for it without the draft; the figure is the median of the rounds' ratios, so that a
busy machine slows all alike.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from benchmarks.page import keep
from bot.bootstrap import Wired, build
from bot.flow.next_touch import recommend
from bot.settings import load_settings
from knowledge.assets import Asset
from knowledge.chunking import chunk_asset, embedding_text
from knowledge.leads import LeadFacts
from knowledge.reading import read_all
from knowledge.touch import Ask

ASSETS = 1000
SECTIONS = 6
"""Sections of the sample library that make one asset, about 8 passages."""
ROUNDS = 60
WARM = 5
T = TypeVar("T")
Vector = NDArray[np.float32]
LEAD = LeadFacts(
    persona="maintenance", industry="food", company_size=250, problem="too much unplanned downtime"
)


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        tools = build(load_settings(home=Path(home)))
        try:
            text = report(tools)
        finally:
            tools.close()
    print(text)
    if "--write" in sys.argv:
        keep("recommend-speed", f"## A warm recommendation\n\n{text}")


def report(tools: Wired) -> str:
    """Fill the library, run the rounds, and say the figures in Markdown."""
    questions = fill(tools)
    chosen = random.Random(7).sample(questions, ROUNDS + WARM)
    rows = []
    tools.finder.warm()  # as the bot does when it starts
    for question in chosen:
        # The same words twice would be served from memory, so each step gets its own.
        embedding, vector = timed(lambda q=question: tools.embedder.embed([f"{q} today"]))
        querying, hits = timed(lambda v=vector: tools.vectors.query_many(v, 10))
        ask = Ask(questions=(question,), facts=LEAD, today=date(2026, 6, 1))
        whole, _ = timed(lambda a=ask: recommend(a, tools))
        assert hits
        rows.append((embedding, querying, whole))
    rows = rows[WARM:]
    ratio = statistics.median(whole / (embed + query) for embed, query, whole in rows)
    parts = [statistics.median(row[n] for row in rows) * 1000 for n in range(3)]
    slowest = sorted(whole / (embed + query) for embed, query, whole in rows)[int(ROUNDS * 0.9)]
    return (
        f"`python -m benchmarks.recommend_speed --write`, {time.strftime('%Y-%m-%d')}: "
        f"{len(tools.library.approved()):,} assets, {tools.vectors.count():,} vectors in Chroma, "
        f"{len(rows)} questions. Embedding the question {parts[0]:.1f} ms, one Chroma query for "
        f"its ten nearest {parts[1]:.1f} ms, the whole recommendation (stage, pace, search, "
        f"ranking, profiling question, alternates left out as the draft is) {parts[2]:.1f} ms "
        f"(medians): {ratio:.2f} times the first two together, {slowest:.2f} times in the slowest "
        "tenth. Goal: under 3."
    )


def timed(call: Callable[[], T]) -> tuple[float, T]:
    """Seconds and what came back."""
    began = time.perf_counter()
    result = call()
    return time.perf_counter() - began, result


def fill(tools: Wired, assets: int = ASSETS, *, apart: float = 0.0) -> list[str]:
    """Assets of shuffled sections of the sample library; returns questions to ask.

    Vectors are those of the sample's own passages, so that hours of embedding are spared; the
    texts, their words and their number are what search sees. `apart` moves each vector by that much
    in a direction of its own: an index of many equal ones would be no measure of a large one.
    """
    sample = [
        piece
        for piece in read_all([str(Path("knowledge/sample/library"))], "https://sample.example")
        if isinstance(piece, Asset)
    ]
    sections = [(a, s) for a in sample for s in a.text.split("\n## ")[1:]]
    pieces = [replace(a, text=f"## {s}") for a, s in sections]
    chunks = [chunk for piece in pieces for chunk in chunk_asset(piece)]
    titles = {a.id: a.title for a in sample}
    known = dict(
        zip(
            [(c.heading, c.text) for c in chunks],
            tools.embedder.embed([embedding_text(titles[c.asset_id], c) for c in chunks]),
            strict=True,
        )
    )
    rng, noise = random.Random(1), np.random.default_rng(1)
    for number in range(assets):
        like = rng.choice(sample)
        text = "\n\n".join(f"## {s}" for _, s in rng.sample(sections, SECTIONS))
        asset = replace(
            like, id=f"piece-{number}", title=f"{like.title} {number}", text=text,
            source=f"piece-{number}.md", url=f"https://sample.example/{number}",
        )  # fmt: skip
        own = chunk_asset(asset)
        nearest = next(iter(known.values()))
        vectors = {c.id: _moved(known.get((c.heading, c.text), nearest), apart, noise) for c in own}
        tools.library.put(asset, own, vectors, tools.embedder.fingerprint, approve=True)
    headings = {s.split("\n", 1)[0].strip() for _, s in sections}
    return [f"How do we handle {h.lower().rstrip('?')}?" for h in sorted(headings)]


def _moved(vector: Vector, apart: float, noise: np.random.Generator) -> Vector:
    if not apart:
        return vector
    away = noise.standard_normal(vector.shape).astype(np.float32)
    moved: Vector = vector + apart * away / np.linalg.norm(away)
    return (moved / np.linalg.norm(moved)).astype(np.float32)


if __name__ == "__main__":
    main()
