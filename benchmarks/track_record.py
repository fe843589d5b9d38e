"""Does learning from outcomes help, and does a better newcomer get its chance (M48): a simulation.

    python -m benchmarks.track_record [--grid] [--write]

A made-up library and made-up leads, seeded; nothing in it is real. Each touch offers the pieces of
one topic. What a piece is worth to a lead is how well it fits the question, which the search sees
through noise, and how helpful it is, which nobody sees but by what comes of touches. After a third
of the time a better piece joins some topics, when the others have their wins already. Every arm
meets the same touches. `--grid` compares settings, on other seeds than those of the table.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import mean, stdev

import numpy as np

from benchmarks.page import keep
from knowledge.journey import Stage
from knowledge.track_record import PROGRESS_DAYS, TouchOutcome
from retrieval.ranking_settings import RankingSettings
from retrieval.ranking_track import AssetRecord, TrackSettings, asset_records, track_points

FIRST_DAY = date(2025, 1, 6)
DAYS, ENTRY = 730, 240
TOPICS, PER_STAGE = 8, 3
STAGES = (Stage.AWARENESS, Stage.CONSIDERATION)
BASE = (0.20, 0.40)
"""How often a lead reacts, early and late: the early ones less, whatever they are sent."""
HELPFULNESS = 0.10
"""Standard deviation between pieces of how much more often leads react."""
NEWCOMER = 0.10
"""How much better than the best of its topic and stage a newcomer is."""
FIT, NOISE = 0.05, 0.03
"""Standard deviations, in points of relevance: of how well pieces of one topic fit a question, and
of the search's error. Together the best of five lies about 0.12 before the last, as in the sample
library."""
FIT_COUNTS = 2.0
"""Reactions gained for a point of fit: a fit better by one deviation is worth as much as a piece
more helpful by one."""
CHANGED_EVERY, CHANGED = 180, 0.15
"""Days after which this share of the pieces is as helpful as chance says anew: they age."""
ANSWERED, KIND = 0.35, 0.25
"""Share of touches that a rep answers about, and how much kinder the answer is than the lead."""
LEARNT_EVERY = 7
"""Days between two looks at the records; the product looks at each ask."""
WINDOW = 5
"""Touches of its topic and stage over which the newcomers' share is taken."""
TEAMS = {"small team, 1 touch a day": 1, "large team, 5 touches a day": 5}
SEEDS, GRID_SEEDS = range(20), range(100, 116)


@dataclass(frozen=True)
class World:
    """Everything that happens, whoever is chosen: all draws are made beforehand."""

    helpful: np.ndarray  # era, piece
    topic: np.ndarray  # touch
    stage: np.ndarray  # touch
    day: np.ndarray  # touch
    fit: np.ndarray  # touch, place in the topic
    seen: np.ndarray  # touch, place: fit with the search's error
    draws: np.ndarray  # touch, place: reaction, answered, answer, delay
    newcomers: tuple[int, ...]


PLACES = 2 * PER_STAGE + 1
"""Pieces of a topic: three for each stage, then the newcomer, which is for the later one."""


def world(seed: int, touches_a_day: int) -> World:
    rng = np.random.default_rng(seed)
    eras = DAYS // CHANGED_EVERY + 1
    pieces = TOPICS * PLACES
    helpful = np.empty((eras, pieces))
    helpful[0] = rng.normal(0, HELPFULNESS, pieces)
    for era in range(1, eras):
        anew = rng.random(pieces) < CHANGED
        helpful[era] = np.where(anew, rng.normal(0, HELPFULNESS, pieces), helpful[era - 1])
    newcomers = tuple(t * PLACES + PLACES - 1 for t in range(0, TOPICS, 2))
    for piece in newcomers:
        rivals = helpful[:, piece - PER_STAGE : piece]
        helpful[:, piece] = rivals.max() + NEWCOMER
    count = DAYS * touches_a_day
    fit = rng.normal(0, FIT, (count, PLACES))
    return World(
        helpful, rng.integers(0, TOPICS, count), rng.integers(0, 2, count),
        np.repeat(np.arange(DAYS), touches_a_day), fit, fit + rng.normal(0, NOISE, fit.shape),
        rng.random((count, PLACES, 4)), newcomers,
    )  # fmt: skip


def place_stage(place: int) -> int:
    return int(place >= PER_STAGE)


Points = Callable[[Sequence[TouchOutcome], date], Callable[[str], float]]
"""An arm: from what is known today to the points of each piece."""


def no_rule(_: Sequence[TouchOutcome], __: date) -> Callable[[str], float]:
    return lambda _: 0.0


def win_counts(known: Sequence[TouchOutcome], _: date) -> Callable[[str], float]:
    """The trap: points by how often a piece won, against the one that won most."""
    wins: dict[str, int] = {}
    for outcome in known:
        well = outcome.moved if outcome.helped is None else outcome.helped
        wins[outcome.asset_id] = wins.get(outcome.asset_id, 0) + bool(well)
    most = max(wins.values(), default=0) or 1
    return lambda asset_id: 2 * TrackSettings().most * wins.get(asset_id, 0) / most


def bare_rates(known: Sequence[TouchOutcome], _: date) -> Callable[[str], float]:
    """Rates as they are: against the mean of all, without prior, spread, stages or fading."""
    settings = TrackSettings()
    sums: dict[str, list[int]] = {}
    for outcome in known:
        row = sums.setdefault(outcome.asset_id, [0, 0])
        row[0] += 1
        row[1] += bool(outcome.moved if outcome.helped is None else outcome.helped)
    touches = sum(row[0] for row in sums.values()) or 1
    usual = sum(row[1] for row in sums.values()) / touches

    def points(asset_id: str) -> float:
        if asset_id not in sums:
            return 0.0
        rate = sums[asset_id][1] / sums[asset_id][0]
        return max(-settings.most, min(settings.most, settings.points * (rate - usual)))

    return points


def ours(settings: TrackSettings) -> Points:
    def arm(known: Sequence[TouchOutcome], today: date) -> Callable[[str], float]:
        records: dict[str, AssetRecord] = asset_records(known, today, settings)
        points = {name: track_points(record, settings) for name, record in records.items()}
        return lambda asset_id: points.get(asset_id, 0.0)

    return arm


@dataclass(frozen=True)
class Run:
    """`best` and `regret` a touch; `shown` by newcomer: whether each touch of its kind got it."""

    best: float
    regret: float
    shown: tuple[tuple[bool, ...], ...]


def run(made: World, arm: Points | None, most: float) -> Run:
    """Play one arm through a world; None knows how helpful every piece is (within the bound)."""
    weights = RankingSettings()
    stage_points = weights.same_stage - weights.earlier_stage
    outcomes: list[tuple[int, TouchOutcome]] = []
    hits, regret = 0, 0.0
    shown: dict[int, list[bool]] = {piece: [] for piece in made.newcomers}
    points: Callable[[str], float] = no_rule([], FIRST_DAY)
    learnt = -1
    for i in range(len(made.day)):
        day, topic, stage = int(made.day[i]), int(made.topic[i]), int(made.stage[i])
        era = day // CHANGED_EVERY
        if arm and day // LEARNT_EVERY != learnt:
            learnt = day // LEARNT_EVERY
            points = arm([o for at, o in outcomes if at <= day], FIRST_DAY + timedelta(day))
        offered = []
        for place in range(PLACES):
            piece = topic * PLACES + place
            new = place == PLACES - 1
            if new and (piece not in shown or day < ENTRY):
                continue
            right = place_stage(place) == stage
            worth = BASE[stage] + made.helpful[era, piece] + FIT_COUNTS * made.fit[i, place]
            worth = min(0.95, max(0.02, worth - (0 if right else 0.15)))
            told = (
                points(str(piece))
                if arm
                else max(-most, min(most, made.helpful[era, piece] / FIT_COUNTS))
            )
            score = made.seen[i, place] + (stage_points if right else 0) + told
            offered.append((score, worth, place))
        score, worth, place = max(offered)
        best = max(w for _, w, _ in offered)
        hits += worth == best
        regret += best - worth
        piece = topic * PLACES + place
        fresh = topic * PLACES + PLACES - 1
        if fresh in shown and day >= ENTRY and stage == 1:
            shown[fresh].append(piece == fresh)
        reacts, answered, kindly, delay = made.draws[i, place]
        on = FIRST_DAY + timedelta(day)
        touch = TouchOutcome(str(piece), STAGES[stage], on)
        if answered < ANSWERED:
            outcomes.append((day + 2, replace(touch, helped=bool(kindly < worth + KIND))))
        elif reacts < worth:
            outcomes.append((day + 1 + int(delay * PROGRESS_DAYS), replace(touch, moved=True)))
        else:
            outcomes.append((day + PROGRESS_DAYS + 1, replace(touch, moved=False)))
    count = len(made.day)
    return Run(hits / count, regret / count, tuple(tuple(s) for s in shown.values()))


def touches_until(runs: Sequence[Run], deserved: float) -> str:
    """Touches of its topic and stage until newcomers are shown 9/10 as often as they deserve.

    Taken over all newcomers of all seeds, `WINDOW` touches at a time, while half of them have any.
    """
    newcomers = [shown for played in runs for shown in played.shown]
    for start in range(max(map(len, newcomers))):
        now = [s[start : start + WINDOW] for s in newcomers if len(s) >= start + WINDOW]
        if len(now) < len(newcomers) / 2:
            break
        if mean(map(mean, now)) >= 0.9 * deserved:
            return str(start)
    return "never"


def table(seeds: Sequence[int]) -> str:
    settings = TrackSettings()
    arms: dict[str, Points | None] = {
        "no rule": no_rule, "win counts (the trap)": win_counts, "bare rates": bare_rates,
        "ours without optimism": ours(replace(settings, optimism=0.0)),
        "ours": ours(settings), "knowing all, same bound": None,
    }  # fmt: skip
    lines = []
    for team, pace in TEAMS.items():
        worlds = [world(seed, pace) for seed in seeds]
        runs = {n: [run(w, arm, settings.most) for w in worlds] for n, arm in arms.items()}
        ideal = runs["knowing all, same bound"]
        deserved = mean(mean(s) for r in ideal for s in r.shown)
        lines += [
            f"| {team} | best piece | regret per 100 | newcomers shown | touches until |",
            "|---|---|---|---|---|",
        ]
        for name, played in runs.items():
            share = mean(mean(s) for r in played for s in r.shown)
            error = stdev(100 * r.regret for r in played) / len(played) ** 0.5
            lines.append(
                f"| {name} | {mean(r.best for r in played):.1%} "
                f"| {mean(100 * r.regret for r in played):.2f} ± {error:.2f} | {share:.1%} "
                f"| {touches_until(played, deserved)} |"
            )
        lines.append("")
    return "\n".join(lines)


def grid(seeds: Sequence[int]) -> None:
    """Each setting moved alone, on other seeds than the table's: mean regret per 100 touches."""
    now = TrackSettings()
    tried = {
        "points": (0.1, 0.2, 0.3, 0.5, 0.8), "prior_touches": (3, 6, 10, 15, 25),
        "optimism": (0.0, 0.25, 0.5, 1.0, 1.5, 2.0), "half_life_days": (60, 120, 180, 365, 3650),
        "stage_touches": (0.001, 10, 20, 50, 1e9), "most": (0.02, 0.035, 0.05),
    }  # fmt: skip
    worlds = {team: [world(seed, pace) for seed in seeds] for team, pace in TEAMS.items()}
    for name, values in tried.items():
        for value in values:
            settings = replace(now, **{name: value})
            told = []
            for made in worlds.values():
                runs = [run(w, ours(settings), settings.most) for w in made]
                share = mean(mean(s) for r in runs for s in r.shown)
                told.append(f"{mean(100 * r.regret for r in runs):.2f} ({share:.0%})")
            print(f"{name:15} {value:8} {'  '.join(told)}", flush=True)


def main() -> None:
    if "--grid" in sys.argv:
        grid(list(GRID_SEEDS))
        return
    text = (
        "## Track record: what helped before, without the trap\n\n"
        "    python -m benchmarks.track_record --write\n\n"
        f"A simulation over a made-up library, {len(SEEDS)} seeds; the module says how. Regret is\n"
        "reactions lost against always choosing the truly best piece. Newcomers are better than\n"
        "all of their topic and stage and come when those have their wins. The last column counts\n"
        "touches of their topic and stage until they are shown 9/10 as often as they deserve:\n"
        "as often as by one who knows how helpful every piece is, within the same bound.\n\n"
        f"{table(list(SEEDS))}"
    )
    print(text)
    if "--write" in sys.argv:
        keep("track-record", text)


if __name__ == "__main__":
    main()
