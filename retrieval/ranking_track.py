"""The ranking rule on what helped before, made so that winners are not shown for having won (M48).

Counting wins feeds on itself: what is shown most wins most. Here a piece is judged by its rate of
success against what touches like its own bring on average, drawn towards that average while its
touches are few (a Beta prior), and it gives up points with every touch that tells us more about it
(the upper bound of the posterior, measured from that of a piece nobody has sent yet). So a piece
without a record gets nothing, and one sent often must be better than average to keep its place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import sqrt

from knowledge.journey import Stage
from knowledge.touch import Candidate, Contribution
from knowledge.track_record import TouchOutcome
from retrieval.ranking_lead import Lead
from retrieval.ranking_rules import Rule
from retrieval.ranking_settings import RankingSettings


@dataclass(frozen=True, slots=True)
class TrackSettings:
    """How outcomes become points; chosen with `python -m benchmarks.track_record --grid`.

    Figures beside the settings are reactions lost per 100 touches there, for a small and a large
    team, and how often the better newcomers were shown; differences under 0.1 mean nothing.
    """

    most: float = 0.035
    """Points at most, for or against. Two pieces then lie at most 0.07 apart: less than a clearly
    better answer (0.15) and less than one stage (0.08), so it breaks near ties only. With 0.05 a
    large team would lose 0.2 less, but then a record could overrule the stage."""
    points: float = 0.5
    """Points for a rate of success that is higher by 1. Lost: 6.5 and 5.6 with 0.2, 6.1 and 5.2
    with 0.5, 6.1 and 5.3 with 0.8."""
    prior_touches: float = 10.0
    """Touches that the average counts for: with as many of its own a piece is half believed. Lost:
    6.1 and 5.8 with 3, 6.1 and 5.0 with 10, 6.2 and 5.0 with 15."""
    optimism: float = 0.5
    """Standard deviations of the upper bound. Lost: 6.2 and 5.0 with none, 6.1 and 5.0 with 0.5,
    6.2 and 5.3 with 1. On the table's seeds a large team shows newcomers as often as they deserve
    after 6 touches, without it after 15. It may be small because no two questions are alike, which
    lets every piece be tried anyway."""
    half_life_days: float = 365.0
    """An outcome this old counts half: pieces and markets age. Lost: 6.2 and 5.1 with 180, 6.1 and
    5.0 with 365, no more gained beyond."""
    stage_touches: float = 20.0
    """Touches that the average of all stages counts for in the average of one. Lost: 6.4 and 5.5
    with one average for all stages, 6.3 and 5.3 with 10 to 50."""


FEW = 5
"""Touches below which a card says that they are few."""


@dataclass(frozen=True, slots=True)
class AssetRecord:
    """What came of an asset's touches: `helped` of `touches` went well, as a person counts them.

    `weight`, `won` and `expected` are faded by age: all outcomes, the good ones, and how many good
    ones touches like these bring on average.
    """

    touches: int
    helped: int
    weight: float
    won: float
    expected: float


def asset_records(
    outcomes: Iterable[TouchOutcome], today: date, settings: TrackSettings | None = None
) -> dict[str, AssetRecord]:
    """Each asset's record, by id; those without a known outcome are left out.

    A rep's answer counts before what the lead did. What is expected of a touch is the mean of its
    kind (answered, or seen by progression) at its stage, so that neither pieces for early stages,
    after which less happens, nor pieces of reps who answer seldom are at a disadvantage.
    """
    weights = settings or TrackSettings()
    known: list[tuple[TouchOutcome, bool, bool, float]] = []
    kinds: dict[bool, list[float]] = defaultdict(lambda: [0.0, 0.0])
    groups: dict[tuple[bool, Stage], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for outcome in outcomes:
        answered = outcome.helped is not None
        well = outcome.helped if answered else outcome.moved
        age = (today - outcome.on).days
        if well is None or age < 0:
            continue
        weight = 0.5 ** (age / weights.half_life_days)
        known.append((outcome, answered, well, weight))
        for total in (kinds[answered], groups[answered, outcome.stage]):
            total[0] += weight
            total[1] += weight * well
    mean = {
        (answered, stage): (won + weights.stage_touches * kinds[answered][1] / kinds[answered][0])
        / (count + weights.stage_touches)
        for (answered, stage), (count, won) in groups.items()
        if kinds[answered][0] > 0
    }
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0.0, 0.0, 0.0])
    for outcome, answered, well, weight in known:
        row = sums[outcome.asset_id]
        expected = mean.get((answered, outcome.stage), 0.0)
        for i, part in enumerate((1, well, weight, weight * well, weight * expected)):
            row[i] += part
    return {
        asset_id: AssetRecord(int(touches), int(helped), weight, won, expected)
        for asset_id, (touches, helped, weight, won, expected) in sums.items()
    }


def track_points(record: AssetRecord, settings: TrackSettings | None = None) -> float:
    """Points for a record, at most `most` for or against.

    The mean of a Beta posterior whose prior is centred on what was expected of these very touches,
    plus its spread, both measured from the prior's own.
    """
    weights = settings or TrackSettings()
    if record.weight <= 0:
        return 0.0
    prior = weights.prior_touches
    mean = record.expected / record.weight
    better = (record.won - record.expected) / (record.weight + prior)
    # The spread is taken at the prior's mean, so that a success more is never a point less.
    spread = sqrt(max(0.0, mean * (1 - mean)))
    left = spread * (1 / sqrt(record.weight + prior + 1) - 1 / sqrt(prior + 1))
    gain = better + weights.optimism * left
    return max(-weights.most, min(weights.most, weights.points * gain))


def track_record_rule(
    records: Mapping[str, AssetRecord], settings: TrackSettings | None = None
) -> Rule:
    """The rule `track_record` over these records, to be passed to `rank` after `RULES`."""

    def track_record(found: Candidate, _: Lead, __: RankingSettings) -> Contribution | None:
        record = records.get(found.asset.id)
        if record is None:
            return None
        points = track_points(record, settings)
        return Contribution("track_record", points, record_sentence(record))

    return track_record


def record_sentence(record: AssetRecord) -> str:
    """The record as a card says it; small numbers are said to be small."""
    helped, touches = record.helped, record.touches
    if touches == 1:
        told = "It helped" if helped else "It did not help"
        return f"{told} in the one touch it had so far."
    share = f"{helped} of {touches}" if helped else f"none of {touches}"
    few = ", which is little to go by" if touches < FEW else ""
    return f"It helped in {share} touches so far{few}."
