"""The ranking rule on the step of a lead's track: the kind, stage and newness it wants (M4, M45).

It stands in for the rule on the last act (`ranking_rules.track`), whose points it has: a track adds
a reason among others, and never outweighs an answer.
"""

from __future__ import annotations

from collections.abc import Callable

from knowledge.assets import Asset
from knowledge.touch import Candidate, Contribution
from knowledge.tracks import Step, Track
from retrieval.ranking_lead import Lead
from retrieval.ranking_rules import RULES, Rule, track
from retrieval.ranking_settings import RankingSettings

IsNew = Callable[[Asset], bool]
"""Whether a piece came out since the lead's last touch."""


def wanted_by(step: Step, asset: Asset, is_new: IsNew) -> tuple[bool, ...]:
    """For each thing that a step names, in order, whether the piece has it; empty for none."""
    named: list[bool] = []
    if step.kinds:
        named.append(asset.type in step.kinds)
    if step.stages:
        named.append(bool(set(asset.fitting_stages) & set(step.stages)))
    if step.new:
        named.append(is_new(asset))
    return tuple(named)


def rules_with_step(
    plan: Track | None, step: tuple[int, Step] | None, is_new: IsNew
) -> tuple[Rule, ...]:
    """The rules that are always on, the step's in the place of the one on the last act."""
    if plan is None or step is None or not (step[1].kinds or step[1].stages or step[1].new):
        return RULES
    return (*(r for r in RULES if r is not track), step_rule(plan, *step, is_new))


def step_rule(plan: Track, number: int, step: Step, is_new: IsNew) -> Rule:
    """The rule `track_step`: points by how much of what the step names a piece has."""

    def track_step(found: Candidate, _: Lead, weights: RankingSettings) -> Contribution | None:
        named = wanted_by(step, found.asset, is_new)
        if not any(named):
            return None
        points = weights.track * sum(named) / len(named)
        new = " It came out since they heard from us." if step.new and named[-1] else ""
        told = f"It is step {number} of “{plan.label}”: {step.says.rstrip('.')}.{new}"
        return Contribution("track_step", points, told if all(named) else new.strip())

    return track_step
