"""How fast and how sure an import is: `python -m benchmarks.importing [--write] [COMPANY…]`.

Each real library is imported into an empty home, and before and after it the bare embedder embeds
the same passages, all in one call, on the same processors; the figure is how the two rates compare,
by the clock and by processor time, so that a busy machine slows both alike. The memory of the
process is looked at every second. With `--only-kills` an import is killed (-9) at ten random
moments, each time gone on with, and its index compared with that of an import left in peace.

    TRAILGUIDE_DEV_DATA=DIR python -m benchmarks.importing --write
    TRAILGUIDE_DEV_DATA=DIR python -m benchmarks.importing --only-kills --write
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from benchmarks.page import keep
from bot.bootstrap import Wired, build
from bot.flow import importing
from bot.flow.bulk_models import BulkModels
from bot.flow.import_planning import Options
from bot.settings import load_settings
from knowledge.chunking import embedding_text
from retrieval.embeddings import load_embedder
from retrieval.onnx_model import default_cache

COMPANIES = ("roadie", "highlight", "openstatus", "pulumi")
KILLED = "roadie"
KILLS = 10
GOAL = 0.9
GROUP = 280
"""Passages of 24 pieces, which an import embeds together."""
SAME = 1e-5
"""Largest difference of two vectors' numbers: batches are put together otherwise after a kill, and
sums of floats then end a little otherwise."""
BASE = "https://www.example.com"
MB = 1024 * 1024
T = TypeVar("T")


@dataclass
class Spent:
    """Processor seconds by what they went into, added up over threads."""

    seconds: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def timed(self, name: str, call: Callable[[Any], T]) -> Callable[[Any], T]:
        """The same call, whose time in its own thread is added up."""

        def measured(texts: Any) -> T:
            began = time.thread_time()
            try:
                return call(texts)
            finally:
                with self.lock:
                    spent = time.thread_time() - began
                    self.seconds[name] = self.seconds.get(name, 0.0) + spent

        return measured


@dataclass(frozen=True)
class Row:
    """One library: what went in, wall and processor seconds of both, and memory in MB."""

    company: str
    assets: int
    words: int
    chunks: int
    import_wall: float
    import_cpu: float
    bare_wall: float
    bare_cpu: float
    own_wall: float
    own_cpu: float
    audit_cpu: float
    embed_cpu: float
    memory: Sequence[float]

    @property
    def ratio(self) -> float:
        return self.bare_wall / self.import_wall

    @property
    def cpu_ratio(self) -> float:
        return self.bare_cpu / self.import_cpu


def main() -> None:
    data = Path(os.environ["TRAILGUIDE_DEV_DATA"])
    if "--only-kills" in sys.argv:
        told = killed(data / KILLED / "md")
        print(told)
        if "--write" in sys.argv:
            keep("importing-kills", told)
        return
    named = [a for a in sys.argv[1:] if not a.startswith("--")] or list(COMPANIES)
    rows = []
    for company in named:
        rows.append(measure(company, data / company / "md"))
        print(line(rows[-1]), flush=True)
    text = report(rows)
    print(text)
    if "--write" in sys.argv:
        keep("importing", f"## Importing: against the bare embedder, and killed\n\n{text}")


def measure(company: str, folder: Path) -> Row:
    """Import one library, with the bare embedder before and after."""
    with tempfile.TemporaryDirectory() as home:
        tools = build(load_settings(home=Path(home)))
        try:
            spent = Spent()
            plain = tools.bulk_models
            models = replace(
                plain,
                embed=spent.timed("embed", plain.embed),
                hypes=spent.timed("audit", plain.hypes),
            )
            warm(plain)
            identity = importing.plan([str(folder)], tools, Options(True, BASE))
            with watched() as memory:
                wall, cpu = clocked(lambda: importing.work(identity, tools, models))
            texts = passages(tools)
            bare = load_embedder(None, tools.settings.model_cache or default_cache())
            bare.embed(texts[:64])
            half = len(texts) // 2
            first = clocked(lambda: bare.embed(texts[:half]))
            second = clocked(lambda: bare.embed(texts[half:]))
            own = clocked(lambda: in_lanes(texts, plain))
            assets = tools.library.all()
            return Row(
                company, len(assets), sum(len(a.text.split()) for a in assets), len(texts),
                wall, cpu, first[0] + second[0], first[1] + second[1], *own,
                spent.seconds.get("audit", 0.0), spent.seconds.get("embed", 0.0), memory,
            )  # fmt: skip
        finally:
            tools.close()


def warm(models: BulkModels) -> None:
    """Load the models before the clock runs: the bare embedder is loaded then too."""
    models.embed(["warm"] * 40)
    models.hypes(["A text to warm the audit up. It says little."])


def in_lanes(texts: Sequence[str], models: BulkModels) -> None:
    """Embed texts as an import does, in groups and threads, and do nothing else."""
    groups = [texts[start : start + GROUP] for start in range(0, len(texts), GROUP)]
    with ThreadPoolExecutor(models.lanes) as pool:
        list(pool.map(models.embed, groups))


def passages(tools: Wired) -> list[str]:
    """The texts that were embedded, shuffled, so that both halves are alike."""
    titles = {a.id: a.title for a in tools.library.all()}
    texts = [embedding_text(titles[c.asset_id], c) for c in tools.library.chunks().values()]
    random.Random(3).shuffle(texts)
    return texts


def clocked(call: Callable[[], Any]) -> tuple[float, float]:
    """Wall and processor seconds of a call, of all its threads and of processes that ended."""
    wall, cpu = time.perf_counter(), sum(os.times()[:4])
    call()
    return time.perf_counter() - wall, sum(os.times()[:4]) - cpu


@contextmanager
def watched() -> Iterator[list[float]]:
    """The memory of this process in MB, every second meanwhile."""
    seen: list[float] = []
    over = threading.Event()

    def look() -> None:
        page = os.sysconf("SC_PAGE_SIZE")
        while not over.wait(1):
            seen.append(int(Path("/proc/self/statm").read_text().split()[1]) * page / MB)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def killed(folder: Path) -> str:
    """Kill an import ten times, and say how its index differs from one left in peace."""
    with tempfile.TemporaryDirectory() as place:
        peace, war = Path(place) / "peace", Path(place) / "war"
        command(peace, "add", str(folder)).wait()
        total, rng = done(peace), random.Random(11)
        process, moments = command(war, "add", str(folder)), list[str]()
        for target in sorted(rng.sample(range(total - total // 10), KILLS)):
            while done(war) < target and process.poll() is None:
                time.sleep(0.1)
            time.sleep(rng.uniform(0, 2))  # anywhere in a group, not only behind its end
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            moments.append(str(done(war)))
            process = command(war, "import", "--resume")
        process.wait()
        (ids, vectors), (other, others) = index(peace), index(war)
        same = ids == other
        apart = float(np.abs(vectors - others).max()) if same else float("nan")
        verdict = "the same" if same and apart <= SAME else "NOT the same"
        return (
            f"Killed (-9) at {KILLS} random moments, with {', '.join(moments)} of its {total} "
            f"pieces done, the import of {folder.parent.name} ends with {verdict} index: "
            f"{len(other):,} passages of {len(ids):,}, their vectors {apart:.0e} apart at most."
        )


def command(home: Path, *words: str) -> subprocess.Popen[bytes]:
    """One real command, in a process group of its own."""
    more = ["--approve", "--base-url", BASE] if words[0] == "add" else []
    return subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "--home", str(home), "library", *words, *more],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def done(home: Path) -> int:
    """How many pieces are noted as done; read beside the import, as from outside."""
    try:
        with sqlite3.connect(f"file:{home / 'trailguide.db'}?mode=ro", uri=True) as db:
            query = "SELECT count(*) FROM import_piece WHERE became <> ''"
            return int(db.execute(query).fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # not made yet


def index(home: Path) -> tuple[list[str], Any]:
    """Chunk ids and vectors of a home, in order."""
    tools = build(load_settings(home=home))
    try:
        return tools.library.vectors(tools.embedder.fingerprint)
    finally:
        tools.close()


def line(row: Row) -> str:
    """One library as a line of the table."""
    memory = row.memory or [0.0]
    third = max(1, len(memory) // 3)
    early, late = max(memory[third : 2 * third] or memory), max(memory[2 * third :] or memory)
    return (
        f"| {row.company} | {row.assets} | {row.words:,} | {row.chunks:,} "
        f"| {row.chunks / row.import_wall:.1f} | {row.chunks / row.bare_wall:.1f} "
        f"| {row.ratio:.2f} | {row.cpu_ratio:.2f} | {row.own_cpu / row.import_cpu:.2f} "
        f"| {row.audit_cpu / row.import_cpu:.1%} "
        f"| {early:.0f} | {late:.0f} |"
    )


def report(rows: Sequence[Row]) -> str:
    """All figures in Markdown."""
    cores = len(os.sched_getaffinity(0))
    wall = sum(r.bare_wall for r in rows) / sum(r.import_wall for r in rows)
    cpu = sum(r.bare_cpu for r in rows) / sum(r.import_cpu for r in rows)
    audit = sum(r.audit_cpu for r in rows) / sum(r.import_cpu for r in rows)
    return (
        f"`python -m benchmarks.importing --write`, {time.strftime('%Y-%m-%d')}, {cores} "
        "processors. Passages a second of the import (reading, audit for hype, cutting, "
        "embedding, storing) and of the bare embedder, as questions use it, on the same passages "
        "in one call. The import embeds in small batches, which pays for the audit; beside the "
        "same small batches alone it stands in the column before the audit's share.\n\n"
        "| library | assets | words | passages | import, a second | bare, a second | ratio "
        "| ratio by processor time | to its own batches, by processor time | audit's share "
        "| MB, middle third | MB, last third |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|\n"
        + "\n".join(map(line, rows))
        + f"\n\nTogether {sum(r.assets for r in rows):,} assets and "
        f"{sum(r.words for r in rows):,} words: {wall:.2f} of the bare embedder's rate by the "
        f"clock, {cpu:.2f} by processor time; the audit takes {audit:.1%} of the import's. "
        f"Goal: {GOAL}."
    )


if __name__ == "__main__":
    main()
