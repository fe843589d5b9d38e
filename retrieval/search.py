"""Search: questions in, candidate assets out, each re-checked against SQL (decisions 1 and 3)."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.assets import Asset, Chunk
from knowledge.chunking import embedding_text
from knowledge.errors import BadInput
from knowledge.touch import Candidate
from retrieval.embeddings import Embedder, readable
from retrieval.fusion import SearchSettings, asset_scores, combined_scores, passage_scores
from retrieval.lexical import LexicalIndex
from retrieval.passages import Floats, Shelf, read_on
from retrieval.standby import Standby
from retrieval.vectors import VectorIndex, Vectors

LOOKS = 3
"""At a library that changes while the index is asked known questions."""


class Catalogue(Protocol):
    """What search asks of the library: approved assets, their chunks and vectors, by id or all."""

    def approved(self, ids: Collection[str] | None = None) -> dict[str, Asset]:
        """Approved assets by id; of `ids`, those that are."""
        ...

    def approved_ids(self, ids: Collection[str]) -> set[str]:
        """Those of `ids` that are approved; far cheaper than the assets themselves."""
        ...

    def chunks(self, ids: Collection[str] | None = None) -> dict[str, Chunk]:
        """Chunks by their id."""
        ...

    def order(self) -> list[tuple[str, str]]:
        """(asset id, chunk id) of every approved asset, its chunks together in reading order."""
        ...

    def vectors(self, model: str) -> Vectors:
        """Chunk ids and their (n, d) unit rows for a model's fingerprint."""
        ...

    def revision(self) -> str:
        """Changes with every change that search can see; cheap to ask."""
        ...


@dataclass(frozen=True, slots=True)
class _View:
    """The library at one revision: its shelf, and its words by passage and by asset.

    `assets` and `chunks` hold what was asked of SQL since, so that it is asked once a revision;
    whether an asset is still approved is asked each time.
    """

    revision: str
    shelf: Shelf
    by_passage: LexicalIndex
    by_asset: LexicalIndex
    assets: dict[str, Asset]
    chunks: dict[str, Chunk]


@dataclass(frozen=True, slots=True)
class _Match:
    """How one question fits: score and answer by asset, cosine and score by passage."""

    assets: Floats
    answers: NDArray[np.bool_]
    cosines: Floats
    passages: Floats


class Finder:
    """Finds assets by meaning and by words; safe to share between threads.

    `cache` is a folder for the word indexes, or None to build them in memory. A change of the
    catalogue's revision is noticed at every call.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        embedder: Embedder,
        vectors: VectorIndex,
        cache: Path | None,
        settings: SearchSettings = SearchSettings(),  # noqa: B008 - frozen
    ) -> None:
        self._catalogue = catalogue
        self._embedder = embedder
        self._vectors = vectors
        self._asked = Standby(vectors)
        self._cache = cache
        self._settings = settings
        self._guard = threading.Lock()
        self._view: _View | None = None
        self._reads_ahead = False

    def search(self, query: str, top: int = 10) -> list[Candidate]:
        """The best `top` approved assets for one question; `BadInput` when it is empty."""
        return self.candidates([query], top)

    def candidates(self, questions: Sequence[str], depth: int = 50) -> list[Candidate]:
        """The best `depth` assets over all questions, best first, ties by id.

        An asset that answers several questions wins over one that answers one as well. `answers`
        holds the positions of the questions it answers. `BadInput` when a question is empty.
        """
        if not questions:
            return []
        vectors = self._embedder.embed([_asked(question) for question in questions])
        view = self._refreshed()
        return self._best(view, [self._matches(view, questions, vectors)], depth)[0]

    def warm(self) -> None:
        """Build the indexes, and read texts ahead from now on: no ask waits for them."""
        self._reads_ahead = True
        view = self._refreshed()
        self._read_ahead(view)

    def prove(self, questions: int) -> bool:
        """Ask the index up to so many questions whose answers SQL knows; False when one was wrong.

        The questions are passages drawn by chance, each by its own vector. An index that answers
        wrong is built anew from the vectors in SQL before this returns.
        """
        for _ in range(LOOKS):
            view = self._refreshed()
            held = view.shelf.with_pairs(self._catalogue.vectors(self._embedder.fingerprint))
            drawn = random.sample(range(len(held[0])), min(questions, len(held[0])))
            if self._vectors.knows(held, drawn):
                return True
            if self._catalogue.revision() == view.revision:
                break  # else the library changed while we looked
        self._vectors.renew()
        return False

    def _read_ahead(self, view: _View) -> None:
        if self._reads_ahead and len(view.shelf.assets) <= self._settings.read_ahead:
            view.assets.update(self._catalogue.approved())
            view.chunks.update(self._catalogue.chunks())

    def search_many(self, queries: Iterable[str], top: int = 10) -> Iterator[list[Candidate]]:
        """`search` for each query, in order, embedding and re-checking a batch at a time."""
        remaining = iter(queries)
        while batch := list(itertools.islice(remaining, self._settings.query_batch)):
            vectors = self._embedder.embed([_asked(query) for query in batch])
            view = self._refreshed()
            found = self._matches(view, batch, vectors)
            yield from self._best(view, [[match] for match in found], top)

    def _refreshed(self) -> _View:
        """Both indexes at the catalogue's revision."""
        with self._guard:
            revision = self._catalogue.revision()
            view = self._view
            if view is None or view.revision != revision:
                view = self._view_of(revision)
            shelf = view.shelf
            self._asked.sync(
                revision,
                lambda: shelf.with_pairs(self._catalogue.vectors(self._embedder.fingerprint)),
            )
            self._view = view
            return view

    def _view_of(self, revision: str) -> _View:
        shelf = Shelf(self._catalogue.order())
        key = f"{revision} {self._settings.title_weight}"
        by_passage = LexicalIndex.cached(
            self._cache, "passages", key, shelf.passages, lambda: self._passages(shelf)
        )
        by_asset = LexicalIndex.cached(
            self._cache, "assets", key, shelf.assets, lambda: self._assets(shelf)
        )
        view = _View(revision, shelf, by_passage, by_asset, {}, self._still_on(shelf))
        self._read_ahead(view)
        return view

    def _still_on(self, shelf: Shelf) -> dict[str, Chunk]:
        """Chunks known from the last revision: the same id is the same text."""
        # A copy, since other threads may be adding to the last view's.
        known = dict(self._view.chunks) if self._view else {}
        return {name: chunk for name, chunk in known.items() if name in shelf.row}

    def _passages(self, shelf: Shelf) -> list[tuple[str, str]]:
        titles = {name: asset.title for name, asset in self._catalogue.approved().items()}
        chunks = self._catalogue.chunks()
        return [
            (name, embedding_text(titles.get(chunks[name].asset_id, ""), chunks[name]))
            if name in chunks
            else (name, "")
            for name in shelf.passages
        ]

    def _assets(self, shelf: Shelf) -> list[tuple[str, str]]:
        weight = self._settings.title_weight
        held = self._catalogue.approved()
        return [
            (name, "\n".join([*[a.title] * weight, a.description, " ".join(a.topics), a.text]))
            if (a := held.get(name))
            else (name, "")
            for name in shelf.assets
        ]

    def _matches(
        self, view: _View, questions: Sequence[str], vectors: NDArray[np.float32]
    ) -> list[_Match]:
        fetched = self._asked.query_many(vectors, self._settings.fetch)
        return [self._match(view, q, hits) for q, hits in zip(questions, fetched, strict=True)]

    def _match(self, view: _View, question: str, hits: Sequence[tuple[str, float]]) -> _Match:
        settings = self._settings
        # What was not fetched is at best as near as the last that was.
        floor = hits[-1][1] if len(hits) >= settings.fetch else 0.0
        cosines, pairs = view.shelf.spread(hits, floor)
        passages = passage_scores(cosines, view.by_passage.shares(question), settings)
        best = view.shelf.best(passages)
        assets = asset_scores(best, pairs, view.by_asset.shares(question), settings)
        near = view.shelf.best(cosines) >= settings.answer_similarity
        return _Match(assets, near & (assets >= settings.good_score), cosines, passages)

    def _best(
        self, view: _View, asks: Sequence[Sequence[_Match]], depth: int
    ) -> list[list[Candidate]]:
        """The candidates of each ask, given the matches of its questions; approved ones only."""
        # A few more than asked for make up for any just retired.
        orders = [_order(view.shelf, found, depth + 10, self._settings) for found in asks]
        approved = self._approved(view, {name for order in orders for name, _ in order})
        kept = [[hit for hit in order if hit[0] in approved][: max(0, depth)] for order in orders]
        shown = [
            [self._shown(view, found, name) for name, _ in hits]
            for found, hits in zip(asks, kept, strict=True)
        ]
        self._learn_chunks(view, {row for rows in shown for _, row in rows})
        return [
            [
                self._candidate(view, found, approved[name], score, where)
                for (name, score), where in zip(hits, places, strict=True)
            ]
            for found, hits, places in zip(asks, kept, shown, strict=True)
        ]

    def _approved(self, view: _View, names: set[str]) -> dict[str, Asset]:
        """Those that SQL calls approved now."""
        still = self._catalogue.approved_ids(names)
        if missing := still - view.assets.keys():
            view.assets.update(self._catalogue.approved(missing))
        return {name: view.assets[name] for name in still if name in view.assets}

    def _shown(self, view: _View, found: Sequence[_Match], name: str) -> tuple[int, int]:
        """The question that an asset fits best, and the row of the passage that shows it."""
        place = view.shelf.place[name]
        which = max(range(len(found)), key=lambda i: (found[i].assets[place], -i))
        return which, view.shelf.best_row(place, found[which].passages)

    def _learn_chunks(self, view: _View, rows: Collection[int]) -> None:
        """Ask SQL for the passages at these rows and those that follow, once a revision."""
        shelf = view.shelf
        wanted = {shelf.passages[r] for row in rows for r in shelf.with_next(row)}
        if missing := [name for name in wanted if name not in view.chunks]:
            view.chunks.update(self._catalogue.chunks(missing))

    def _candidate(
        self,
        view: _View,
        found: Sequence[_Match],
        asset: Asset,
        score: float,
        where: tuple[int, int],
    ) -> Candidate:
        (which, row), shelf = where, view.shelf
        place = shelf.place[asset.id]
        held = [view.chunks.get(shelf.passages[r]) for r in shelf.with_next(row)]
        chunks = [chunk for chunk in held if chunk is not None]
        return Candidate(
            asset=asset,
            score=round(score, 4),
            similarity=round(float(found[which].cosines[row]), 4),
            passage=read_on(chunks),
            passage_heading=chunks[0].heading if chunks else "",
            answers=tuple(i for i, match in enumerate(found) if match.answers[place]),
        )


def _order(
    shelf: Shelf, found: Sequence[_Match], depth: int, settings: SearchSettings
) -> list[tuple[str, float]]:
    """The best `depth` assets and their combined scores, best first, ties by id."""
    if not shelf.assets:
        return []
    scores = combined_scores(np.stack([match.assets for match in found]), settings)
    # Equal scores at the cut all come in, so that ids decide among them.
    least = np.partition(scores, -depth)[-depth] if 0 < depth < len(scores) else 0.0
    chosen = [(shelf.assets[i], float(scores[i])) for i in np.flatnonzero(scores >= least)]
    return sorted(chosen, key=lambda hit: (-hit[1], hit[0]))[:depth]


def _asked(question: str) -> str:
    """The question as the model reads it; `BadInput` when nothing is left of it."""
    text = readable(question)
    if not text:
        raise BadInput("The question is empty; type what the lead wants to know.")
    return text
