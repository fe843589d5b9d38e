"""What type a piece is, by form and wording: signs give points, shape and vectors settle it."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.journey import AssetType
from knowledge.sentences import prose
from knowledge.style import read_sentences
from knowledge.style_words import FENCED, IMPERATIVE
from knowledge.text_files import count_words
from knowledge.type_words import SIGNS, TYPE_MEANINGS, Place, TypeSign

Embed = Callable[[Sequence[str]], NDArray[Any]]

OPENING_CHARACTERS = 700
"""Where a piece says what it is: the first paragraph or two."""
BODY_CHARACTERS = 30_000
REPEATED = 3
"""A heading sign counts at most so often: a long manual is no surer than a short one."""
VECTOR_WEIGHT = 4.0
"""Points of a cosine of 1 with how a type sounds, over the mean (`benchmarks/proposals.py`)."""

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t#]*$", re.M)
_NEWS = re.compile(r"\b(?:now|new|announc\w+|introduc\w+|released?|excited|is here)\b", re.I)
_WE = re.compile(r"\b(?:we|our|us)\b", re.I)
_I = re.compile(r"\b(?:I|I'm|I've|my)\b")
_YOU = re.compile(r"\b(?:you|your)\b", re.I)
_PAST = re.compile(
    r"\bwe (?:\w+ )?(?:\w{3,}ed|built|chose|found|took|went|made|wrote|ran|had|were)\b", re.I
)


@dataclass(frozen=True, slots=True)
class TypeReading:
    """The likeliest type, why in a sentence, and the points of each that has any."""

    type: AssetType
    why: str
    points: dict[AssetType, float]


def read_type(title: str, text: str, embed: Embed | None = None) -> TypeReading:
    """The type of a piece by its title and text; without `embed` by rules alone."""
    points: dict[AssetType, float] = defaultdict(float)
    told: dict[AssetType, tuple[float, str]] = {}

    def add(kind: AssetType, more: float, why: str) -> None:
        points[kind] += more
        if more > told.get(kind, (0.0, ""))[0]:
            told[kind] = (more, why)

    parts = parts_of(title, text)
    for sign in SIGNS:
        if count := _found(sign, parts):
            add(sign.type, sign.points * count, sign.told)
    for kind, more, why in _by_shape(title, text):
        add(kind, more, why)
    if embed is not None:
        for kind, cosine in _by_meaning(title, text, embed).items():
            add(kind, VECTOR_WEIGHT * cosine, "It sounds most like one.")
    if not points:
        return TypeReading(AssetType.OTHER, "", {})
    best = max(AssetType, key=lambda k: points.get(k, -1.0))  # the first of equals
    return TypeReading(best, told[best][1], dict(points))


def parts_of(title: str, text: str) -> dict[Place, str]:
    """A piece's title, opening, headings (one a line) and body as the signs read them."""
    text = text[:BODY_CHARACTERS]
    bare = FENCED.sub("\n", text)
    return {
        "title": title,
        "opening": bare.lstrip()[:OPENING_CHARACTERS],
        "headings": "\n".join(_HEADING.findall(bare)),
        "body": bare,
    }


def _found(sign: TypeSign, parts: dict[Place, str]) -> float:
    """How often a sign counts: once, headings up to `REPEATED` times with less each time."""
    hits = sum(1 for _ in sign.pattern.finditer(parts[sign.place]))
    if sign.place != "headings":
        return float(bool(hits))
    return math.sqrt(min(hits, REPEATED))


@dataclass(frozen=True, slots=True)
class _Shape:
    """Length in words, and shares: of code, of imperative sentences, and of words for persons."""

    words: int
    code: float
    acts: float
    we: float
    first: float
    you: float
    past: float


def _shape(text: str) -> _Shape:
    plain, read = prose(text), read_sentences(text)
    length = max(30, len(plain.split()))

    def share(pattern: re.Pattern[str]) -> float:
        return len(pattern.findall(plain)) / length

    return _Shape(
        words=count_words(text),
        code=sum(map(len, FENCED.findall(text))) / (len(text) + 1),
        acts=sum(bool(IMPERATIVE.match(s)) for s in read) / (len(read) + 2),
        we=share(_WE), first=share(_I), you=share(_YOU), past=share(_PAST),
    )  # fmt: skip


def _by_shape(title: str, text: str) -> list[tuple[AssetType, float, str]]:
    """What length, code, person and lists say; only what holds."""
    s, kind = _shape(text), AssetType
    of_authors = s.we > 0.02 or s.first > 0.006 or s.past > 0.004
    of_nobody = s.we < 0.006 and s.first < 0.002
    brief = s.words < 250 and s.code < 0.3
    news = brief and bool(_NEWS.search(text[:OPENING_CHARACTERS]))
    told = (
        (s.words > 500, kind.BLOG, 0.8, "It reads like a post."),
        (of_authors, kind.BLOG, 1.4, "It tells of its authors."),
        (of_nobody, kind.DOCS, 1.1, "It speaks of the thing, not of its authors."),
        (of_nobody and s.words > 600 and s.code < 0.1, kind.GUIDE, 0.6, "It explains at length."),
        (s.code > 0.15 and s.we < 0.012, kind.DOCS, 0.6, "Much of it is code."),
        (s.code > 0.15 and s.we < 0.012, kind.TUTORIAL, 0.8, "Much of it is code."),
        (s.acts > 0.3 and s.code > 0.02, kind.TUTORIAL, 1.0, "It tells what to do."),
        (brief, kind.CHANGELOG, 0.5, "It is short."),
        (news, kind.CHANGELOG, 0.8, "It is short and tells news."),
        (brief, kind.WEBINAR, 0.5, "It is short."),
        (brief, kind.PRODUCT_OVERVIEW, 0.3, "It is short."),
        (
            s.words < 900 and s.you > 0.03 and s.code < 0.1 and s.past < 0.002,
            kind.PRODUCT_OVERVIEW, 0.4, "It tells the reader what they get.",
        ),
        (s.words > 2500 and s.code < 0.02, kind.WHITEPAPER, 1.0, "It is long and has no code."),
        (len(title.split()) <= 2 and s.words < 700, kind.DOCS, 0.5, "Its title is a mere name."),
    )  # fmt: skip
    return [(k, points, why) for holds, k, points, why in told if holds]


def _by_meaning(title: str, text: str, embed: Embed) -> dict[AssetType, float]:
    """The best cosine of the piece's opening with how each type sounds, less the mean of all."""
    opening = f"{title}. {' '.join(prose(text[:4_000]).split())[:OPENING_CHARACTERS]}"
    kinds, prototypes = _prototypes(embed)
    cosines = prototypes @ np.asarray(embed([opening])[0], dtype=np.float64)
    best: dict[AssetType, float] = {}
    for kind, cosine in zip(kinds, cosines.tolist(), strict=True):
        best[kind] = max(best.get(kind, -1.0), cosine)
    mean = sum(best.values()) / len(best)
    return {kind: cosine - mean for kind, cosine in best.items() if cosine > mean}


@lru_cache(maxsize=2)
def _prototypes(embed: Embed) -> tuple[tuple[AssetType, ...], NDArray[np.float64]]:
    kinds = tuple(kind for kind, _ in TYPE_MEANINGS)
    return kinds, np.asarray(embed([told for _, told in TYPE_MEANINGS]), dtype=np.float64)
