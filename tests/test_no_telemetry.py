"""Libraries report nothing of a company's use to their makers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("package", ["bot", "knowledge", "prompts", "retrieval", "storage"])
def test_m60_no_library_gives_the_machine_an_id(package: str, tmp_path: Path) -> None:
    """M60 ONNX Runtime writes one, and a store of what it will send, as soon as it is imported."""
    told = {k: v for k, v in os.environ.items() if not k.endswith("DISABLE_TELEMETRY")}
    subprocess.run(
        [sys.executable, "-c", f"import {LOADED[package]}, onnxruntime"],
        cwd=ROOT, check=True, timeout=100,
        env={**told, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
    )  # fmt: skip
    assert not [p for p in tmp_path.rglob("*") if "onnxruntime" in p.name]


LOADED = {
    "bot": "bot.cli", "knowledge": "knowledge", "prompts": "prompts.composer",
    "retrieval": "retrieval.embeddings", "storage": "storage.database",
}  # fmt: skip
"""What a process of ours may begin with."""
