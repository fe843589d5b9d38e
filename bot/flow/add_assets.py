"""Adding content to the library: read, audit for hype, chunk, embed, store, retire what is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bot.flow.publishing import may_approve_new, reviewers, submit
from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus, Chunk
from knowledge.chunking import chunk_asset, embedding_text
from knowledge.errors import BadInput
from knowledge.journey import Stage
from knowledge.language import language_name
from knowledge.reading import Rejected, folders, read_all
from knowledge.tone import audit_tone, is_promotional
from storage.library import is_absolute

EMBED_AT_ONCE = 24
"""Assets embedded together: enough to fill batches, little to lose on a kill."""


@dataclass
class Added:
    """What became of the pieces, by id.

    `unapproved` lacks an absolute URL; `in_review` waits for another person; `promotional` fits no
    stage; `kept` was not seen, where not all could be read.
    """

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    unapproved: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    promotional: list[str] = field(default_factory=list)
    in_review: list[str] = field(default_factory=list)


def add_assets(
    sources: Sequence[str],
    tools: Tools,
    *,
    approve: bool = False,
    base_url: str | None = None,
    by: str = "command line",
    approved_by: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Added:
    """Bring files, folders, manifests or URLs into the library; idempotent by content.

    Each group of assets is stored before the next is read, so a kill loses no finished work and a
    second run goes on where the first stopped. `by` brings them in, `approved_by` (else `by`)
    approves them; where a second person is asked for, what that person owns goes to review. Raises
    `BadInput` for a path that does not exist.
    """
    outcome = Added()
    still_there: set[str] = set()
    for group in _groups(read_all(sources, base_url, progress), outcome, still_there):
        _store(group, outcome, tools, by, (approved_by or by) if approve else "")
    _retire_gone(folders(sources), still_there, outcome, tools, by)
    return outcome


def _groups(
    pieces: Iterator[Asset | Rejected], outcome: Added, still_there: set[str]
) -> Iterator[list[Asset]]:
    group: list[Asset] = []
    for piece in pieces:
        still_there.add(piece.source)
        refusal = piece if isinstance(piece, Rejected) else _not_english(piece)
        if refusal is not None:
            outcome.rejected.append(refusal)
            continue
        assert isinstance(piece, Asset)  # noqa: S101 - a refusal is handled above
        group.append(piece)
        if len(group) == EMBED_AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _not_english(asset: Asset) -> Rejected | None:
    if asset.language == "en":
        return None
    language = language_name(asset.language)
    return Rejected(asset.source, f"seems to be in {language}; this version reads English only")


def _store(group: Sequence[Asset], outcome: Added, tools: Tools, by: str, approved_by: str) -> None:
    audited = [_with_known_id(_audited(asset, tools), tools) for asset in group]
    chunks = {asset.id: chunk_asset(asset) for asset in audited}
    vectors = _fresh_vectors(audited, chunks, tools)
    for asset in audited:
        own = {c.id: vectors[c.id] for c in chunks[asset.id] if c.id in vectors}
        model = tools.embedder.fingerprint
        approve = bool(approved_by) and may_approve_new(asset, approved_by, tools)
        try:
            became = tools.library.put(
                asset,
                chunks[asset.id],
                own,
                model,
                approve=approve,
                by=by,
                approved_by=approved_by,
                reviewers=reviewers(tools),
            )
        except BadInput as refusal:
            outcome.rejected.append(Rejected(asset.source, str(refusal)))
            continue
        getattr(outcome, became).append(asset.id)
        if became != "unchanged" and _never_fit(asset):
            outcome.promotional.append(asset.id)
        if became == "updated" and not approve and tools.library.held(asset.id):
            outcome.in_review.append(asset.id)
        elif approved_by and not is_absolute(asset.url):
            outcome.unapproved.append(asset.id)
        elif approved_by and not approve:
            submitted = submit([asset.id], by, tools)
            outcome.in_review += [a.id for a in submitted if a.status is AssetStatus.IN_REVIEW]


def _fresh_vectors(
    assets: Sequence[Asset], chunks: Mapping[str, Sequence[Chunk]], tools: Tools
) -> dict[str, NDArray[np.float32]]:
    """Embed the passages that have no vector yet, by chunk id."""
    every = [(asset, chunk) for asset in assets for chunk in chunks[asset.id]]
    known = tools.library.known_vectors([c.id for _, c in every], tools.embedder.fingerprint)
    fresh = [(asset, chunk) for asset, chunk in every if chunk.id not in known]
    texts = [embedding_text(asset.title, chunk) for asset, chunk in fresh]
    return dict(zip((c.id for _, c in fresh), tools.embedder.embed(texts), strict=True))


def _never_fit(asset: Asset) -> bool:
    return all(is_promotional(asset.type, asset.hype, s, asset.hype_overruled) for s in Stage)


def _audited(asset: Asset, tools: Tools) -> Asset:
    """The asset with its hype score (M18)."""
    return replace(asset, hype=audit_tone(asset.text, asset.title, tools.sentence_models).hype)


def _with_known_id(asset: Asset, tools: Tools) -> Asset:
    """Keep the id a source already has, so that a new title does not make a new asset."""
    known = tools.library.find_source(asset.source)
    return replace(asset, id=known.id) if known else asset


def _retire_gone(
    named: Sequence[str], still_there: set[str], outcome: Added, tools: Tools, by: str
) -> None:
    """Retire what is gone from a re-added folder or manifest, and only what is known to be gone.

    A line whose id could not be read, or a subfolder that could not be opened, may hide any piece
    below it: those are kept and named.
    """
    unclear = [rejected.source for rejected in outcome.rejected]
    for folder in named:
        stored = tools.library.sources_in(folder)
        unseen = {source: i for source, i in stored.items() if source not in still_there}
        hidden = {i for source, i in unseen.items() if folder in unclear or _below(source, unclear)}
        gone = [i for i in unseen.values() if i not in hidden]
        outcome.kept += sorted(hidden)
        if gone:
            tools.library.retire(gone, by, gone=True)
            outcome.retired += gone


def _below(source: str, folders: Sequence[str]) -> bool:
    return any(source.startswith(folder.rstrip("/") + "/") for folder in folders)
