"""What a weak case study lacks, where that would stand, and what to add (M46)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.sentences import prose, sentences
from knowledge.tone import case_study_gaps, tells_a_step

ADD = {
    "named problem": (
        "Name the problem in the opening: who had it, how often, and what it cost them."
    ),
    "method": "Tell what they did, in at least three steps and in their order.",
    "measured result": ("Add a figure before and after, over which time, and how it was measured."),
}
"""By part: what makes it a case study."""

_FIGURE = re.compile(r"\d")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Weakness:
    """A part that is lacking, the sentences that come nearest to it, and what to add."""

    part: str
    sentences: tuple[str, ...]
    add: str


def weaknesses(text: str) -> tuple[Weakness, ...]:
    """The parts that a case study lacks; none for a whole one."""
    told = [s for s in sentences(prose(text)) if len(s.split()) > 3]
    nearest = {
        "named problem": told[:1],
        "method": [s for s in told if tells_a_step(s)],
        "measured result": [s for s in told if _FIGURE.search(s)],
    }
    return tuple(
        Weakness(part, tuple(nearest[part][:_SHOWN]), ADD[part]) for part in case_study_gaps(text)
    )
