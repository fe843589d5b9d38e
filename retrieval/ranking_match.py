"""Matching what is known of a lead with what an asset says: tags, sizes, word stems."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from knowledge.assets import Asset
from knowledge.journey import AssetType, Stage
from knowledge.touch import Contribution

_SIZES = (
    (0, 99, re.compile(r"\b(?:small (?:business|team|compan|firm|site)\w*|start-?ups?|smbs?)\b")),
    (100, 999, re.compile(r"\b(?:mid-?size[d]?|mid-?market|medium-sized)\b")),
    (1000, 10**9, re.compile(r"\b(?:enterprises?|large (?:compan|group)\w*|multi-site)\b")),
)  # fmt: skip
_STAFF = re.compile(r"\b(\d{1,3}(?:,\d{3})+|\d{2,6}) (?:staff|employees|people work)\b")
_STOP = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "do", "for", "from", "get",
    "has", "have", "how", "in", "into", "is", "it", "its", "less", "more", "much", "no", "not",
    "of", "on", "one", "or", "our", "out", "so", "than", "that", "the", "their", "them", "then",
    "there", "they", "this", "to", "too", "up", "us", "we", "what", "when", "which", "who", "why",
    "will", "with", "without", "you", "your",
})  # fmt: skip
_PROOF = frozenset({AssetType.CASE_STUDY, AssetType.TESTIMONIAL})


@lru_cache(maxsize=512)
def nearest_stage(stages: tuple[Stage, ...], at: Stage) -> tuple[Stage, int]:
    """The stage nearest to `at`, the earlier of two, and how many stages ahead it lies."""
    near = min(stages, key=lambda s: (abs(s.order - at.order), s.order))
    return near, near.order - at.order


_SAID = {"it": "IT", "hr": "HR", "executive": "management"}
"""Tags that read wrongly as they stand."""


def said(tag_: str) -> str:
    """A tag as a sentence says it."""
    return _SAID.get(tag(tag_), tag_)


def listed(tags: Sequence[str]) -> str:
    """Tags as a sentence lists them: IT, finance and management."""
    *first, last = (said(t) for t in tags) if tags else ("",)
    return f"{', '.join(first)} and {last}" if first else last


def tagged(
    rule: str, tags: Sequence[str], value: str | None, points: tuple[float, float], spoken: str
) -> Contribution | None:
    """Points for a tag that is this lead's, or for tags that are others'; none when unknown."""
    mine = tag(value or "")
    if not mine or not tags:
        return None
    if mine in {tag(t) for t in tags}:
        return Contribution(rule, points[0], f"It is for {spoken.format(said(mine))}.")
    others = spoken.format(listed(tags))
    return Contribution(rule, points[1], f"It is for {others}.")


@lru_cache(maxsize=4096)
def tag(text: str) -> str:
    """A tag as it is compared: case, hyphens and underscores do not matter."""
    return re.sub(r"[\s_-]+", " ", text.strip().lower())


def fits_size(asset: Asset, size: int) -> bool | None:
    """Whether the piece is about companies of this many employees; None when it does not say."""
    bands = _bands(head_of(asset))
    if bands:
        return any(low <= size <= high for low, high in bands)
    told = _STAFF.search(asset.text, 0, 1_500) if asset.type in _PROOF else None
    if told is None:
        return None
    theirs = int(told.group(1).replace(",", ""))
    return True if theirs / 2 <= size <= theirs * 2 else None


@lru_cache(maxsize=4096)
def _bands(head: str) -> tuple[tuple[int, int], ...]:
    return tuple((low, high) for low, high, words in _SIZES if words.search(head))


def head_of(asset: Asset) -> str:
    """Title, description and topics in lower case."""
    return _head_text(asset.title, asset.description, asset.topics)


@lru_cache(maxsize=4096)
def _head_text(title: str, description: str, topics: tuple[str, ...]) -> str:
    return " ".join((title, description, *topics)).lower()


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """The telling words of a text, cut to their first six letters so that forms of a word meet."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return frozenset(w[:6] for w in words if len(w) > 2 and w not in _STOP)


def short(text: str) -> str:
    """The text as a card quotes it."""
    return text if len(text) <= 90 else text[:89].rstrip() + "…"
