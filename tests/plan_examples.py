"""Leads and files for the tests of segments, tracks and plans."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile
from knowledge.pacing_settings import PacingSettings
from knowledge.plan_place import HeldPlan, Place, PlanFiles, place_of
from knowledge.plan_rules import Standing
from knowledge.segments import load_segments
from knowledge.track_files import load_tracks

TODAY = date(2026, 11, 2)
PROBLEM = "Two or three press stops a week"


def standing(
    *acts: tuple[Any, ...], stage: Any = None, source: str = "", roles: Any = None,
    today: date = TODAY, read: Any = None, **facts: Any,
) -> Standing:  # fmt: skip
    """A lead as rules see it; an act is (what, days ago, asset id, note), the last two optional.

    `stage` is given, `read` is the one that was read where none was given.
    """
    history = tuple(
        HistoryEntry(act[0], today - timedelta(days=act[1]), *act[2:])
        for act in acts
    )  # fmt: skip
    known = LeadFacts(**{"problem": PROBLEM, "stage": stage, **facts})
    profile = LeadProfile(known, history, lead_id="ann", account_roles=roles)
    return Standing(profile, today, stage or read, source)


def files(home: Path | None = None, **pacing: Any) -> PlanFiles:
    return PlanFiles(load_segments(home), load_tracks(home), PacingSettings(**pacing))


def placed(lead: Standing, held: HeldPlan | None = None, home: Path | None = None) -> Place:
    return place_of(lead, files(home), held)


def touches(*days_ago: int) -> list[tuple[Action, int]]:
    return [(Action.SENT, ago) for ago in days_ago]
