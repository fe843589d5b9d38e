"""The style of a piece in numbers: what it has of teaching and of selling, and its layout.

Densities are counts per hundred words under a square root that damps repeats. General English: no
product, company or field of business is named.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.sentences import prose, sentences
from knowledge.style_words import (
    ASKING_HEADING,
    COMMON,
    COUNTED,
    FENCED,
    HEADING,
    IMPERATIVE,
    LIST_ITEM,
    NAME_DOES,
    NAME_WORDS,
    PERSON,
    STYLE,
    YOU_HEADING,
)

OPENING_CHARACTERS, ENDING_CHARACTERS = 700, 500
SMOOTHING_WORDS = 30
"""Added to the length, so that one word in a two-line text does not decide."""


def read_sentences(text: str) -> list[str]:
    """The sentences and headings of a text that hold a letter."""
    return [s for s in sentences(prose(text)) if any(map(str.isalpha, s))]


def style_of(text: str, read: Sequence[str]) -> NDArray[np.float64]:
    """The counts of style in the order of `STYLE`."""
    plain = prose(text)
    length = len(plain.split()) + SMOOTHING_WORDS
    told = {k: _density(len(p.findall(plain)), length) for k, p in COUNTED.items()}
    told |= _places(plain) | _layout(text, length) | _sentence_shares(read)
    told |= _own_name(plain, read, length)
    return np.array([told[name] for name in STYLE])


def _density(count: int, length: int) -> float:
    return math.sqrt(100 * count / length)


def _places(plain: str) -> dict[str, float]:
    """News within the opening; calls to act and questions within the end."""

    def some(name: str, part: str) -> float:
        return math.sqrt(min(5, len(COUNTED[name].findall(part))))

    opening, end = plain[:OPENING_CHARACTERS], plain[-ENDING_CHARACTERS:]
    return {"op_ann": some("ann", opening), "end_cta": some("cta", end), "end_q": some("q", end)}


def _layout(text: str, length: int) -> dict[str, float]:
    """Code, lists and how headings are worded."""
    lines = [line for line in text.splitlines() if line.strip()]
    heads = [found[1] for line in lines if (found := HEADING.match(line))]
    code = sum(map(len, FENCED.findall(text)))
    return {
        "code": math.sqrt(code / (len(text) + 200)),
        "list": sum(bool(LIST_ITEM.match(line)) for line in lines) / (len(lines) + 5),
        "headdens": _density(len(heads), length),
        "h_q": sum(bool(ASKING_HEADING.match(h)) for h in heads) / (len(heads) + 2),
        "h_you": sum(bool(YOU_HEADING.search(h)) for h in heads) / (len(heads) + 2),
    }


def _sentence_shares(read: Sequence[str]) -> dict[str, float]:
    """The shares of imperatives and of sentences about no person."""
    smooth = len(read) + 4
    return {
        "imp": sum(bool(IMPERATIVE.match(s)) for s in read) / smooth,
        "noyou_nowe": sum(not PERSON.search(s) for s in read) / smooth,
    }


def _own_name(plain: str, read: Sequence[str], length: int) -> dict[str, float]:
    """How often the piece's most frequent name stands in it, and how often it does something."""
    large, small = Counter[str](), Counter[str]()
    for sentence in read:
        for place, word in enumerate(NAME_WORDS.findall(sentence)):
            bare = word.rstrip(".'s") if word.endswith("'s") else word.rstrip(".")
            name = bare.lower()
            if name in COMMON or len(name) < 3:
                continue
            if place and bare[:1].isupper():
                large[name] += 1
            elif bare[:1].islower():
                small[name] += 1
    count, name = max(((n, w) for w, n in large.items() if n > small[w]), default=(0, ""))
    if not name:
        return {"prod": 0.0, "prod_verb": 0.0}
    does = re.compile(rf"\b{re.escape(name)}(?:'s)? (?:\w+ )?(?:{NAME_DOES})\b", re.I)
    return {
        "prod": _density(count, length),
        "prod_verb": _density(len(does.findall(plain)), length),
    }
