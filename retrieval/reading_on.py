"""Candidates from what a lead has read, when no question says what to look for."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.assets import Asset, Chunk
from knowledge.touch import Candidate
from retrieval.following import Following, FollowingSettings
from retrieval.fusion import SearchSettings
from retrieval.passages import Shelf, read_on
from retrieval.search import Catalogue

LEAST = 0.28
"""Score of the best piece below which nothing follows; `FollowingSettings.good_score` only says
where the two scales meet. In the sample library of 35 pieces on many subjects the best follower
scores 0.24 to 0.52, in larger libraries more."""
PER_SCORE = 0.8
"""How much of the search's score one of following is worth: its own pieces spread as far between
the threshold and the best (0.25) as answers do in a search (0.20)."""


@dataclass(frozen=True, slots=True)
class _View:
    revision: str
    shelf: Shelf
    following: Following


class ReadingOn:
    """Finds what follows the pieces a lead has read; safe to share between threads.

    Built at the first question for a revision of the library: half a second for 1,000 assets.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        model: str,
        following: FollowingSettings = FollowingSettings(),  # noqa: B008 - frozen
        search: SearchSettings = SearchSettings(),  # noqa: B008 - frozen
    ) -> None:
        self._catalogue, self._model = catalogue, model
        self._following, self._search = following, search
        self._guard = threading.Lock()
        self._view: _View | None = None

    def candidates(self, read_ids: Sequence[str], depth: int = 50) -> list[Candidate]:
        """The best `depth` approved assets after these (latest last), best first, ties by id.

        Scores are on the scale of the search: what follows well scores like what answers well.
        Nothing when nothing follows well, or none of the pieces is in the library any more.
        """
        view = self._refreshed()
        scores = view.following.scores(read_ids)
        order = sorted(scores, key=lambda name: (-scores[name], name))[:depth]
        if not order or scores[order[0]] < LEAST:
            return []
        assets = self._catalogue.approved(order)
        opening = {name: self._opening(view, name) for name in order if name in assets}
        chunks = self._catalogue.chunks({c for ids in opening.values() for c in ids})
        return [
            _candidate(assets[name], self._on_search_scale(scores[name]), opening[name], chunks)
            for name in order
            if name in assets
        ]

    def _on_search_scale(self, score: float) -> float:
        beyond = PER_SCORE * (score - self._following.good_score)
        return round(min(1.0, max(0.0, self._search.good_score + beyond)), 4)

    def _opening(self, view: _View, name: str) -> list[str]:
        first = view.shelf.rows(view.shelf.place[name]).start
        return [view.shelf.passages[row] for row in view.shelf.with_next(first)]

    def _refreshed(self) -> _View:
        with self._guard:
            revision = self._catalogue.revision()
            if self._view is None or self._view.revision != revision:
                shelf = Shelf(self._catalogue.order())
                ids, vectors = self._catalogue.vectors(self._model)
                owners = [
                    shelf.assets[shelf.owner[shelf.row[i]]] if i in shelf.row else "" for i in ids
                ]
                assets = [a for n, a in self._catalogue.approved().items() if n in shelf.place]
                following = Following(assets, owners, vectors, self._following)
                self._view = _View(revision, shelf, following)
            return self._view


def _candidate(
    asset: Asset, score: float, opening: Sequence[str], chunks: dict[str, Chunk]
) -> Candidate:
    held = [chunks[name] for name in opening if name in chunks]
    return Candidate(
        asset=asset,
        score=score,
        similarity=score,
        passage=read_on(held),
        passage_heading=held[0].heading if held else "",
        follows=True,
    )
