"""Gap, budget and quiet times: settings, by product line, segment and stage (M9)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.defaults_files import load_defaults
from knowledge.errors import BadInput
from knowledge.journey import Stage, parse_stage

CAP_WINDOW_DAYS = 7
"""The days over which touches of one account are counted: any seven, not a calendar's week."""


@dataclass(frozen=True, slots=True)
class PacingOverride:
    """Another gap or budget for leads that match all that is named; None matches anything."""

    product_line: str | None = None
    segment: str | None = None
    stage: Stage | None = None
    gap_days: int | None = None
    budget: int | None = None
    account_touches: int | None = None

    def specificity(
        self, product_line: str | None, segment: str | None, stage: Stage | None
    ) -> int | None:
        """How many named things match, or None when one does not."""
        pairs = (
            (self.product_line, product_line), (self.segment, segment), (self.stage, stage),
        )  # fmt: skip
        named = [(mine, theirs) for mine, theirs in pairs if mine]
        if any((theirs or "").strip().lower() != mine.strip().lower() for mine, theirs in named):
            return None
        return len(named)


@dataclass(frozen=True, slots=True)
class Plan:
    """What holds for one lead: gap in days, budget in touches, touches of its account a week."""

    gap_days: int
    budget: int
    account_touches: int = 3


@dataclass(frozen=True, slots=True)
class PlanPace:
    """What a lead's plan says of its pace; what is None or empty is left to the settings.

    `segment` is the one told by rule, for leads whose record names none. `gap_why` ends a sentence.
    `handed_over` says that sales has the lead, in words.
    """

    segment: str = ""
    gap_days: int | None = None
    gap_why: str = ""
    budget: int | None = None
    handed_over: str = ""


@dataclass(frozen=True, slots=True)
class PacingSettings:
    """Numbers that decide when to touch; days and counts. The mission sets them (M6, M8, M10)."""

    gap_days: int = 7
    engaged_days: int = 5
    engaged_acts: int = 4
    engaged_within_days: int = 7
    unanswered_touches: int = 2
    unanswered_days: int = 14
    budget: int = 27
    account_quiet_days: int = 7
    account_touches: int = 3
    budget_rest_days: int = 90
    all_sent_rest_days: int = 14
    call_after_download_days: int = 3
    neglected_days: int = 60
    overrides: tuple[PacingOverride, ...] = ()

    def plan_for(self, product_line: str | None, segment: str | None, stage: Stage | None) -> Plan:
        """Gap and budget for such a lead: what names most wins, of equals the later one."""
        gap, budget, cap = self.gap_days, self.budget, self.account_touches
        fitting = [
            (count, place, o)
            for place, o in enumerate(self.overrides)
            if (count := o.specificity(product_line, segment, stage)) is not None
        ]
        for _, _, override in sorted(fitting, key=lambda f: f[:2]):
            gap = override.gap_days if override.gap_days is not None else gap
            budget = override.budget if override.budget is not None else budget
            cap = override.account_touches or cap
        return Plan(gap, budget, cap)


_PLACES = {
    "gap_days": ("gap", "days"),
    "engaged_days": ("gap", "engaged_days"),
    "engaged_acts": ("gap", "engaged_acts"),
    "engaged_within_days": ("gap", "engaged_within_days"),
    "unanswered_touches": ("gap", "unanswered_touches"),
    "unanswered_days": ("gap", "unanswered_days"),
    "budget": ("budget", "touches"),
    "account_quiet_days": ("quiet", "account_days"),
    "account_touches": ("quiet", "account_touches"),
    "budget_rest_days": ("quiet", "budget_rest_days"),
    "all_sent_rest_days": ("quiet", "all_sent_rest_days"),
    "call_after_download_days": ("warn", "after_download_days"),
    "neglected_days": ("lists", "neglected_days"),
}
_AT_LEAST_ONE = frozenset(
    {
        "engaged_acts",
        "unanswered_touches",
        "budget_rest_days",
        "all_sent_rest_days",
        "account_touches",
    }
)


def load_pacing(home: Path | None = None) -> PacingSettings:
    """Read pacing.toml; `BadInput` names the file, the key and what it may be."""
    table = load_defaults("pacing", home)
    place = str(home / "pacing.toml") if home else "pacing.toml"
    numbers = {}
    for name, (section, key) in _PLACES.items():
        value, least = table[section][key], 1 if name in _AT_LEAST_ONE else 0
        numbers[name] = _count(value, least, place, f"{section}.{key}")
    found = table.get("override", [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise BadInput(f"{place}: 'override' must be written as [[override]] tables.")
    overrides = tuple(_override(entry, place, n) for n, entry in enumerate(found, start=1))
    return PacingSettings(**numbers, overrides=overrides)


def _override(entry: dict[str, Any], place: str, number: int) -> PacingOverride:
    here = f"override {number}"
    known = ("product_line", "segment", "stage", "gap_days", "budget", "account_touches")
    for key in entry:
        if key not in known:
            raise BadInput(f"{place}: unknown key '{key}' in {here}; known: {', '.join(known)}.")
    texts = {}
    for key in ("product_line", "segment", "stage"):
        value = entry.get(key)
        if value is not None and not isinstance(value, str):
            raise BadInput(f"{place}: '{key}' in {here} must be text in quotes.")
        texts[key] = value
    stage = None
    if texts["stage"]:
        try:
            stage = parse_stage(texts["stage"])
        except BadInput as error:
            raise BadInput(f"{place}: 'stage' in {here}: {error}") from None
    counts = {
        key: _count(entry[key], int(key == "account_touches"), place, f"{key}' in '{here}")
        if key in entry
        else None
        for key in ("gap_days", "budget", "account_touches")
    }
    return PacingOverride(texts["product_line"], texts["segment"], stage, **counts)


def _count(value: object, least: int, place: str, key: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= 3650:
        raise BadInput(f"{place}: '{key}' must be a whole number from {least} to 3650.")
    return value
