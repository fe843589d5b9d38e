"""Remembering what a text was found to say, without remembering the text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")

TEXTS_REMEMBERED = 65_536
"""Three thousand leads with twenty notes each; an entry takes about 150 bytes."""


def remembered(read: Callable[[str], T]) -> Callable[[str], T]:
    """Have `read`, which goes by its text alone, read each text once.

    A text is told by its digest, so nothing a lead wrote outlives its record in memory.
    """
    found: dict[bytes, T] = {}

    @wraps(read)
    def once(text: str) -> T:
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if key in found:
            return found[key]
        if len(found) >= TEXTS_REMEMBERED:
            found.clear()
        made = found[key] = read(text)
        return made

    return once
