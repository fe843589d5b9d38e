"""Making vectors that are missing, as after a change of the embedding model (decision 1)."""

from __future__ import annotations

from bot.flow.tools import Tools
from knowledge.chunking import embedding_text

AT_ONCE = 512
"""Passages embedded and stored together: a kill loses at most these."""


def embed_missing(tools: Tools) -> int:
    """Embed the approved passages that lack a vector by the present model; returns how many."""
    model = tools.embedder.fingerprint
    missing = tools.library.missing_vectors(model)
    if not missing:
        return 0
    titles = {i: a.title for i, a in tools.library.approved({c.asset_id for c in missing}).items()}
    for start in range(0, len(missing), AT_ONCE):
        part = [c for c in missing[start : start + AT_ONCE] if c.asset_id in titles]
        vectors = tools.embedder.embed([embedding_text(titles[c.asset_id], c) for c in part])
        tools.library.add_vectors(model, dict(zip((c.id for c in part), vectors, strict=True)))
    return len(missing)
