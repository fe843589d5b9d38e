"""What follows a piece: how well every other asset continues what a lead has read, 0 to 1."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.assets import Asset

Numbers = NDArray[np.float32]

BLOCK = 128
"""Passages or sentences compared at a time: with 10,000 passages 5 MB."""
FEW = 5
"""Assets at which half of the library's mean counts."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")
_WORD = re.compile(r"\w\w+")


@dataclass(frozen=True, slots=True)
class FollowingSettings:
    """What tunes following; measured by `python -m benchmarks.next_asset` on authors' own links.

    Few and round, since weights fitted to three libraries gained nothing on the fourth.
    """

    meaning: float = 1.0
    """Weight of the nearest pair of passages, each compared by how it differs from the library's
    mean passage; without that difference hit@5 was 0.06 lower with meaning alone."""
    mention: float = 0.8
    """Weight of the title's words met close together in the text that was read: an author who
    speaks of a piece's subject leads on to it. 0.5 to 0.7 is best where the sentences that hold
    the links are left out, 0.7 to 1.3 where they are there."""
    near: float = 0.3
    """Weight of publication at about the same time: series and news belong together."""
    earlier: float = 0.1
    """Weight of being out already when the piece was written. Small on purpose: an author cannot
    link to what does not exist yet, but may well recommend it today."""
    title_prior: float = 5.0
    """Added to a title's rarity, so that "Pricing" is not found everywhere; 3 to 8 do as well."""
    near_days: float = 60.0
    """Days apart at which nearness is one half; 30 to 180 do as well."""
    undated: float = 0.25
    """Nearness when a date is missing: about its mean in the libraries, so that it is neutral."""
    fade: float = 0.5
    """Weight of a read piece as a share of the one read after it: 0.25 and 0.5 find more than the
    last piece alone, 1 finds less."""
    remembered: int = 4
    """Pieces that count, the latest: the fifth would weigh a sixteenth."""
    good_score: float = 0.44
    """Below it nothing follows well: 95 % of pieces have a best score above it in their own
    library, 4 to 18 % of those of another company."""
    most_sentences: int = 1000
    """Sentences looked at in one piece; a book is cut, which bounds the time of a call."""
    kept_pieces: int = 256
    """Pieces whose parts are kept, 16 bytes an asset each, so that a batch is quick."""


class Parts(NamedTuple):
    """For each asset, 0 to 1: how near in meaning, how much of its title is spoken of, in time."""

    meaning: Numbers
    mention: Numbers
    near: Numbers
    earlier: Numbers


class Following:
    """How well assets follow others in one revision of the library; safe to share by threads.

    `chunk_asset_ids` names the asset of each row of `vectors`, (n, d) unit rows, in any
    order; those of unknown assets are left out. Holds the texts by reference and a copy of the
    vectors: 15 MB for 10,000 passages of the default model.
    """

    def __init__(
        self,
        assets: Iterable[Asset],
        chunk_asset_ids: Sequence[str],
        vectors: Numbers,
        settings: FollowingSettings = FollowingSettings(),
    ) -> None:
        self._settings = settings
        known = sorted(assets, key=lambda a: a.id)
        self.ids = tuple(a.id for a in known)
        self._place = {name: i for i, name in enumerate(self.ids)}
        self._texts = [a.text for a in known]
        self._days = np.array(
            [a.published.toordinal() if a.published else np.nan for a in known], dtype=np.float64
        )
        self._passages = _Passages(
            np.array([self._place.get(name, -1) for name in chunk_asset_ids], dtype=np.int64),
            vectors,
            len(known),
        )
        self._titles = _Titles([a.title for a in known], self._texts, settings.title_prior)
        self._kept: dict[int, Parts] = {}
        self._guard = threading.Lock()

    def scores(
        self, read_ids: Sequence[str], settings: FollowingSettings | None = None
    ) -> dict[str, float]:
        """Score every asset not read, 0 to 1, after these pieces (latest last).

        The weighted mean over the latest pieces, each weighing `fade` times the one after it, so
        scores of different calls compare. Ids that are not in the library are passed over;
        nothing known gives nothing.
        """
        chosen = settings or self._settings
        read = list(dict.fromkeys(name for name in reversed(read_ids) if name in self._place))
        weights = [chosen.fade**age for age in range(min(len(read), chosen.remembered))]
        if not read:
            return {}
        total = np.zeros(len(self.ids), np.float32)
        for name, weight in zip(read, weights, strict=False):
            total += weight / sum(weights) * _combined(self.parts(name), chosen)
        seen = set(read)
        return {
            name: round(float(score), 4)
            for name, score in zip(self.ids, total, strict=True)
            if name not in seen
        }

    def parts(self, read_id: str) -> Parts:
        """What speaks for each asset after one piece, in the order of `ids`; `KeyError` if unknown.

        Kept for the next call.
        """
        place = self._place[read_id]
        with self._guard:
            if place in self._kept:
                return self._kept[place]
        near, earlier = self._in_time(place)
        mention = self._titles.mentioned(self._texts[place], self._settings.most_sentences)
        parts = Parts(self._passages.nearest(place), mention, near, earlier)
        with self._guard:
            while len(self._kept) >= self._settings.kept_pieces:
                del self._kept[next(iter(self._kept))]  # the oldest
            self._kept[place] = parts
        return parts

    def _in_time(self, place: int) -> tuple[Numbers, Numbers]:
        """Nearness in time, and whether an asset was out when the piece was; neutral undated."""
        apart = self._days - self._days[place]
        near = 1 / (1 + np.abs(apart) / self._settings.near_days)
        earlier = np.where(np.isnan(apart), 0.5, apart <= 0)
        near = np.where(np.isnan(apart), self._settings.undated, near)
        return near.astype(np.float32), earlier.astype(np.float32)


def _combined(parts: Parts, settings: FollowingSettings) -> Numbers:
    """The weighted mean of the parts, so that it stays between 0 and 1."""
    weights = (settings.meaning, settings.mention, settings.near, settings.earlier)
    total = np.zeros_like(parts.meaning)
    for weight, values in zip(weights, parts, strict=True):
        total += np.float32(weight) * values
    return total / np.float32(sum(weights))


class _Passages:
    """Passages compared by how they differ from the mean of the library.

    What all passages share, the product's name before all, says nothing of what follows; and a
    piece about everything is no longer near to everything.
    """

    def __init__(self, owners: NDArray[np.int64], vectors: Numbers, assets: int) -> None:
        kept = np.flatnonzero(owners >= 0)
        order = kept[np.argsort(owners[kept], kind="stable")]
        counts = np.bincount(owners[kept], minlength=assets)
        self._rows: Numbers = np.array(vectors[order], dtype=np.float32, ndmin=2)
        if len(order):
            # A mean over a handful of pieces is those pieces, so it counts by how many there are.
            self._rows -= self._rows.mean(axis=0) * np.float32(assets / (assets + FEW))
            lengths = np.linalg.norm(self._rows, axis=1, keepdims=True)
            self._rows /= np.maximum(lengths, np.float32(1e-9))
        self._starts = np.concatenate(([0], np.cumsum(counts)))
        self._held = np.flatnonzero(counts)

    def nearest(self, place: int) -> Numbers:
        """For each asset the highest cosine of one of its passages with one of this asset's.

        Below 0 counts as 0.
        """
        best = np.zeros(len(self._starts) - 1, np.float32)
        mine = self._rows[self._starts[place] : self._starts[place + 1]]
        for start in range(0, len(mine), BLOCK):
            nearest = (mine[start : start + BLOCK] @ self._rows.T).max(axis=0)
            by_asset = np.maximum.reduceat(nearest, self._starts[self._held])
            best[self._held] = np.maximum(best[self._held], by_asset)
        return np.minimum(best, np.float32(1.0))


class _Titles:
    """The library's titles, and how much of each, by rarity of its words, a text speaks of."""

    def __init__(self, titles: Sequence[str], texts: Sequence[str], prior: float) -> None:
        stems = _Stems()
        named = [stems.of(title) for title in titles]
        self._words = {w: i for i, w in enumerate(sorted({w for t in named for w in t}))}
        held: Counter[str] = Counter()
        for title, text in zip(named, texts, strict=True):
            held.update(title | (stems.of(text) & self._words.keys()))
        count = len(titles)
        rarity = {w: float(np.log(1 + (count - n + 0.5) / (n + 0.5))) for w, n in held.items()}
        self._rarity = np.array([rarity[w] for w in self._words], dtype=np.float32)
        found: list[list[int]] = [[] for _ in self._words]
        for place, title in enumerate(named):
            for word in title:
                found[self._words[word]].append(place)
        self._titles_of = [np.array(places, dtype=np.int64) for places in found]
        self._most = np.array(
            [sum(rarity[w] for w in title) + prior for title in named], dtype=np.float32
        )

    def mentioned(self, text: str, most_sentences: int) -> Numbers:
        """The largest share of each title's rarity that two neighbouring sentences hold."""
        best = np.zeros(len(self._most), np.float32)
        windows = list(dict.fromkeys(self._windows(text, most_sentences)))
        used = sorted({word for window in windows for word in window})
        if not used:
            return best
        column = {word: i for i, word in enumerate(used)}
        weights = np.zeros((len(used), len(best)), np.float32)
        for word, i in column.items():
            weights[i, self._titles_of[word]] = self._rarity[word]
        for start in range(0, len(windows), BLOCK):
            some = windows[start : start + BLOCK]
            holds = np.zeros((len(some), len(used)), np.float32)
            for i, window in enumerate(some):
                holds[i, [column[word] for word in window]] = 1.0
            best = np.maximum(best, (holds @ weights).max(axis=0))
        return best / self._most

    def _windows(self, text: str, most_sentences: int) -> Iterator[frozenset[int]]:
        """Words of titles in every two neighbouring sentences."""
        stems = _Stems()
        sentences = [s for s in _SENTENCE_END.split(text) if s.strip()][:most_sentences]
        held = [
            frozenset(self._words[w] for w in stems.of(s) if w in self._words) for s in sentences
        ]
        for one, two in pairwise([*held, frozenset[int]()]):
            if window := one | two:
                yield window


class _Stems:
    """Stemmed English words of texts; each word is cut once. For one thread."""

    def __init__(self) -> None:
        import Stemmer
        from bm25s.stopwords import STOPWORDS_EN

        self._cut = Stemmer.Stemmer("english").stemWord
        self._known: dict[str, str] = dict.fromkeys(STOPWORDS_EN, "")

    def of(self, text: str) -> set[str]:
        """The stems in a text, without stop words."""
        found = set()
        for word in set(_WORD.findall(text.lower())):
            stem = self._known.get(word)
            if stem is None:
                stem = self._known[word] = self._cut(word)
            found.add(stem)
        found.discard("")
        return found
