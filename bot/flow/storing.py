"""Pieces that were read, made ready for the library: audited for hype, cut, embedded, put in.

`prepare` only computes, so an import runs it in several threads; `put` writes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from bot.flow.bulk_models import BulkModels
from bot.flow.publishing import may_approve_new, reviewers, submit
from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus, Chunk
from knowledge.chunking import chunk_asset, embedding_text
from knowledge.errors import BadInput
from knowledge.journey import AssetType, Stage
from knowledge.language import language_name
from knowledge.personas import load_personas
from knowledge.reading import is_url
from knowledge.rejected import Rejected
from knowledge.tone import is_promotional
from retrieval.proposing_type import read_type
from storage.library import is_absolute
from storage.tone_audits import ToneAudits

TAGS = ("stages", "personas", "industries", "topics", "buyer_questions")
PROMOTIONAL, UNAPPROVED, IN_REVIEW = "promotional", "unapproved", "in_review"
GUESSED = "guessed"


@dataclass
class Added:
    """What became of the pieces, by id.

    `unapproved` lacks an absolute URL; `promotional` fits no stage; `kept` was not seen, where
    not all could be read; `in_review` waits for a reviewer. `guessed` named no type and got the
    one that was read in it; `remarks` say what of a source could not be used.
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
    guessed: list[str] = field(default_factory=list)
    remarks: list[Rejected] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An asset with its hype, its passages, and vectors of those that had none."""

    asset: Asset
    chunks: Sequence[Chunk]
    vectors: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one asset: added, updated, unchanged or rejected, and what to say of it."""

    asset: Asset
    became: str
    reason: str = ""
    flags: tuple[str, ...] = ()


def models_of(tools: Tools) -> BulkModels:
    """The models that answer questions too: for a few pieces, in the caller's thread."""
    embedder, models = tools.embedder, tools.sentence_models
    return BulkModels(embedder.embed, embedder.fingerprint, models.hypes, models.hype_version)


def not_english(asset: Asset) -> Rejected | None:
    """Why a piece in another language is not taken, or None."""
    if asset.language == "en":
        return None
    language = language_name(asset.language)
    return Rejected(asset.source, f"seems to be in {language}; this version reads English only")


def prepare(assets: Sequence[Asset], tools: Tools, models: BulkModels) -> list[Prepared]:
    """Audit, cut and embed assets (M18); safe to run in several threads.

    What was audited or embedded before is taken from SQL.
    """
    named = [_with_a_type(_with_known_id(asset, tools)) for asset in assets]
    named = _with_remarks(named, tools)
    audited = _audited(named, tools, models)
    chunks = {asset.id: chunk_asset(asset) for asset in audited}
    vectors = _fresh_vectors(audited, chunks, tools, models)
    return [
        Prepared(
            asset,
            chunks[asset.id],
            {c.id: vectors[c.id] for c in chunks[asset.id] if c.id in vectors},
        )
        for asset in audited
    ]


@dataclass(frozen=True, slots=True)
class Bringer:
    """Who brings pieces in, and who approves them with that; empty for nobody.

    What is only `proposed` never takes the place of a piece in use before a reviewer decides.
    """

    by: str
    approved_by: str = ""
    proposed: bool = False


def put(prepared: Prepared, tools: Tools, models: BulkModels, who: Bringer) -> Kept:
    """Put one prepared asset into the library; what it refuses is `rejected`.

    Where a second person is asked for, what its approver owns goes to review.
    """
    asset = prepared.asset
    approve = bool(who.approved_by) and may_approve_new(asset, who.approved_by, tools)
    try:
        became = tools.library.put(
            asset,
            prepared.chunks,
            prepared.vectors,
            models.fingerprint,
            approve=approve,
            by=who.by,
            approved_by=who.approved_by,
            reviewers=reviewers(tools),
            proposed=who.proposed,
        )
    except BadInput as refusal:
        return Kept(asset, "rejected", str(refusal))
    flags = [PROMOTIONAL] if became != "unchanged" and never_fit(asset) else []
    flags += [GUESSED] if became != "unchanged" and asset.type_guessed else []
    if who.approved_by and not is_absolute(asset.url):
        flags.append(UNAPPROVED)
    elif _waits(asset, became, who, tools, approved=approve):
        flags.append(IN_REVIEW)
    return Kept(asset, became, "", tuple(flags))


def _waits(asset: Asset, became: str, who: Bringer, tools: Tools, *, approved: bool) -> bool:
    """Whether it, or its new version, waits for a reviewer now; submitted where it must be."""
    if approved:
        return False
    if who.approved_by:
        return submit([asset.id], who.by, tools)[0].status is AssetStatus.IN_REVIEW
    return became == "updated" and tools.library.held(asset.id) is not None


def note(kept: Kept, outcome: Added) -> None:
    """Add what became of one asset to the outcome of the whole."""
    if kept.became == "rejected":
        outcome.rejected.append(Rejected(kept.asset.source, kept.reason))
        return
    for name in (kept.became, *kept.flags):
        getattr(outcome, name).append(kept.asset.id)


def retire_gone(
    named: Sequence[str],
    still_there: set[str],
    outcome: Added,
    tools: Tools,
    by: str,
    *,
    before: datetime | None = None,
) -> None:
    """Retire what is gone from a re-added folder or manifest, and only what is known to be gone.

    What was added after the moment `before` is none of what an older import may judge.

    A line whose id could not be read, or a subfolder that could not be opened, may hide any piece
    below it: those are kept and named.
    """
    unclear = [rejected.source for rejected in outcome.rejected]
    for folder in named:
        stored = tools.library.sources_in(folder, before)
        unseen = {source: i for source, i in stored.items() if source not in still_there}
        hidden = {i for source, i in unseen.items() if folder in unclear or _below(source, unclear)}
        gone = [i for i in unseen.values() if i not in hidden]
        outcome.kept += sorted(hidden)
        if gone:
            tools.library.retire(gone, by, gone=True)
            outcome.retired += gone


def _with_a_type(asset: Asset) -> Asset:
    """A piece whose source names no type, with the one that its title and text show (M38 to M42).

    Without a type it would fit no stage. Rules alone: vectors add nothing here
    (`benchmarks/proposals.py`).
    """
    if asset.type is not AssetType.OTHER or not asset.type_guessed:
        return asset
    return replace(asset, type=read_type(asset.title, asset.text).type)


def _with_remarks(assets: Sequence[Asset], tools: Tools) -> list[Asset]:
    """The pieces with a remark on personas that nobody here is."""
    known = set(load_personas(tools.settings.home).names) if any(a.personas for a in assets) else ()
    told = []
    for asset in assets:
        if strange := [p for p in asset.personas if p not in known]:
            more = (
                f"no persona here is called {', '.join(strange)}, so it meets no lead by that; "
                f"known are {', '.join(sorted(known))}"
            )
            asset = replace(asset, remarks=(*asset.remarks, more))  # noqa: PLW2901
        told.append(asset)
    return told


def _audited(assets: Sequence[Asset], tools: Tools, models: BulkModels) -> list[Asset]:
    """The assets with their hype scores; texts that were audited before are not read again."""
    audits = ToneAudits(tools.db)
    digests = [_digest(models.hype_version, asset.text) for asset in assets]
    known = audits.known(digests)
    fresh = {d: a.text for d, a in zip(digests, assets, strict=True) if d not in known}
    scores = dict(zip(fresh, models.hypes(list(fresh.values())), strict=True)) if fresh else {}
    audits.keep(scores)
    known |= scores
    return [replace(a, hype=known[d]) for d, a in zip(digests, assets, strict=True)]


def _digest(version: str, text: str) -> str:
    return hashlib.sha256(f"{version}\x1f{text}".encode("utf-8", "replace")).hexdigest()


def _fresh_vectors(
    assets: Sequence[Asset],
    chunks: Mapping[str, Sequence[Chunk]],
    tools: Tools,
    models: BulkModels,
) -> dict[str, NDArray[np.float32]]:
    """Embed the passages that have no vector yet, by chunk id."""
    every = [(asset, chunk) for asset in assets for chunk in chunks[asset.id]]
    known = tools.library.known_vectors([c.id for _, c in every], models.fingerprint)
    fresh = [(asset, chunk) for asset, chunk in every if chunk.id not in known]
    if not fresh:
        return {}  # without loading the model
    texts = [embedding_text(asset.title, chunk) for asset, chunk in fresh]
    return dict(zip((c.id for _, c in fresh), models.embed(texts), strict=True))


def never_fit(asset: Asset) -> bool:
    """Whether a piece reads as promotion at every stage."""
    return all(is_promotional(asset.type, asset.hype, s, asset.hype_overruled) for s in Stage)


def _with_known_id(asset: Asset, tools: Tools) -> Asset:
    """Keep the id a source already has, so that a new title does not make a new asset.

    A page says little of itself: what a person confirmed of it stays where the page is silent.
    """
    known = tools.library.find_source(asset.source)
    if known is None:
        return asset
    asset = replace(asset, id=known.id)
    return with_what_is_known(asset, known) if is_url(asset.source) else asset


def with_what_is_known(asset: Asset, known: Asset) -> Asset:
    """A piece with the tags of the one known before wherever it has none itself."""
    silent = {
        name: getattr(known, name)
        for name in (*TAGS, "owner", "review_by", "description")
        if not getattr(asset, name)
    }
    if asset.type is AssetType.OTHER:
        silent |= {"type": known.type, "type_guessed": known.type_guessed}
    return replace(asset, **silent)


def _below(source: str, folders: Sequence[str]) -> bool:
    return any(source.startswith(folder.rstrip("/") + "/") for folder in folders)
