"""Our search beside what a team could assemble: `python -m benchmarks.quality [company ...]`.

Same libraries and same vectors for all. The peers run in `.venv-bench` (`make setup-bench`), one
process each, and hand back rankings; everything is scored here, with the code that scores ours.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.page import keep
from benchmarks.peers.run import PEERS, WAYS
from benchmarks.retrieval import (
    ENOUGH,
    Library,
    MemoryCatalogue,
    measure,
    read_library,
)
from retrieval.embeddings import load_embedder
from retrieval.fusion import SearchSettings
from retrieval.onnx_model import default_cache
from retrieval.search import Finder
from retrieval.vectors import ScanIndex

ROOT = Path(__file__).parent.parent
PEER_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
OURS = "Trailguide search"
DEPTH = 10
"""Assets of ours that are ranked: the measures look no further."""
PATIENCE = 3 * 3600
"""Seconds for one peer: the first run embeds every passage."""

Rankings = Mapping[str, Sequence[str]]
"""Asset ids, best first, by question id."""
Score = tuple[float, ...]
"""nDCG@10, hit@1, hit@5."""


@dataclass(frozen=True)
class Cell:
    """A peer's better figures on one company, and the way that gave them."""

    score: Score
    way: str


@dataclass
class Results:
    """What is known of one run."""

    ours: dict[str, Score] = field(default_factory=dict)
    peers: dict[str, dict[str, Cell]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def score(library: Library, rankings: Rankings) -> Score:
    """The measures of one library's rankings; a question without a ranking found nothing."""
    return measure(library, lambda _: [list(rankings.get(q, ())) for q in library.questions])


def better(scores: Mapping[str, Score]) -> Cell:
    """The way with the higher nDCG@10, the first of equals."""
    way = max(scores, key=lambda name: scores[name][0])
    return Cell(scores[way], way)


def mean(scores: Sequence[Score]) -> Score:
    """The mean of each measure."""
    return tuple(float(value) for value in np.mean(np.array(scores, dtype=float), axis=0))


def gain(ours: Score, peers: Sequence[Score]) -> list[float | None]:
    """Per cent by which each measure of ours is above the highest of any peer; None past zero."""
    best = np.max(np.array(peers, dtype=float), axis=0)
    return [
        float(100 * (own / other - 1)) if other else None
        for own, other in zip(ours, best, strict=True)
    ]


def table(libraries: Sequence[Library], results: Results) -> list[str]:
    """The lines of the Markdown table, failures below."""
    names = [library.name for library in libraries]
    counted = [library.name for library in libraries if len(library.questions) >= ENOUGH]
    columns = [*names, *(["mean"] if counted else [])]
    rows = {
        PEERS[peer]: {n: cell.score for n, cell in cells.items()} | _mean_of(cells, counted)
        for peer, cells in results.peers.items()
    }
    own = results.ours | (
        {"mean": mean([results.ours[name] for name in counted])} if counted else {}
    )
    heads = [f"{lib.name} ({len(lib.questions)} questions)" for lib in libraries]
    lines = [f"| | {' | '.join([*heads, *columns[len(heads) :]])} |"]
    lines.append("|---" * (len(columns) + 1) + "|")
    for peer, cells in results.peers.items():
        shown = rows[PEERS[peer]]
        ways = {name: f" {cell.way}" for name, cell in cells.items()}
        texts = [
            f"{_figures(shown[c])}{ways.get(c, '')}" if c in shown else "failed" for c in columns
        ]
        lines.append(f"| {PEERS[peer]} | {' | '.join(texts)} |")
    lines.append(f"| {OURS} | {' | '.join(_figures(own[c]) for c in columns)} |")
    against = {c: [row[c] for row in rows.values() if c in row] for c in columns}
    best = [_best(rows, column) for column in columns]
    gains = [_percents(gain(own[c], against[c])) if against[c] else "-" for c in columns]
    lines.append(f"| best peer by nDCG@10 | {' | '.join(best)} |")
    lines.append(f"| {OURS}: gain over the best peer | {' | '.join(gains)} |")
    if results.failures:
        lines += ["", "Failed:", "", *(f"- {failure}" for failure in results.failures)]
    return lines


def _mean_of(cells: Mapping[str, Cell], counted: Sequence[str]) -> dict[str, Score]:
    """A peer's mean, if it ranked every company that counts."""
    if not counted or any(name not in cells for name in counted):
        return {}
    return {"mean": mean([cells[name].score for name in counted])}


def _figures(scores: Score) -> str:
    return " / ".join(f"{value:.3f}" for value in scores)


def _percents(gains: Sequence[float | None]) -> str:
    return " / ".join("-" if value is None else f"{value:+.1f} %" for value in gains)


def _best(rows: Mapping[str, Mapping[str, Score]], column: str) -> str:
    able = [name for name, row in rows.items() if column in row]
    return max(able, key=lambda name: rows[name][column][0]) if able else "-"


def write_library(library: Library, folder: Path) -> None:
    """Assets and questions as the peers read them."""
    assets = [{"id": a.id, "title": a.title, "text": a.text} for a in library.assets]
    questions = [{"id": name, "text": text} for name, text in library.questions.items()]
    for name, rows in (("corpus.jsonl", assets), ("queries.jsonl", questions)):
        # ASCII, so that no rare line separator inside a text ends a line.
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        (folder / name).write_text(text, encoding="utf-8")


def call_peer_environment(module: str, *arguments: str, python: Path = PEER_PYTHON) -> str:
    """What `module` printed in the peers' environment; `RuntimeError` with its last line if not."""
    quiet = {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "ANONYMIZED_TELEMETRY": "False",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
    }
    try:
        done = subprocess.run(
            [str(python), "-m", module, *arguments],
            cwd=ROOT,
            env=os.environ | quiet,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RuntimeError(str(error)) from error
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise RuntimeError(said[-1][:300])
    return done.stdout.strip()


def run_peers(library: Library, folder: Path, results: Results) -> None:
    """Rank with every peer both ways; one that fails is noted and the others go on."""
    write_library(library, folder)
    for peer, called in PEERS.items():
        scores: dict[str, Score] = {}
        for way in WAYS:
            sys.stderr.write(f"{library.name}: {called}, {way} ... ")
            try:
                said = call_peer_environment("benchmarks.peers.run", peer, way, str(folder))
                kept = folder / f"{peer}-{way}.json"
                scores[way] = score(library, json.loads(kept.read_text(encoding="utf-8")))
                sys.stderr.write(f"{_figures(scores[way])} ({said})\n")
            except (RuntimeError, OSError, ValueError) as error:
                results.failures.append(f"{called}, {way}, on {library.name}: {error}")
                sys.stderr.write(f"failed: {error}\n")
        cells = results.peers.setdefault(peer, {})
        if scores:
            cells[library.name] = better(scores)


def rank_ours(library: Library) -> Rankings:
    """Our own search over the same library, as the product runs it."""
    embedder = load_embedder(None, default_cache())
    catalogue = MemoryCatalogue(library, embedder, default_cache().parent / "benchmarks")
    finder = Finder(catalogue, embedder, ScanIndex(), None, SearchSettings())
    found = finder.search_many(list(library.questions.values()), DEPTH)
    return {
        query: [candidate.asset.id for candidate in candidates]
        for query, candidates in zip(library.questions, found, strict=True)
    }


def same_vectors(folder: Path) -> str:
    """A sentence on how the shared vectors compare with those of sentence-transformers."""
    try:
        said = call_peer_environment("benchmarks.peers.same_vectors", str(folder))
    except RuntimeError as error:
        return f"The check against sentence-transformers failed: {error}."
    return f"Against sentence-transformers: {said}."


def caption(command: str, check: str) -> str:
    """What a reader must know to judge the table."""
    return (
        f"`{command}`, {date.today()}, the peers as pinned in "  # noqa: DTZ011 - a stamp
        "[requirements-peers.txt](requirements-peers.txt). Each cell: nDCG@10 / hit@1 / hit@5. "
        "Each peer ran on whole assets and on passages of its own framework's splitter (about "
        "1,000 characters, title in front), and the better of the two on that company, chosen "
        "with the labels in sight, is shown with its name. All share one embedding function: the "
        "product's ONNX export of all-MiniLM-L6-v2. "
        "Our settings were chosen on these same libraries, the peers' are near their "
        "defaults (LangChain's BM25 is given lower-cased words); on libraries that nobody "
        "tuned on, expect a smaller lead. "
        f"{check} The mean counts companies with at least {ENOUGH} questions. The last line sets "
        "each figure against the highest of any peer in its column."
    )


def main(arguments: list[str]) -> int:
    """Measure and print; keep the table when every company was measured."""
    place = os.environ.get("TRAILGUIDE_DEV_DATA")
    if not place:
        sys.stderr.write("Set TRAILGUIDE_DEV_DATA to the folder of the development libraries.\n")
        return 2
    if not PEER_PYTHON.exists():
        sys.stderr.write("The peers are not installed; run `make setup-bench`.\n")
        return 2
    known = [path.parent for path in sorted(Path(place).glob("*/beir"))]
    unknown = set(arguments) - {folder.name for folder in known}
    if unknown or not known:
        sys.stderr.write(f"No library {', '.join(sorted(unknown))} in {place}.\n")
        return 2
    libraries = [read_library(f) for f in known if not arguments or f.name in arguments]
    results = Results()
    with tempfile.TemporaryDirectory() as scratch:
        for library in libraries:
            folder = Path(scratch) / library.name
            folder.mkdir()
            results.ours[library.name] = score(library, rank_ours(library))
            run_peers(library, folder, results)
        check = same_vectors(Path(scratch))
    command = " ".join(
        ["make bench-quality", *([f'COMPANY="{" ".join(arguments)}"'] * bool(arguments))]
    )
    text = "\n".join([caption(command, check), "", *table(libraries, results)])
    sys.stdout.write(text + "\n")
    if not arguments:
        keep("quality", text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
