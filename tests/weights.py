"""`python -m tests.weights`: note the hash of every packaged weight, once somebody reviewed it."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTED = ROOT / "tests" / "fixtures" / "weights.sha256"
PLACES = ("retrieval/*.safetensors", "retrieval/*.json", "knowledge/naming/*.json",
          "knowledge/naming/*.txt")  # fmt: skip


def hashes() -> str:
    """A line for each file, as `sha256sum` writes it."""
    files = sorted(f for place in PLACES for f in ROOT.glob(place))
    told = (
        f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(ROOT).as_posix()}\n"
        for f in files
    )
    return "".join(told)


if __name__ == "__main__":
    NOTED.write_text(hashes())
