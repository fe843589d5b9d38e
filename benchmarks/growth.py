"""`python -m benchmarks.growth [--write]`: what a larger library costs, at 1k, 10k, 100k passages.

Each size gets a process and a home of its own (SQLite, embedded Chroma): how long the first start
and a later one take, how long a recommendation without its draft waits, and what memory and disk it
needs. Texts are shuffled sections of the sample library, and vectors those of its passages, each
moved a little, so that what is measured is the finding and not an hour of embedding.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from benchmarks.page import keep
from benchmarks.recommend_speed import LEAD, fill, timed
from bot.bootstrap import Wired, build
from bot.flow.next_touch import recommend
from bot.settings import Settings
from knowledge.touch import Ask

SIZES = (1_000, 10_000, 100_000)
PASSAGES_OF_ONE = 11.4
"""About as many as six sections of the sample library make."""
APART = 0.35
"""Length by which a vector is moved: its cosine with the passage's own is then about 0.94."""
ROUNDS = 40
WARM = 5
PICTURE = Path("docs/images/growth.png")


@dataclass(frozen=True)
class Grown:
    """The figures of one size; seconds, milliseconds and megabytes as named."""

    passages: int
    entries: int
    fill_s: float
    first_start_s: float
    later_start_s: float
    floor_ms: float
    p50_ms: float
    p95_ms: float
    memory_mb: float
    disk_mb: float


def main() -> None:
    """Measure every size, print, and keep table and picture when asked to."""
    told = argparse.ArgumentParser()
    told.add_argument("--write", action="store_true")
    told.add_argument("--size", type=int, help="one size alone, told as JSON")
    told.add_argument("--largest", type=int, default=SIZES[-1])
    asked = told.parse_args()
    if asked.size:
        print(json.dumps(asdict(_measure(asked.size))))
        return
    rows = [_aside(size) for size in SIZES if size <= asked.largest]
    text = _told(rows)
    print(text)
    if asked.write:
        _draw(rows)
        keep("growth", text)


def _aside(size: int) -> Grown:
    """One size in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "benchmarks.growth", "--size", str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Grown(**json.loads(done.stdout.splitlines()[-1]))


def _measure(size: int) -> Grown:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        tools = build(Settings(home=home))
        filling, questions = timed(lambda: fill(tools, round(size / PASSAGES_OF_ONE), apart=APART))
        tools.embedder.embed(["load the model first"])
        first, _ = timed(tools.finder.warm)
        tools.close()
        tools = build(Settings(home=home))
        tools.embedder.embed(["load the model first"])
        later, _ = timed(tools.finder.warm)
        floors, waits = _waits(tools, questions)
        passages, entries = len(tools.library.chunks()), tools.vectors.count()
        told = Path("/proc/self/status").read_text(encoding="utf-8")
        memory = next(int(x.split()[1]) for x in told.splitlines() if x.startswith("VmRSS")) / 1024
        tools.close()
        disk = sum(f.stat().st_size for f in home.rglob("*") if f.is_file()) / 1e6
    return Grown(
        passages, entries, filling, first, later, statistics.median(floors) * 1000,
        statistics.median(waits) * 1000, sorted(waits)[int(len(waits) * 0.95)] * 1000, memory, disk,
    )  # fmt: skip


def _waits(tools: Wired, questions: list[str]) -> tuple[list[float], list[float]]:
    """Seconds of the floor (embedding and one query) and of the recommendation, by round."""
    rng, floors, waits = random.Random(3), [], []
    for number in range(ROUNDS + WARM):
        words = f"{rng.choice(questions)} {number}"
        embedding, vector = timed(lambda w=words: tools.embedder.embed([f"{w} today"]))
        querying, _ = timed(lambda v=vector: tools.vectors.query_many(v, 10))
        ask = Ask(questions=(words,), facts=LEAD, today=date(2026, 6, 1))
        whole, _ = timed(lambda a=ask: recommend(a, tools))
        floors.append(embedding + querying)
        waits.append(whole)
    return floors[WARM:], waits[WARM:]


def _told(rows: list[Grown]) -> str:
    lines = [
        f"| {r.passages:,} | {r.entries:,} | {r.first_start_s:.1f} | {r.later_start_s:.1f} "
        f"| {r.floor_ms:.0f} | {r.p50_ms:.0f} | {r.p95_ms:.0f} | {r.p50_ms / r.floor_ms:.1f} "
        f"| {r.memory_mb:.0f} | {r.disk_mb:.0f} |"
        for r in rows
    ]
    return (
        "## A growing library\n\n"
        f"`python -m benchmarks.growth --write`, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} "
        f"cores; {ROUNDS} recommendations of each size without the draft. The floor is embedding "
        "the question and one query of the index.\n\n"
        "| passages | vectors | first start s | later start s | floor ms | p50 ms | p95 ms "
        "| p50 in floors | memory MB | disk MB |\n"
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        + "\n".join(lines)
        + f"\n\n![Waiting, memory and starting by size](../{PICTURE})"
    )


def _draw(rows: list[Grown]) -> None:
    """The same as a picture: what grows with the library, and what does not."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.2), layout="constrained")
    sizes = [r.passages for r in rows]
    parts = (
        ("a recommendation, ms", [("p50", [r.p50_ms for r in rows]),
                                  ("p95", [r.p95_ms for r in rows]),
                                  ("floor", [r.floor_ms for r in rows])]),
        ("a start, s", [("first", [r.first_start_s for r in rows]),
                        ("later", [r.later_start_s for r in rows])]),
        ("memory and disk, MB", [("memory", [r.memory_mb for r in rows]),
                                 ("disk", [r.disk_mb for r in rows])]),
    )  # fmt: skip
    for axes, (title, lines) in zip(figure.subplots(1, 3), parts, strict=True):
        for name, values in lines:
            axes.plot(sizes, values, marker="o", label=name)
        axes.set(xscale="log", yscale="log", title=title, xlabel="passages")
        axes.grid(visible=True, alpha=0.3)
        axes.legend(frameon=False)
    figure.savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    main()
