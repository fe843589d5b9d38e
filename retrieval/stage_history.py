"""What a lead did, as evidence for its stage: acts, and the kinds of pieces taken in (M33).

Each act adds points (log odds) to one stage, fewer the older it is. The fading has a long tail, so
that a quiet lead keeps its stage and only grows less sure; and it depends on the act's own age
alone, so that one more act for a stage can never make that stage less likely.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.assets import Asset
from knowledge.journey import Stage, a_type
from knowledge.leads import OURS, SEEN, Action, HistoryEntry
from knowledge.purchases import only_tried

HALF_WEIGHT_DAYS = 45.0
"""An act this old weighs half, one three times as old a quarter. This and the next three weights
were fitted on labelled histories (benchmarks/stage_histories.py)."""
ACTS_WEIGHT = 1.6
"""By which all points below but those of a purchase are multiplied, so that they are log odds."""

_S = Stage
ACT_POINTS: dict[Action, tuple[Stage, float, str]] = {
    Action.BOUGHT: (_S.CUSTOMER, 1.0, "Bought"),
    Action.REQUESTED_DEMO: (_S.DECISION, 2.5, "Asked for a demo"),
    Action.REQUESTED_QUOTE: (_S.DECISION, 3.0, "Asked for an offer"),
    Action.BOOKED_MEETING: (_S.DECISION, 2.5, "Booked a meeting"),
    Action.VISITED_PRICING: (_S.DECISION, 1.8, "Looked at the prices"),
    Action.FORWARDED: (_S.CONSIDERATION, 0.7, "Forwarded a piece"),
    Action.ATTENDED: (_S.INTEREST, 0.9, "Attended an event"),
    Action.REGISTERED: (_S.INTEREST, 0.7, "Registered for an event"),
    Action.DOWNLOADED: (_S.INTEREST, 0.8, "Downloaded a piece"),
    Action.WATCHED: (_S.INTEREST, 0.6, "Watched a recording"),
    Action.MET: (_S.CONSIDERATION, 0.8, "Met with us"),
    Action.MET_AT_EVENT: (_S.INTEREST, 0.4, "Met us at an event"),
    Action.READ: (_S.AWARENESS, 0.4, "Read a piece"),
    Action.JOINED_LIST: (_S.AWARENESS, 0.6, "Joined the list"),
    Action.VISITED: (_S.AWARENESS, 0.3, "Visited the site"),
    Action.OPENED: (_S.AWARENESS, 0.1, "Opened a mail"),
    Action.CLICKED: (_S.AWARENESS, 0.2, "Clicked a link"),
}
"""Points by act when the asset is not known, and a purchase as a unit: judgement; 100 histories are
too few to fit each, so only their common weight was fitted."""

_TAKEN_IN = {Action.OPENED: 0.3, Action.CLICKED: 0.5, Action.VISITED: 0.5}
"""How much of an asset's points a weak act brings; everything else brings all."""

PIECE_POINTS = 2.0
"""Points for taking in one piece that fits one stage; shared when it fits several."""

BOUGHT_POINTS = 5.0
"""Points of a purchase, whenever it was."""
ANOTHER_PURCHASE = 0.3
"""Points for interest instead, where the note tells of no licence of ours in use."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One act as evidence: points for one stage, and the sentence that tells it."""

    stage: Stage
    points: float
    sentence: str


def faded(on: date, today: date) -> float:
    """The weight, 0 to 1, of something that happened on a day."""
    return 1.0 / (1.0 + max(0, (today - on).days) / HALF_WEIGHT_DAYS)


def signs(
    history: Sequence[HistoryEntry], assets: Mapping[str, Asset], today: date
) -> tuple[Sign, ...]:
    """Every act that says something about the stage, strongest first."""
    acts = [e for e in history if e.action not in OURS]
    found = [sign for entry in acts for sign in _signs_of(entry, assets, faded(entry.on, today))]
    return tuple(sorted(found, key=lambda s: (-s.points, s.sentence)))


def _signs_of(entry: HistoryEntry, assets: Mapping[str, Asset], fresh: float) -> list[Sign]:
    when = f"on {entry.on.day} {entry.on:%b %Y}"
    asset = assets.get(entry.asset_id or "")
    reads = entry.action in SEEN or entry.action in (Action.REGISTERED, Action.VISITED)
    if asset and reads and asset.fitting_stages:
        share = _TAKEN_IN.get(entry.action, 1.0) * PIECE_POINTS / len(asset.fitting_stages)
        return [
            Sign(
                stage,
                ACTS_WEIGHT * share * fresh,
                f"{_verb(entry.action)} “{asset.title}” {when}, {a_type(asset.type)} "
                f"for the {stage} stage.",
            )
            for stage in asset.fitting_stages
        ]
    if entry.action not in ACT_POINTS:
        return []
    stage, points, what = ACT_POINTS[entry.action]
    weight = ACTS_WEIGHT * fresh
    if entry.action is Action.BOUGHT:
        weight = BOUGHT_POINTS  # a purchase does not fade
        if only_tried(entry.note):
            stage, weight, what = Stage.INTEREST, ANOTHER_PURCHASE, "Bought something else"
    return [Sign(stage, points * weight, f"{what} {when}, which points to {stage}.")]


def _verb(action: Action) -> str:
    return {Action.REGISTERED: "Registered for"}.get(action, action.replace("_", " ").capitalize())
