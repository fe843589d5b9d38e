"""Wording that a lead has read before: runs of words of the last touches (M14)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

REPEATED_WORDS = 6
"""This many words in a row that an earlier touch had count as repeating it."""


@dataclass(frozen=True)
class Earlier:
    """The bodies of the last touches; `may_return` is what every touch may say again."""

    bodies: tuple[str, ...]
    may_return: tuple[str, ...] = ()

    @cached_property
    def _runs(self) -> frozenset[tuple[str, ...]]:
        return frozenset(runs(self.bodies))

    def repeats(self, text: str) -> bool:
        """Whether a text has wording of an earlier touch."""
        if not self.bodies:
            return False
        for known in self.may_return:
            if known:
                text = re.sub(re.escape(known), " . ", text, flags=re.I)
        return not self._runs.isdisjoint(runs((text,)))


def runs(bodies: Iterable[str]) -> set[tuple[str, ...]]:
    """Every run of `REPEATED_WORDS` words within a sentence."""
    found = set()
    for body in bodies:
        for piece in re.split(r"[.?!:\n\"]", body.lower()):
            said = re.findall(r"\w+(?:'\w+)?", piece)
            found |= {
                tuple(said[at : at + REPEATED_WORDS])
                for at in range(len(said) - REPEATED_WORDS + 1)
            }
    return found
