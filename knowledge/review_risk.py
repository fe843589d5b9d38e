"""What makes a suggestion worth a manager's look: signs with named weights, no words of a lead.

Pure: the same week gives the same scores. A score orders nothing for a rep and blocks nothing.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median, pvariance

from rapidfuzz.distance import Indel

from knowledge.tone import HYPE_THRESHOLD


class Sign(StrEnum):
    """A reason to look at a suggestion."""

    OVERRIDDEN = "overridden"
    HYPE_DRAFT = "hype_draft"
    HYPE_ASSET = "hype_asset"
    LOW_SUPPORT = "low_support"
    VOLUME = "unusual_volume"
    MUCH_EDITED = "much_edited"
    TURNED_DOWN = "turned_down"


WEIGHTS: Mapping[Sign, float] = {
    Sign.OVERRIDDEN: 4.0,
    Sign.LOW_SUPPORT: 3.0,
    Sign.HYPE_DRAFT: 3.0,
    Sign.HYPE_ASSET: 2.0,
    Sign.MUCH_EDITED: 2.0,
    Sign.TURNED_DOWN: 1.5,
    Sign.VOLUME: 1.0,
}
"""Chosen by what each costs when it is bad and missed: a kept finding is a rule that somebody set
aside; an unsupported claim and hype reach the lead; the rest are habits, and volume marks many of
one rep at once, so alone it weighs least."""

UNSUPPORTED = frozenset({"claim_unsupported", "number_unsupported", "statistic_source"})
"""The checks that a draft's claims stand in its piece."""
HYPE_DRAFT_FROM = HYPE_THRESHOLD / 2
"""A draft should not sell at all: half of what refuses a piece is worth a look."""
HYPE_ASSET_FROM = HYPE_THRESHOLD
"""Over it a piece is refused unless a person overruled that: such a piece is worth a look."""
MUCH_CHANGED_FROM = 0.4
"""Share of the words that another text replaced: under it people mend, over it they rewrite."""
TURNED_DOWN_FROM = 3
"""Suggestions of one lead turned down in the week: two are a matter of taste."""
VOLUME_DEVIATIONS = 3.0
"""Standard deviations over what is usual: of a hundred reps' weeks, by chance less than one."""
VOLUME_LEAST = 10
"""A week of fewer suggestions is never unusual."""
WEEKS_TO_KNOW = 4
"""Past weeks after which a rep is compared with themselves; before, with the team."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is known of one suggestion of a week; `changed` is a share of its words, 0 to 1.

    `kept` and `failed` are names of checks; `turned_down` counts those of its lead that week.
    """

    id: str
    rep: str
    kept: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    hype_draft: float = 0.0
    hype_asset: float = 0.0
    changed: float = 0.0
    turned_down: int = 0


@dataclass(frozen=True, slots=True)
class Risk:
    """The signs of one suggestion, the weightiest first; `score` is the sum of their weights."""

    id: str
    score: float
    signs: tuple[Sign, ...]


def risk_of(material: Material, *, unusual: Collection[str] = ()) -> Risk:
    """The signs that one suggestion shows; `unusual` are the reps of an unusual volume."""
    shown = {
        Sign.OVERRIDDEN: bool(material.kept),
        Sign.LOW_SUPPORT: bool(UNSUPPORTED & {*material.failed, *material.kept}),
        Sign.HYPE_DRAFT: material.hype_draft >= HYPE_DRAFT_FROM,
        Sign.HYPE_ASSET: material.hype_asset > HYPE_ASSET_FROM,
        Sign.MUCH_EDITED: material.changed >= MUCH_CHANGED_FROM,
        Sign.TURNED_DOWN: material.turned_down >= TURNED_DOWN_FROM,
        Sign.VOLUME: material.rep in unusual,
    }
    signs = tuple(sign for sign in WEIGHTS if shown[sign])
    return Risk(material.id, sum(WEIGHTS[sign] for sign in signs), signs)


def unusual_reps(now: Mapping[str, int], past: Mapping[str, Sequence[int]]) -> frozenset[str]:
    """The reps who asked for far more this week than is usual.

    `past` are a rep's counts of the weeks before since their first, weeks of none included. A rep
    with too short a past is compared with what the others asked for this week.
    """
    found = set()
    for rep, asked in now.items():
        known = list(past.get(rep, ()))
        others = [n for other, n in now.items() if other != rep]
        usual = known if len(known) >= WEEKS_TO_KNOW else others
        if asked >= VOLUME_LEAST and len(usual) > 1 and _is_far_over(asked, usual):
            found.add(rep)
    return frozenset(found)


def share_changed(before: str, after: str) -> float:
    """How much of a text's words another one replaced: 0 for the same words, 1 for none left."""
    return float(Indel.normalized_distance(before.split(), after.split()))


def weighted_order(marks: Mapping[str, float], weights: Mapping[str, float]) -> list[str]:
    """Ids in a random order in which heavier ones tend to come first; those of no weight are out.

    `marks` are random numbers between 0 and 1, one an id; the first `n` ids are a weighted sample
    without replacement (Efraimidis and Spirakis).
    """
    keyed = [(math.log(marks[i]) / w, i) for i, w in weights.items() if w > 0]
    return [i for _, i in sorted(keyed, reverse=True)]


def _is_far_over(asked: int, usual: Sequence[int]) -> bool:
    middle = median(usual)
    # Counts vary at least as chance alone would have it.
    deviation = math.sqrt(max(pvariance(usual), middle, 1.0))
    return asked > middle + VOLUME_DEVIATIONS * deviation
