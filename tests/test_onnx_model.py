"""The exported model: verified against sentence-transformers, kept whole, refused when damaged."""

import hashlib
import json
import shutil
import subprocess
import sys

import pytest

from knowledge.errors import SetupMissing
from retrieval import onnx_model
from retrieval.onnx_model import (
    MODEL_FILE,
    default_cache,
    default_model_path,
    export_default_model,
)
from retrieval.probes import PROBES

pytestmark = pytest.mark.own_models


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """One real export, into an empty cache; imports torch."""
    cache = tmp_path_factory.mktemp("cache") / "models"
    code = "import sys; from retrieval.onnx_model import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, "--cache", str(cache)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return cache, done


def test_setup_exports_the_model_and_says_so_in_one_line(exported):
    cache, done = exported
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
    folder = default_model_path(cache)
    assert str(folder) in done.stdout
    assert [p.name for p in cache.iterdir()] == [folder.name]


def test_the_export_equals_sentence_transformers_on_varied_sentences(exported):
    manifest = json.loads((default_model_path(exported[0]) / "manifest.json").read_text())
    assert manifest["worst_cosine"] >= 0.9999
    assert len(set(PROBES)) == len(PROBES) >= 32


def test_a_present_export_is_not_done_again(exported, monkeypatch):
    monkeypatch.setattr(onnx_model, "_packaged_model", pytest.fail)
    assert export_default_model(exported[0]) == default_model_path(exported[0])


def test_an_absent_model_names_the_command_that_makes_it(tmp_path):
    with pytest.raises(SetupMissing, match="make setup"):
        default_model_path(tmp_path)


@pytest.fixture
def copied(exported, tmp_path):
    shutil.copytree(exported[0], tmp_path / "models")
    return tmp_path / "models"


def test_a_damaged_model_is_refused(copied):
    with (default_model_path(copied) / MODEL_FILE).open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"damage")
    with pytest.raises(SetupMissing, match="damaged"):
        default_model_path(copied)


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"files": {}}'])
def test_a_model_without_a_sound_manifest_is_refused(copied, manifest):
    (default_model_path(copied) / "manifest.json").write_text(manifest)
    with pytest.raises(SetupMissing):
        default_model_path(copied)


def test_of_two_exports_at_once_the_first_wins_and_both_are_fine(copied):
    folder = default_model_path(copied)
    second = copied / ".second"
    shutil.copytree(folder, second)
    onnx_model._put_in_place(second, folder)
    assert default_model_path(copied) == folder


def test_a_damaged_export_is_replaced(copied):
    folder = default_model_path(copied)
    second = copied / ".second"
    shutil.copytree(folder, second)
    (folder / MODEL_FILE).write_bytes(b"half")
    onnx_model._put_in_place(second, folder)
    assert default_model_path(copied) == folder
    assert [p.name for p in copied.iterdir()] == [folder.name]


def test_weights_with_another_digest_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_model, "MODEL_SHA256", hashlib.sha256(b"other").hexdigest())
    with pytest.raises(SetupMissing, match="are not those of"):
        export_default_model(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_differing_export_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_model, "_sentence_transformer", lambda source: None)
    monkeypatch.setattr(onnx_model, "_write_graph", lambda model, path: None)
    monkeypatch.setattr(onnx_model, "_write_tokenizer", lambda model, source, path: None)
    for cosine in (0.99, float("nan")):
        monkeypatch.setattr(onnx_model, "_worst_cosine", lambda model, build, c=cosine: c)
        with pytest.raises(SetupMissing, match="differs from sentence-transformers"):
            export_default_model(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_named(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert onnx_model.main(["--cache", str(tmp_path / "file" / "models")]) == 1
    assert "Cannot write to" in capsys.readouterr().err


def test_the_cache_is_in_the_users_own_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "trailguide" / "models"
