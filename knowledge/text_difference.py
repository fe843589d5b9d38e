"""What was changed between two texts, word by word, for a reader (M56)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

ChangeKind = Literal["same", "out", "in"]

COMPARED = 4_000_000
"""Words and blanks of the one text times those of the other that are compared one by one: a text of
the same few words over and over takes a second then, and ten times as long a text two minutes."""

_PARTS = re.compile(r"\S+|\s+")
_WORDS = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Change:
    """A run of a text: left as it was (`same`), taken out, or put in; blanks belong to the runs."""

    kind: ChangeKind
    text: str


def difference(before: str, after: str) -> tuple[Change, ...]:
    """The runs that lead from one text to the other, in reading order; none for the same text.

    What is taken out stands before what is put in its place. All but `in` is `before`, all but
    `out` is `after`, to the letter. Of texts too long to compare, all between their same starts and
    same ends counts as changed.
    """
    if before == after:
        return ()
    old, new = _PARTS.findall(before), _PARTS.findall(after)
    if len(old) * len(new) > COMPARED:
        return _between(old, new)
    runs: list[Change] = []
    # autojunk would take frequent words of a long text, and every blank, for noise
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Change("same", "".join(old[a:b])))
            continue
        if b > a:
            runs.append(Change("out", "".join(old[a:b])))
        if d > c:
            runs.append(Change("in", "".join(new[c:d])))
    return tuple(runs)


def _between(old: list[str], new: list[str]) -> tuple[Change, ...]:
    most = min(len(old), len(new))
    start = next((n for n in range(most) if old[n] != new[n]), most)
    rest = most - start
    end = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    runs: tuple[tuple[ChangeKind, list[str]], ...] = (
        ("same", old[:start]),
        ("out", old[start : len(old) - end]),
        ("in", new[start : len(new) - end]),
        ("same", old[len(old) - end :]),
    )
    return tuple(Change(kind, "".join(parts)) for kind, parts in runs if parts)


def words_changed(changes: Iterable[Change]) -> tuple[int, int]:
    """How many words were taken out, and how many put in."""
    out = put = 0
    for change in changes:
        words = len(_WORDS.findall(change.text))
        out += words if change.kind == "out" else 0
        put += words if change.kind == "in" else 0
    return out, put


def as_lines(changes: Iterable[Change]) -> str:
    """The difference as plain text, `[-taken out-]` and `{+put in+}`; the same for the same."""
    marks = {"same": ("", ""), "out": ("[-", "-]"), "in": ("{+", "+}")}
    return "".join(
        f"{marks[change.kind][0]}{change.text}{marks[change.kind][1]}" for change in changes
    )
