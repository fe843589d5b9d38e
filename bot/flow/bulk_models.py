"""What an import needs of the models: many texts at once, in as many threads as it is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class BulkModels:
    """What preparing needs of the models: `embed` gives unit rows, `hypes` a score a text.

    `lanes` says in how many threads they are worth calling at once.
    """

    embed: Callable[[Sequence[str]], NDArray[np.float32]]
    fingerprint: str
    hypes: Callable[[Sequence[str]], Sequence[float]]
    hype_version: str
    lanes: int = 1
