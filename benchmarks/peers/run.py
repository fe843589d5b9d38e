"""One peer on one library: `python -m benchmarks.peers.run PEER whole|split FOLDER`.

Runs in `.venv-bench`. Reads `corpus.jsonl` and `queries.jsonl` in FOLDER, writes the rankings to
`PEER-WAY.json` there: for each question the ids of the assets found, best first.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

from benchmarks.peers.passages import by_best_passage, read_passages
from benchmarks.peers.vectors import shared_embed

PEERS = {
    "bm25": "BM25 alone (bm25s)",
    "minilm": "MiniLM alone",
    "langchain_ensemble": "LangChain EnsembleRetriever",
    "haystack_hybrid": "Haystack hybrid pipeline",
    "llamaindex_fusion": "LlamaIndex QueryFusionRetriever",
    "txtai_hybrid": "txtai hybrid index",
}
"""Module of each peer and how the table calls it."""
WAYS = ("split", "whole")


def main(arguments: list[str]) -> int:
    """Rank, and write the rankings."""
    name, way, place = arguments
    folder = Path(place)
    peer = importlib.import_module(f"benchmarks.peers.{name}")
    split = peer.split if way == "split" else lambda text: [text]
    passages = read_passages(folder / "corpus.jsonl", split)
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    questions = {query["id"]: query["text"] for query in map(json.loads, lines)}
    found = peer.search(passages, list(questions.values()), shared_embed())
    rankings = {
        query: by_best_passage(places, passages)
        for query, places in zip(questions, found, strict=True)
    }
    (folder / f"{name}-{way}.json").write_text(json.dumps(rankings), encoding="utf-8")
    sys.stdout.write(f"{len(passages)} passages\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
