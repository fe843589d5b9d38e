"""Finding who a message is about: the spans that name a person, a company and a job title.

A linear-chain tagger over what each word looks like and what stands beside it. Its weights are
learnt from made-up messages (benchmarks/fit_naming.py); reading needs no model and no numpy.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from knowledge.naming.features import Token, features, tokens

TAGS = ("O", "B-name", "I-name", "B-company", "I-company", "B-role", "I-role")
MOST_TOKENS = 450
"""Read of one message, the first two thirds and the rest from its end, where signatures stand."""
KINDS = ("name", "company", "role")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text that names something: `kind` is name, company or role."""

    kind: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Weights:
    """Scores of features by tag, and of one tag after another (rows: before, columns: after)."""

    by_feature: Mapping[str, Sequence[float]]
    steps: Sequence[Sequence[float]]


def spans(text: str) -> tuple[Span, ...]:
    """The names, companies and job titles of a text, in order."""
    found = tokens(text)
    if len(found) > MOST_TOKENS:
        head = MOST_TOKENS * 2 // 3
        found = [*found[:head], *found[head - MOST_TOKENS :]]
    return spans_of(text, found, tags_of(found, load_weights()))


def tags_of(found: Sequence[Token], weights: Weights) -> list[int]:
    """The likeliest row of tags (places in `TAGS`) by Viterbi's method."""
    if not found:
        return []
    width = len(TAGS)
    scores = [_scores(names, weights) for names in features(found)]
    best, back = list(scores[0]), []
    best = [s if t == 0 or t % 2 else -1e9 for t, s in enumerate(best)]
    for row in scores[1:]:
        came, after = [], []
        for tag in range(width):
            before = max(range(width), key=lambda b: best[b] + weights.steps[b][tag])
            came.append(before)
            after.append(best[before] + weights.steps[before][tag] + row[tag])
        back.append(came)
        best = after
    tag = max(range(width), key=best.__getitem__)
    path = [tag]
    for came in reversed(back):
        tag = came[tag]
        path.append(tag)
    return path[::-1]


def spans_of(text: str, found: Sequence[Token], path: Sequence[int]) -> tuple[Span, ...]:
    """The spans that a row of tags marks."""
    made: list[Span] = []
    for token, tag in zip(found, path, strict=True):
        if tag == 0:
            continue
        kind = TAGS[tag][2:]
        if TAGS[tag][0] == "I" and made and made[-1].kind == kind:
            start = made[-1].start
            made[-1] = Span(kind, start, token.end, text[start : token.end])
        else:
            made.append(Span(kind, token.start, token.end, text[token.start : token.end]))
    return tuple(made)


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The packaged weights, read once a process."""
    kept = json.loads((files("knowledge.naming") / "weights.json").read_text(encoding="utf-8"))
    return Weights(kept["features"], kept["steps"])


def _scores(names: Sequence[str], weights: Weights) -> list[float]:
    total = [0.0] * len(TAGS)
    for name in names:
        if row := weights.by_feature.get(name):
            for tag, value in enumerate(row):
                total[tag] += value
    return total
