"""Search: questions in, candidate assets out, each re-checked against SQL (decisions 1 and 3)."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.assets import Asset, Chunk
from knowledge.chunking import chunk_asset, embedding_text
from knowledge.errors import BadInput
from knowledge.touch import Candidate
from retrieval.embeddings import Embedder, readable
from retrieval.fusion import SearchSettings, combined_score, fused_score
from retrieval.lexical import LexicalIndex
from retrieval.vectors import VectorIndex


class Catalogue(Protocol):
    """What search asks of the library: approved assets, their chunks and vectors, by id or all."""

    def approved(self, ids: Collection[str] | None = None) -> dict[str, Asset]:
        """Approved assets by id; of `ids`, those that are."""
        ...

    def chunks(self, ids: Collection[str] | None = None) -> dict[str, Chunk]:
        """Chunks by their id."""
        ...

    def vectors(self, model: str) -> tuple[list[str], NDArray[np.float32]]:
        """Chunk ids and their (n, d) unit rows for a model's fingerprint."""
        ...

    def revision(self) -> str:
        """Changes with every change that search can see; cheap to ask."""
        ...


@dataclass(frozen=True, slots=True)
class _Match:
    """How one asset fits one question; `chunk` is None when only its words matched."""

    score: float
    similarity: float
    chunk: Chunk | None


class Finder:
    """Finds assets by meaning and by words; safe to share between threads.

    `cache` is a folder for the word index, or None to build it in memory. A change of the
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
        self._cache = cache
        self._settings = settings
        self._guard = threading.Lock()
        self._revision: str | None = None
        self._lexical = LexicalIndex.build([])
        self._chunks: dict[str, Chunk] = {}

    def search(self, query: str, top: int = 10) -> list[Candidate]:
        """The best `top` approved assets for one question; `BadInput` when it is empty."""
        return self.candidates([query], top)

    def candidates(self, questions: Sequence[str], depth: int = 50) -> list[Candidate]:
        """The best `depth` assets over all questions, best first, ties by id.

        An asset that answers several questions wins over one that answers one as well. `answers`
        holds the positions of the questions it answers. `BadInput` when a question is empty.
        """
        self._refresh()
        vectors = self._embedder.embed([_asked(question) for question in questions])
        found = self._matches(questions, vectors)
        return self._best([questions], [found], depth)[0] if found else []

    def search_many(self, queries: Iterable[str], top: int = 10) -> Iterator[list[Candidate]]:
        """`search` for each query, in order, embedding and re-checking a batch at a time."""
        remaining = iter(queries)
        while batch := list(itertools.islice(remaining, self._settings.query_batch)):
            self._refresh()
            vectors = self._embedder.embed([_asked(query) for query in batch])
            found = self._matches(batch, vectors)
            yield from self._best([[query] for query in batch], [[match] for match in found], top)

    def nothing_good(self, candidates: Sequence[Candidate], question: str) -> bool:
        """Whether none of the candidates that were found for this question answers it."""
        if not candidates:
            return True
        self._refresh()
        lexical = self._lexical
        shares = dict(zip(lexical.ids, lexical.shares(_asked(question)).tolist(), strict=True))
        return not any(
            self._answers(
                _Match(
                    fused_score(c.similarity, shares.get(c.asset.id, 0.0), self._settings),
                    c.similarity,
                    None,
                )
            )
            for c in candidates
        )

    def _answers(self, match: _Match) -> bool:
        return (
            match.score >= self._settings.good_score
            and match.similarity >= self._settings.answer_similarity
        )

    def _refresh(self) -> None:
        """Bring both indexes to the catalogue's revision."""
        with self._guard:
            revision = self._catalogue.revision()
            if revision != self._revision:
                settings = self._settings
                self._lexical = LexicalIndex.cached(
                    self._cache, f"{revision} {settings.title_weight}", self._documents
                )
                self._chunks = {}
            self._vectors.sync(
                revision, lambda: self._catalogue.vectors(self._embedder.fingerprint)
            )
            self._revision = revision

    def _documents(self) -> list[tuple[str, str]]:
        weight = self._settings.title_weight
        return [
            (name, "\n".join([*[a.title] * weight, a.description, " ".join(a.topics), a.text]))
            for name, a in sorted(self._catalogue.approved().items())
        ]

    def _matches(
        self, questions: Sequence[str], vectors: NDArray[np.float32]
    ) -> list[dict[str, _Match]]:
        fetched = self._vectors.query_many(vectors, self._settings.fetch)
        chunks = self._known({chunk for hits in fetched for chunk, _ in hits})
        return [self._match(q, hits, chunks) for q, hits in zip(questions, fetched, strict=True)]

    def _match(
        self, question: str, hits: Sequence[tuple[str, float]], chunks: Mapping[str, Chunk]
    ) -> dict[str, _Match]:
        """Every asset that a fetched chunk or a matching word speaks for."""
        settings = self._settings
        nearest: dict[str, tuple[float, Chunk]] = {}
        for name, cosine in hits:
            if name in chunks:  # an index that is a moment behind SQL may name one that is gone
                nearest.setdefault(chunks[name].asset_id, (cosine, chunks[name]))
        # An asset none of whose chunks was fetched is at best as near as the last one that was.
        floor = hits[-1][1] if len(hits) == settings.fetch else 0.0
        lexical = self._lexical
        shares = lexical.shares(question)
        by_words = np.argsort(-shares, kind="stable")[: settings.lexical_depth]
        share = {name: float(shares[i]) for i, name in enumerate(lexical.ids) if name in nearest}
        share |= {lexical.ids[i]: float(shares[i]) for i in by_words if shares[i] > 0}
        found = {}
        for asset in nearest.keys() | share.keys():
            cosine, chunk = nearest.get(asset, (floor, None))
            score = fused_score(cosine, share.get(asset, 0.0), settings)
            found[asset] = _Match(score, cosine, chunk)
        return found

    def _known(self, names: Collection[str]) -> dict[str, Chunk]:
        """Chunks by id, asked of SQL once per revision."""
        held = self._chunks
        if missing := [name for name in names if name not in held]:
            held.update(self._catalogue.chunks(missing))
        return held

    def _best(
        self,
        asks: Sequence[Sequence[str]],
        matches: Sequence[Sequence[dict[str, _Match]]],
        depth: int,
    ) -> list[list[Candidate]]:
        """The candidates of each ask, given the matches of its questions; approved ones only."""
        orders = [_order(found, self._settings) for found in matches]
        # One look at SQL for all asks; a few more than asked for make up for any just retired.
        wanted = {asset for order in orders for _, asset in order[: depth + 10]}
        approved = self._catalogue.approved(wanted)
        results = []
        for questions, found, order in zip(asks, matches, orders, strict=True):
            kept = [(score, name) for score, name in order if name in approved][: max(0, depth)]
            results.append([self._candidate(approved[n], s, questions, found) for s, n in kept])
        return results

    def _candidate(
        self,
        asset: Asset,
        score: float,
        questions: Sequence[str],
        found: Sequence[dict[str, _Match]],
    ) -> Candidate:
        matches = {i: match[asset.id] for i, match in enumerate(found) if asset.id in match}
        which = max(matches, key=lambda i: (matches[i].similarity, matches[i].score))
        best = matches[which]
        chunk = best.chunk or _passage_by_words(asset, questions[which])
        return Candidate(
            asset=asset,
            score=round(score, 4),
            similarity=round(best.similarity, 4),
            passage=chunk.text,
            passage_heading=chunk.heading,
            answers=tuple(i for i, match in matches.items() if self._answers(match)),
        )


def _order(found: Sequence[dict[str, _Match]], settings: SearchSettings) -> list[tuple[float, str]]:
    """Assets by combined score, best first, ties by id."""
    names = set().union(*found)
    scored = (
        (combined_score([m[n].score if n in m else 0.0 for m in found], settings), n) for n in names
    )
    return sorted(scored, key=lambda pair: (-pair[0], pair[1]))


def _passage_by_words(asset: Asset, question: str) -> Chunk:
    """The chunk that shares most words with a question, for an asset that only words found."""
    chunks = chunk_asset(asset)
    scores = LexicalIndex.build([(c.id, embedding_text(asset.title, c)) for c in chunks])
    return chunks[int(np.argmax(scores.scores(question)))]


def _asked(question: str) -> str:
    """The question as the model reads it; `BadInput` when nothing is left of it."""
    text = readable(question)
    if not text:
        raise BadInput("The question is empty; type what the lead wants to know.")
    return text
