"""Telling when two pieces say the same in the same words: shared runs of words, not meaning."""

from __future__ import annotations

import hashlib
import re

RUN = 5
"""Words a run; five in a row are rarely the same by chance."""
LEAST_WORDS = 20
"""A shorter passage tells nothing: a menu, a call to action, a stock phrase."""
SAME = 0.7
"""Share of a passage's runs found in the other text from which it says the same. A sentence in
three may be new, so that a new opening or a changed figure does not make a new piece."""

Runs = frozenset[tuple[str, ...]]

_WORD = re.compile(r"[a-z0-9]+")


def digest(text: str) -> bytes:
    """A text's name in memory: tells whether it is the same, and keeps no word of it."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def runs(text: str) -> Runs:
    """Every five words in a row, in lower case, without marks."""
    words = _WORD.findall(text.lower())
    return frozenset(zip(*(words[n:] for n in range(RUN)), strict=False))


def says_the_same(passage: Runs, other: Runs) -> bool:
    """Whether a passage, long enough to tell, stands in the other text almost word for word."""
    if len(passage) < LEAST_WORDS - RUN + 1:
        return False
    return len(passage & other) >= SAME * len(passage)
