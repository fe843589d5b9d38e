"""Whom a piece is for and what it is about: personas, industries and topics, as proposals.

Words of the persona file and of the industries speak first; vectors say to whom the whole sounds;
pieces near it in the library, whose fields people confirmed, have a voice of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.assets import Asset
from knowledge.personas import JobTitles
from knowledge.sentences import prose
from knowledge.style_words import COMMON, FENCED
from knowledge.vocabulary import INDUSTRIES
from retrieval.proposing_questions import stems

Embed = Callable[[Sequence[str]], NDArray[Any]]

MOST_PERSONAS, MOST_INDUSTRIES, MOST_TOPICS = 2, 2, 5
TITLE_WEIGHT, HEADING_WEIGHT = 4.0, 2.0
"""A word in the title or a heading counts so many times one in the text."""
NEIGHBOUR_WEIGHT, VECTOR_WEIGHT = 1.0, 0.7
"""Of the nearest pieces' voice, and of how a persona's work sounds, beside the piece's own words.
With this and the next numbers the sample library, each piece left out in turn, is read best
(`benchmarks/proposals.py`): few pieces, so read them as judgement."""
NEIGHBOURS = 5
PERSONA_FROM = 0.2
"""Share of all points from which a persona is named."""
INDUSTRY_DENSITY, LEAST_INDUSTRY_HITS = 0.004, 3
"""Hits a word, and hits, from which an industry is what a piece is about."""
NEIGHBOURS_AGREE = 0.6
"""Share of the nearest pieces that must name an industry for a piece that does not."""

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t#]*$", re.M)
_TERM = re.compile(r"[A-Za-z][A-Za-z0-9+/.-]*[A-Za-z0-9+]|[A-Z]\b")
_GENERIC = frozenset({
    "it", "data", "systems", "people", "content", "growth", "production", "network", "board",
    "owner", "stores", "shift", "software", "platform", "security", "brand", "commercial",
    "president", "operation", "talent", "revenue", "planning", "developer", "infrastructure",
    "integration", "buyer",
})  # fmt: skip
"""Job-title words that everyday prose uses of other things: they count little."""
GENERIC_WEIGHT = 0.25
MOST_PHRASES, LEAST_WEIGHT = 40, 2.0
"""Phrases of the piece that are compared with its whole, and the weight of one worth a look."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A piece of the library near the new one, with the cosine of the two."""

    asset: Asset
    cosine: float


def personas_of(
    title: str,
    text: str,
    titles: JobTitles,
    vector: NDArray[np.float32],
    *,
    embed: Embed,
    near: Sequence[Neighbour] = (),
) -> tuple[str, ...]:
    """The personas a piece speaks to, the likeliest first, at most two."""
    if not titles.words:
        return ()
    own = _shares({name: _hits(words, title, text) for name, words in titles.words})
    sound = _sounding(titles, vector, embed)
    voice = _voices(near, lambda asset: asset.personas)
    scores = {
        name: own.get(name, 0.0)
        + VECTOR_WEIGHT * sound[name]
        + NEIGHBOUR_WEIGHT * voice.get(name, 0.0)
        for name, _ in titles.words
    }
    total = sum(scores.values()) or 1.0
    ranked = sorted(scores, key=lambda name: -scores[name])
    return tuple(name for name in ranked if scores[name] / total >= PERSONA_FROM)[:MOST_PERSONAS]


def industries_of(title: str, text: str, near: Sequence[Neighbour] = ()) -> tuple[str, ...]:
    """The industries a piece speaks of often enough to be for them, at most two."""
    plain = prose(text)
    length = max(150, len(plain.split()))
    found: dict[str, float] = {}
    for name, pattern in INDUSTRIES:
        sought = re.compile(rf"\b(?:{pattern})\b", re.I)
        in_title = bool(sought.search(title))
        hits = len(sought.findall(plain))
        if in_title or (hits >= LEAST_INDUSTRY_HITS and hits / length >= INDUSTRY_DENSITY):
            found[name] = hits / length + (0.02 if in_title else 0.0)
    voice = _voices(near, lambda asset: asset.industries)
    for name, share in voice.items():
        if name in found or share > NEIGHBOURS_AGREE:
            found[name] = found.get(name, 0.0) + NEIGHBOUR_WEIGHT * INDUSTRY_DENSITY * share
    return tuple(sorted(found, key=lambda name: -found[name]))[:MOST_INDUSTRIES]


def topics_of(
    title: str,
    text: str,
    vector: NDArray[np.float32],
    embed: Embed,
    known: Sequence[str] = (),
) -> tuple[str, ...]:
    """Up to five topics: those that the library knows and the piece speaks of, then its own."""
    counts = _phrases(title, text)
    words = stems(f"{title} {text[:20_000]}")
    used = [t for t in dict.fromkeys(known) if stems(t) and stems(t) <= words]
    candidates = list(
        dict.fromkeys([*used, *sorted(counts, key=lambda p: -counts[p])[:MOST_PHRASES]])
    )
    if not candidates:
        return ()
    cosines = np.asarray(embed(candidates), dtype=np.float64) @ np.asarray(vector, np.float64)
    most = max(counts.values(), default=1.0)
    score = {
        c: float(cosine) + 0.3 * counts.get(c, 0.0) / most + (0.15 if c in used else 0.0)
        for c, cosine in zip(candidates, cosines, strict=True)
    }
    kept: list[str] = []
    for phrase in sorted(candidates, key=lambda c: -score[c]):
        # "backlog" beside "maintenance backlog" says nothing new.
        if all(not (stems(phrase) <= stems(k) or stems(k) <= stems(phrase)) for k in kept):
            kept.append(phrase)
        if len(kept) == MOST_TOPICS:
            break
    return tuple(kept)


def _hits(words: Sequence[str], title: str, text: str) -> float:
    heads = "\n".join(_HEADING.findall(text))
    plain = prose(text[:40_000])
    places = ((title, TITLE_WEIGHT), (heads, HEADING_WEIGHT), (plain, 1.0))
    total = 0.0
    for word in words:
        weight = GENERIC_WEIGHT if word in _GENERIC else 1.0
        # Short ones are written large when they mean the department: IT, HR.
        form = word.upper() if len(word) <= 3 else word
        flags = 0 if len(word) <= 3 else re.IGNORECASE
        sought = re.compile(rf"(?<!\w){re.escape(form)}s?(?!\w)", flags)
        total += weight * sum(w * min(4, len(sought.findall(part))) for part, w in places)
    return total


def _shares(hits: Mapping[str, float]) -> dict[str, float]:
    total = sum(hits.values())
    return {name: count / total for name, count in hits.items()} if total else {}


def _sounding(titles: JobTitles, vector: NDArray[np.float32], embed: Embed) -> dict[str, float]:
    """How much more the piece sounds like each persona's work than like the others' on average."""
    told = [f"{titles.names[n]}: {', '.join(words[:12])}" for n, words in titles.words]
    cosines = np.asarray(embed(told), dtype=np.float64) @ np.asarray(vector, dtype=np.float64)
    above = np.maximum(0.0, cosines - cosines.mean())
    total = float(above.sum()) or 1.0
    return {n: float(a) / total for (n, _), a in zip(titles.words, above, strict=True)}


def _voices(near: Sequence[Neighbour], named: Callable[[Asset], Sequence[str]]) -> dict[str, float]:
    """The share of the nearest pieces, weighed by nearness, that name each value."""
    told = [n for n in near if named(n.asset)][:NEIGHBOURS]
    total = sum(max(0.0, n.cosine) for n in told)
    voices: dict[str, float] = defaultdict(float)
    for neighbour in told:
        for value in named(neighbour.asset):
            voices[value] += max(0.0, neighbour.cosine) / total if total else 0.0
    return dict(voices)


def _phrases(title: str, text: str) -> dict[str, float]:
    """Runs of one to three telling words with their weights: title and headings count more."""
    bare = FENCED.sub("\n", text)
    heads = " . ".join(_HEADING.findall(bare))
    counts: defaultdict[str, float] = defaultdict(float)
    for part, weight in (
        (title, TITLE_WEIGHT),
        (heads, HEADING_WEIGHT),
        (prose(bare)[:20_000], 1.0),
    ):
        for piece in re.split(r"[^\w\s+/.-]|[.](?:\s|$)|\n", part):
            _count(piece, weight, counts)
    return {p: n for p, n in counts.items() if n >= LEAST_WEIGHT}


def _count(piece: str, weight: float, counts: dict[str, float]) -> None:
    run: list[str] = []
    for word in [*_TERM.findall(piece), ""]:
        plain = word.lower()
        if word and len(plain) > 2 and plain not in COMMON and stems(plain) and not plain.isdigit():
            run.append(plain)
            continue
        for size in (1, 2, 3):
            for start in range(len(run) - size + 1):
                counts[" ".join(run[start : start + size])] += weight * (1.0 if size < 2 else 1.4)
        run = []
