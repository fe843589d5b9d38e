"""What a sentence of a follow-up does to its reader: teach, pitch, hurry, check in … (M2, M3, M19).

The sentence model's layers with small learnt changes, and one softmax over the sins and "fine";
sentences of many hands taught it (benchmarks/fit_sentence_tone.py). The phrase rules beside it
hear the usual wordings for certain; this hears the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.sentence_models import SINS
from retrieval.tuned_layers import load_tuned

WEIGHTS = "tone_weights.safetensors"


def sin_probabilities(sentences: Sequence[str]) -> NDArray[np.float32]:
    """Rows of probabilities in the order of `SINS`; what is missing to 1 is "fine"."""
    likely = np.exp(load_tuned(WEIGHTS).log_shares(sentences))
    told: NDArray[np.float32] = likely[:, : len(SINS)].astype(np.float32)
    return told
