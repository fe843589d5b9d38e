"""Pieces in the library that say what a new one says, in nearly the same words.

Vectors find the few that may, runs of five words tell. Two pieces on one subject share hardly any
run; a lightly edited copy, one with another title and a shortened one share most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.assets import Asset
from knowledge.proposals import Likeness, Twin
from knowledge.sentences import prose
from retrieval.same_text import Runs, runs

LOOKED_AT = 24
"""Pieces whose words are compared: those whose passages are nearest to the new one's."""
SAME_SHARE = 0.4
"""Share of the shorter text's runs from which it says the same. An edit in every third sentence
leaves about half of the runs; of real pieces on one subject fewer than one in a thousand pairs
share so much (`benchmarks/proposals.py`)."""
LEAST_RUNS, FEW_RUNS, FEW_SHARE = 16, 60, 0.7
"""A text of fewer runs than the first tells nothing; up to the second it must share more."""
IDENTICAL = 0.97
MUCH_SHORTER = 0.75
"""Of the other's length: below it one is a shortened version, not an edited one."""


@dataclass(frozen=True, slots=True)
class Held:
    """Passages of the library: asset ids and their unit rows (n, d), in the same order."""

    asset_ids: Sequence[str]
    vectors: NDArray[np.float32]


def nearest(vectors: NDArray[np.float32], held: Held, most: int = LOOKED_AT) -> list[str]:
    """Ids of the pieces whose passages are nearest, in either direction, best first."""
    if not len(held.asset_ids) or not len(vectors):
        return []
    cosines = held.vectors @ vectors.T  # (held passages, new passages)
    order = {name: place for place, name in enumerate(dict.fromkeys(held.asset_ids))}
    owner = np.array([order[name] for name in held.asset_ids])
    counts = np.bincount(owner, minlength=len(order))
    # A shortened copy: all its passages have a near one in the new piece, and the reverse.
    theirs = np.bincount(owner, weights=cosines.max(axis=1), minlength=len(order)) / counts
    ours = np.full((len(order), cosines.shape[1]), -1.0, dtype=np.float32)
    np.maximum.at(ours, owner, cosines)
    scores = np.maximum(theirs, ours.mean(axis=1))
    names = list(order)
    best = np.argsort(-scores, kind="stable")[:most]
    return [names[place] for place in best]


def twins_of(
    text: str,
    vectors: NDArray[np.float32],
    held: Held,
    assets: Callable[[Sequence[str]], Mapping[str, Asset]],
) -> list[Twin]:
    """The pieces that say the same, the most alike first; `assets` reads the likely ones' texts."""
    own = runs(prose(text))
    if len(own) < LEAST_RUNS:
        return []
    likely = assets(nearest(vectors, held))
    found = [
        Twin(asset.id, asset.title, asset.status, *told)
        for asset in likely.values()
        if (told := alike(own, runs(prose(asset.text)))) is not None
    ]
    return sorted(found, key=lambda twin: (-twin.share, twin.title, twin.asset_id))


def alike(own: Runs, other: Runs) -> tuple[float, Likeness] | None:
    """The share of words that two texts have in common, and how the other is like; or None."""
    if min(len(own), len(other)) < LEAST_RUNS:
        return None
    shorter = min(len(own), len(other))
    share = len(own & other) / shorter
    enough = FEW_SHARE if shorter < FEW_RUNS else SAME_SHARE
    return (round(share, 3), _likeness(own, other, share)) if share >= enough else None


def _likeness(own: Runs, other: Runs, share: float) -> Likeness:
    if len(other) < MUCH_SHORTER * len(own):
        return Likeness.SHORTER
    if len(own) < MUCH_SHORTER * len(other):
        return Likeness.LONGER
    both = len(own & other) / max(len(own), len(other))
    return Likeness.SAME_TEXT if min(both, share) >= IDENTICAL else Likeness.EDITED


def neighbours(
    vector: NDArray[np.float32], held: Held, most: int = LOOKED_AT
) -> list[tuple[str, float]]:
    """The pieces whose passages on average are nearest to a vector, with their cosines."""
    if not len(held.asset_ids):
        return []
    order = {name: place for place, name in enumerate(dict.fromkeys(held.asset_ids))}
    owner = np.array([order[name] for name in held.asset_ids])
    means = np.zeros((len(order), held.vectors.shape[1]), dtype=np.float32)
    np.add.at(means, owner, held.vectors)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    cosines = means @ vector
    names = list(order)
    best = np.argsort(-cosines, kind="stable")[:most]
    return [(names[place], float(cosines[place])) for place in best]
