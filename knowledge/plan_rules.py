"""Rules over what is known of a lead: how segments and buckets are told (M51)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from knowledge.errors import BadInput
from knowledge.journey import Stage, parse_stage
from knowledge.leads import OURS, Action, LeadFacts, LeadProfile

USUAL_DAYS = 365
"""Days that `did` and `did_not` look back without `within_days`: a year of acts."""

TEXTS = ("industry", "persona", "buying_role", "product_line", "company", "owner")
_LISTS = (*TEXTS, "role", "products", "stage", "source", "came_by", "did", "did_not", "known",
          "unknown")  # fmt: skip
_NUMBERS = ("company_size_from", "company_size_to", "within_days")
_SIZES = ("company_size_from", "company_size_to")
KEYS = (*_LISTS, *_NUMBERS)
"""All that a rule may name."""
FACTS = tuple(f.name for f in fields(LeadFacts))

Problem = Callable[[tuple[str, ...], str], None]
"""Notes what is wrong with a key, by its trail in the file."""


@dataclass(frozen=True, slots=True)
class Standing:
    """All that a rule may look at; `stage` is the one on record or read, if any.

    `source` is where the lead's first fact came from, empty when that is not known.
    """

    profile: LeadProfile
    today: date
    stage: Stage | None = None
    source: str = ""


def is_customer(lead: Standing) -> bool:
    """Whether the lead has bought: its stage was given, or it was read and a purchase is on record.

    A stage that was read from words alone is a guess, and makes nobody a customer.
    """
    if lead.profile.facts.stage is not None:
        return lead.profile.facts.stage is Stage.CUSTOMER
    return lead.stage is Stage.CUSTOMER and has_bought(lead)


def has_bought(lead: Standing) -> bool:
    """Whether a purchase up to today is on record."""
    bought = Action.BOUGHT
    return any(e.action is bought and e.on <= lead.today for e in lead.profile.history)


@dataclass(frozen=True, slots=True)
class PlanRule:
    """A rule as it was written: its keys with their values; a lead fits when all of them fit."""

    parts: tuple[tuple[str, Any], ...] = ()

    @property
    def count(self) -> int:
        """How many facts it names; the more, the more particular."""
        named = (key for key, _ in self.parts if key != "within_days")
        return len({"company_size" if key in _SIZES else key for key in named})

    def fits(self, lead: Standing) -> bool:
        """Whether everything that is named fits; a rule that names nothing fits nobody."""
        return self.count > 0 and all(self._fits(key, value, lead) for key, value in self.parts)

    @property
    def told(self) -> tuple[str, ...]:
        """Each part in words."""
        return tuple(self._told(key, value) for key, value in self.parts if key != "within_days")

    @property
    def days(self) -> int:
        """How far back acts count."""
        return int(dict(self.parts).get("within_days", USUAL_DAYS))

    def _fits(self, key: str, value: Any, lead: Standing) -> bool:
        facts = lead.profile.facts
        if key in TEXTS:
            return _plain(getattr(facts, key) or "") in value
        if key in {"known", "unknown"}:
            held = [getattr(facts, name) not in (None, (), "") for name in value]
            return all(held) if key == "known" else not any(held)
        return _TESTS[key](value, lead, self.days)

    def _told(self, key: str, value: Any) -> str:
        match key:
            case "company_size_from":
                return f"{value:,} employees or more"
            case "company_size_to":
                return f"{value:,} employees at most"
            case "did" | "did_not":
                verb = "did" if key == "did" else "did not"
                acts = " or ".join(a.replace("_", " ") for a in value)
                return f"{verb}: {acts}, in {self.days} days"
            case _:
                name = _SAID.get(key, key.replace("_", " ") + " is")
                return f"{name} {' or '.join(str(v).replace('_', ' ') for v in value)}"


_SAID = {
    "role": "job title has", "products": "uses", "source": "came from", "came_by": "came by",
    "known": "known:", "unknown": "not known:",
}  # fmt: skip


def parse_rule(table: object, trail: tuple[str, ...], problem: Problem) -> PlanRule:
    """Read a rule; what is wrong is noted, and left out of the rule."""
    if not isinstance(table, dict):
        problem(trail, 'must be a table of facts, such as when.industry = ["retail"].')
        return PlanRule()
    parts: list[tuple[str, Any]] = []
    for key, value in table.items():
        here = (*trail, key)
        if key in _NUMBERS:
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                problem(here, "must be a whole number of 0 or more.")
                continue
            parts.append((key, value))
        elif key in _LISTS:
            if told := _listed(key, value, here, problem):
                parts.append((key, told))
        else:
            problem(here, f"is not known; a rule may name: {', '.join(KEYS)}.")
    low, high = (dict(parts).get(f"company_size_{end}") for end in ("from", "to"))
    if low is not None and high is not None and low > high:
        problem((*trail, "company_size_from"), "is above company_size_to; nobody would fit.")
    return PlanRule(tuple(parts))


def _listed(key: str, value: object, here: tuple[str, ...], problem: Problem) -> tuple[Any, ...]:
    values = [value] if isinstance(value, str) else value
    if (
        not isinstance(values, list)
        or not values
        or not all(isinstance(v, str) and v.strip() for v in values)
    ):
        problem(here, "must be a list of words in quotes.")
        return ()
    if key == "stage":
        return tuple(_stages(values, here, problem))
    allowed = {
        "came_by": tuple(Action), "did": tuple(Action), "did_not": tuple(Action), "known": FACTS,
        "unknown": FACTS,
    }.get(key)  # fmt: skip
    said = tuple(_plain(v) for v in values)
    if allowed is not None:
        said = tuple(v.replace(" ", "_") for v in said)
        for word in said:
            if word not in allowed:
                problem(here, f"names an unknown '{word[:40]}'; use: {', '.join(allowed)}.")
    return said


def _stages(values: list[str], here: tuple[str, ...], problem: Problem) -> Iterator[Stage]:
    for value in values:
        try:
            yield parse_stage(value)
        except BadInput as wrong:
            problem(here, str(wrong))


def _role(value: tuple[str, ...], lead: Standing, _: int) -> bool:
    title = _plain(lead.profile.facts.role or "")
    return any(f" {word} " in f" {title} " for word in value)


def _products(value: tuple[str, ...], lead: Standing, _: int) -> bool:
    return bool({_plain(p) for p in lead.profile.facts.products} & set(value))


def _stage(value: tuple[Stage, ...], lead: Standing, _: int) -> bool:
    stage = lead.profile.facts.stage or lead.stage
    return stage in value and (stage is not Stage.CUSTOMER or is_customer(lead))


def _source(value: tuple[str, ...], lead: Standing, _: int) -> bool:
    return any(word in _plain(lead.source) for word in value)


def _came_by(value: tuple[str, ...], lead: Standing, _: int) -> bool:
    own = [e for e in lead.profile.history if e.on <= lead.today and e.action not in OURS]
    return bool(own) and min(own, key=lambda e: e.on).action in value


def _size(value: int, lead: Standing, least: bool) -> bool:
    size = lead.profile.facts.company_size
    return size is not None and (size >= value if least else size <= value)


def _did(value: tuple[str, ...], lead: Standing, days: int) -> bool:
    since = lead.today - timedelta(days=days)
    return any(e.action in value and since <= e.on <= lead.today for e in lead.profile.history)


_TESTS: dict[str, Callable[[Any, Standing, int], bool]] = {
    "role": _role,
    "products": _products,
    "stage": _stage,
    "source": _source,
    "came_by": _came_by,
    "company_size_from": lambda value, lead, _: _size(value, lead, least=True),
    "company_size_to": lambda value, lead, _: _size(value, lead, least=False),
    "did": _did,
    "did_not": lambda value, lead, days: not _did(value, lead, days),
    "within_days": lambda *_: True,
}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
