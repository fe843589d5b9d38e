"""Runs of one to three words as evidence of a question's stage: who speaks, of whose things (M33).

"Your", "ours", "do I" and the marks at the end tell more of a buyer's place than the subject does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LONGEST = 2_000
"""Characters read of a question."""
RUN = 3
_WORD = re.compile(r"[\w']+|[?!.,:;]")


@dataclass(frozen=True, slots=True)
class WordModel:
    """Runs of words with their rarity (n) and weights (n, 5), and offsets (5), of log odds."""

    places: dict[str, int]
    rarity: NDArray[np.float32]
    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Rows of five log odds, one for each text; runs never seen before count nothing."""
        return np.stack([self._score(text) for text in texts]).astype(np.float64)

    def _score(self, text: str) -> NDArray[np.float32]:
        known = Counter(run for run in runs(text) if run in self.places)
        if not known:
            return self.offsets
        rows = [self.places[run] for run in known]
        size = (1 + np.log(list(known.values()))) * self.rarity[rows]
        score: NDArray[np.float32] = size / np.linalg.norm(size) @ self.weights[rows]
        return score + self.offsets


def runs(text: str) -> list[str]:
    """All runs of up to three words or marks, lower case, straight apostrophes."""
    words = _WORD.findall(text[:LONGEST].lower().replace("\u2019", "'"))
    return [
        " ".join(words[start : start + n])
        for n in range(1, RUN + 1)
        for start in range(len(words) - n + 1)
    ]
