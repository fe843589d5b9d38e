"""Segments by rules over facts, and the buckets of leads that are not qualified yet (M51)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knowledge.defaults_files import line_of, load_defaults, once_a_version
from knowledge.errors import BadInput, Mistakes
from knowledge.plan_rules import PlanRule, Problem, Standing, parse_rule

LAST_BUCKET = "in_progress"
"""Takes whoever no other bucket takes, so that everybody stands in one."""
BUILT_IN = ("opted_out", "timing_later", "went_silent", "budget_spent", "problem_unknown",
            "no_decider", "never_touched", LAST_BUCKET)  # fmt: skip
"""Buckets that `knowledge.buckets` tells by itself."""
_SEGMENT_KEYS = ("label", "when", "buckets", "use")
_BUCKET_KEYS = ("label", "do", "when", "silent_touches", "silent_days")


@dataclass(frozen=True, slots=True)
class Segment:
    """Leads that are alike; `buckets` is an order of their own, empty for everybody's."""

    id: str
    label: str
    rule: PlanRule = field(default_factory=PlanRule)
    buckets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bucket:
    """What an unqualified lead lacks, what to do about it, and the rule of a team's own one."""

    id: str
    label: str
    do: str
    rule: PlanRule | None = None


@dataclass(frozen=True, slots=True)
class Segments:
    """All segments and buckets of a file version; `silent` is (touches, days) of long silence."""

    version: int
    segments: tuple[Segment, ...]
    buckets: tuple[Bucket, ...]
    order: tuple[str, ...]
    silent: tuple[int, int] = (3, 60)

    def of(self, lead: Standing) -> tuple[str, str]:
        """The segment of a lead with why, as its own fact says or by rule; empty for none."""
        own = (lead.profile.facts.segment or "").strip()
        if own:
            return own, "their record says so"
        fitting = [(s.rule.count, n, s) for n, s in enumerate(self.segments) if s.rule.fits(lead)]
        if not fitting:
            return "", "no rule fits what is known of them"
        chosen = max(fitting, key=lambda f: f[:2])[2]
        return chosen.id, "; ".join(chosen.rule.told)

    def named(self, segment: str) -> Segment | None:
        """The segment of this id or label; None for one that only leads' own facts name."""
        said = segment.strip().casefold()
        return next((s for s in self.segments if said in {s.id, s.label.casefold()}), None)

    def bucket(self, name: str) -> Bucket:
        """The bucket of this id; `KeyError` for another word."""
        return {b.id: b for b in self.buckets}[name]

    def order_for(self, segment: str) -> tuple[str, ...]:
        """The buckets in the order in which they are tried for leads of a segment."""
        found = self.named(segment)
        return (found.buckets if found else ()) or self.order


@once_a_version("segments")
def load_segments(home: Path | None = None) -> Segments:
    """Read segments.toml; `BadInput` names everything that is wrong, with file, line and key."""
    table = load_defaults("segments", home)
    noted = _Problems(home)
    if not isinstance(table["version"], int) or table["version"] < 1:
        noted(("version",), "must be a whole number of 1 or more; raise it with each change.")
    buckets = tuple(_buckets(table["buckets"], noted))
    known = tuple(b.id for b in buckets)
    order = _order(table["buckets"]["order"], ("buckets", "order"), known, noted)
    segments = tuple(_segments(table["segments"], known, noted))
    silent = tuple(
        _count(table["buckets"]["went_silent"], key, ("buckets", "went_silent"), noted)
        for key in ("silent_touches", "silent_days")
    )
    if noted.found:
        raise Mistakes(noted.found)
    return Segments(table["version"], segments, buckets, order, (silent[0], silent[1]))


def segments_in_force(home: Path) -> tuple[Segments, tuple[str, ...]]:
    """The home's segments, or the packaged ones with what is wrong with the home's."""
    try:
        return load_segments(home), ()
    except Mistakes as found:
        return load_segments(None), found.each
    except BadInput as found:
        return load_segments(None), (str(found),)


class _Problems:
    """What is wrong with the file so far, each with the line where that can be told."""

    def __init__(self, home: Path | None) -> None:
        self.path = home / "segments.toml" if home else Path("segments.toml")
        self.found: list[str] = []

    def __call__(self, trail: tuple[str, ...], what: str) -> None:
        line = next((n for end in range(len(trail), 0, -1)
                     if (n := line_of(self.path, trail[:end]))), None)  # fmt: skip
        at = f" (line {line})" if line else ""
        self.found.append(f"{self.path}{at}: '{'.'.join(trail)}' {what}")


def _segments(table: dict[str, Any], known: tuple[str, ...], noted: Problem) -> Iterator[Segment]:
    for name, entry in table.items():
        trail = ("segments", name)
        if not isinstance(entry, dict):
            noted(trail, "must be a table with a label and a rule (`when`).")
            continue
        _no_others(entry, _SEGMENT_KEYS, trail, noted)
        rule = parse_rule(entry.get("when", {}), (*trail, "when"), noted)
        if not rule.count:
            noted(trail, 'needs a rule that names a fact, such as when.industry = ["retail"].')
        given = entry.get("buckets")
        own = _order(given, (*trail, "buckets"), known, noted) if given is not None else ()
        if entry.get("use", True) is not False:
            yield Segment(name, _text(entry, "label", name, trail, noted), rule, own)


def _buckets(table: dict[str, Any], noted: Problem) -> Iterator[Bucket]:
    for name, entry in table.items():
        trail = ("buckets", name)
        if name == "order":
            continue
        if not isinstance(entry, dict):
            noted(trail, "must be a table with a label and what to do.")
            continue
        _no_others(entry, _BUCKET_KEYS, trail, noted)
        rule = None
        if name not in BUILT_IN:
            rule = parse_rule(entry.get("when", {}), (*trail, "when"), noted)
            if not rule.count:
                noted(trail, f"needs a rule (`when`); only {', '.join(BUILT_IN)} are built in.")
        elif "when" in entry:
            noted((*trail, "when"), "is built in; give a bucket of your own another name.")
        label = _text(entry, "label", name.replace("_", " "), trail, noted)
        yield Bucket(name, label, _text(entry, "do", "", trail, noted), rule)


def _order(
    given: object, trail: tuple[str, ...], known: tuple[str, ...], noted: Problem
) -> tuple[str, ...]:
    """The order with the one that takes everybody at its end."""
    if not isinstance(given, list) or not all(isinstance(b, str) for b in given):
        noted(trail, "must be a list of buckets in quotes.")
        return ()
    for name in given:
        if name not in known:
            noted(trail, f"names an unknown bucket '{name[:40]}'; there are: {', '.join(known)}.")
    if len(set(given)) < len(given):
        noted(trail, "names a bucket twice; each lead stands in one.")
    return (*(b for b in given if b != LAST_BUCKET), LAST_BUCKET)


def _no_others(
    entry: dict[str, Any], known: tuple[str, ...], trail: tuple[str, ...], noted: Problem
) -> None:
    for key in entry:
        if key not in known:
            noted((*trail, key), f"is an unknown key; known here: {', '.join(known)}.")
    if not isinstance(entry.get("use", True), bool):
        noted((*trail, "use"), "must be true or false.")


def _text(
    entry: dict[str, Any], key: str, default: str, trail: tuple[str, ...], noted: Problem
) -> str:
    value = entry.get(key, default)
    if not isinstance(value, str) or (key in entry and not value.strip()):
        noted((*trail, key), "must be text in quotes.")
        return default
    return value.strip()


def _count(entry: object, key: str, trail: tuple[str, ...], noted: Problem) -> int:
    value = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 3650:
        noted((*trail, key), "must be a whole number from 1 to 3650.")
        return 1
    return value
