"""Putting missed wordings together: what one piece would answer, in whatever words (M47)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.asking import Embed

SAME_REQUEST = 0.4
"""Mean cosine with a request's wordings from which a new one joins it. Of 62 wordings of 20 needs,
in any order, 0.35 finds most pairs and 0.40 puts half as many wrong ones together
(`python -m benchmarks.buyer_questions`): a need that stands twice in the list is seen all the
same, one that hides in another's request is not."""
WORDINGS_READ = 12
"""Wordings of a request that a new one is held against: more change its mean by little."""


def placed(
    loose: Mapping[int, str],
    groups: Mapping[int, Sequence[str]],
    embed: Embed,
    least: float = SAME_REQUEST,
) -> tuple[list[list[int]], dict[int, int]]:
    """New groups of wording numbers, and which group there is each other wording joins.

    Each wording joins the nearest request, the first of them by number, or begins one of its own;
    one without words stands alone. So what was put together stays, whatever comes later.
    """
    said = {group: [w for w in wordings if w.strip()] for group, wordings in groups.items()}
    texts = list(dict.fromkeys([
        *(w for wordings in said.values() for w in wordings[:WORDINGS_READ]),
        *(w for w in loose.values() if w.strip()),
    ]))  # fmt: skip
    vectors = dict(zip(texts, embed(texts), strict=True)) if texts else {}
    rows: list[list[NDArray[np.float32]]] = []
    names: list[int | None] = []
    for group, wordings in sorted(said.items()):
        if wordings:
            rows.append([vectors[w] for w in wordings[:WORDINGS_READ]])
            names.append(group)
    fresh: dict[int, list[int]] = {}
    into: dict[int, int] = {}
    alone: list[list[int]] = []
    for number, wording in sorted(loose.items()):
        if not wording.strip():
            alone.append([number])
            continue
        at = _nearest(vectors[wording], rows, least)
        if at is None:
            rows.append([vectors[wording]])
            names.append(None)
            fresh[len(rows) - 1] = [number]
            continue
        if len(rows[at]) < WORDINGS_READ:
            rows[at].append(vectors[wording])
        known = names[at]
        if known is None:
            fresh[at].append(number)
        else:
            into[number] = known
    return [*fresh.values(), *alone], into


def _nearest(
    vector: NDArray[np.float32], rows: Sequence[Sequence[NDArray[np.float32]]], least: float
) -> int | None:
    """The position of the request whose wordings are nearest on average, None under `least`."""
    if not rows:
        return None
    means = [float(np.mean([row @ vector for row in own])) for own in rows]
    at = int(np.argmax(means))
    return at if means[at] >= least else None
