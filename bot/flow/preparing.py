"""A piece's passages with the vectors they lack, ready to be stored."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.flow.tools import Tools
from knowledge.assets import Asset, Chunk
from knowledge.chunking import chunk_asset, embedding_text


def fresh_passages(
    asset: Asset, tools: Tools
) -> tuple[list[Chunk], dict[str, NDArray[np.float32]], str]:
    """Its passages, the vectors of those that are new, and the model that made them."""
    chunks, model = list(chunk_asset(asset)), tools.embedder.fingerprint
    known = tools.library.known_vectors([c.id for c in chunks], model)
    fresh = [c for c in chunks if c.id not in known]
    vectors = tools.embedder.embed([embedding_text(asset.title, c) for c in fresh])
    return chunks, dict(zip((c.id for c in fresh), vectors, strict=True)), model
