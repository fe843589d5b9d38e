"""What a CRM's record says in our words: facts, opt-outs, and acts; nothing else is kept of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from bot.flow.lines import FactsLine
from knowledge.crm import Record, Value
from knowledge.crm_mapping import ALL, ActivityMapping, CrmMapping, PeopleMapping
from knowledge.leads import HistoryEntry, LeadFacts

_YES = frozenset({"true", "1", "yes", "y", "x"})
_OWNER = "owner"
_FACTS = TypeAdapter(LeadFacts)


@dataclass(frozen=True, slots=True)
class Said:
    """What one record says; `seen` are its fields, for the comparison before a write.

    `noted` counts what could not be read: a status that the mapping does not name, a value that is
    none of its kind. It holds names of fields and statuses, never anything of the person.
    """

    facts: LeadFacts
    seen: Mapping[str, Any]
    account_id: str = ""
    noted: Counter[str] = field(default_factory=Counter)


def person_said(
    record: Record,
    mapping: PeopleMapping,
    owners: Mapping[str, str],
    account: Mapping[str, Any] | None = None,
) -> Said:
    """Facts of a person; what the record leaves open is filled from its account."""
    noted: Counter[str] = Counter()
    told = {fact: _joined(record.fields, names) for fact, names in mapping.facts.items()}
    if _OWNER in told:
        told[_OWNER] = owners.get(told[_OWNER], "")
    stage = ""
    if status := told.pop("stage", ""):
        known, named = mapping.stage_of(status)
        stage = known.value if known else ""
        if not named:
            noted[f"unknown status “{status[:60]}”"] += 1
    facts = _checked({**told, "stage": stage}, noted)
    closed = _closed(record.fields, mapping)
    if closed:
        out = ALL in closed
        facts = replace(
            facts,
            opted_out=True if out else None,
            opted_out_channels=tuple(c for c in closed if c != ALL),
        )
    if account:
        facts = facts.over(account_facts(account))
    account_id = _text(record.fields.get(mapping.account or "")) if mapping.account else ""
    return Said(facts, dict(record.fields), account_id, noted)


def account_said(record: Record, mapping: CrmMapping) -> dict[str, Any]:
    """Facts of a company, in JSON terms."""
    if mapping.accounts is None:
        return {}
    told = {fact: _joined(record.fields, names) for fact, names in mapping.accounts.facts.items()}
    dumped: dict[str, Any] = _FACTS.dump_python(_checked(told, Counter()), mode="json")
    return {fact: dumped[fact] for fact in told if dumped[fact] not in (None, "", [])}


def account_facts(told: Mapping[str, Any]) -> LeadFacts:
    """Kept facts of a company as a value."""
    known = {f.name for f in fields(LeadFacts)}
    return _FACTS.validate_python({k: v for k, v in told.items() if k in known})


def act_said(record: Record, mapping: ActivityMapping, zone: str) -> HistoryEntry | None:
    """What an activity means for a lead's history; None when it means nothing to us."""
    if any(_text(record.fields.get(name)) != value for name, value in mapping.only.items()):
        return None
    sort = _text(record.fields.get(mapping.sort)) if mapping.sort else ""
    action = mapping.acts.get(sort, mapping.acts.get(""))
    on = _day(record.fields.get(mapping.on), zone)
    return HistoryEntry(action, on) if action and on else None


def theirs(value: Any) -> str:
    """A value of ours as a CRM's field takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "; ".join(str(v) for v in value)
    return "" if value is None else str(value)


def _joined(told: Mapping[str, Value], names: Iterable[str]) -> str:
    return " ".join(filter(None, (_text(told.get(name)) for name in names)))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _checked(told: Mapping[str, str], noted: Counter[str]) -> LeadFacts:
    """The facts as values; one that is not of its kind is left out and counted."""
    kept = {fact: value for fact, value in told.items() if value}
    while True:
        try:
            return FactsLine.model_validate(kept).facts()
        except ValidationError as wrong:
            bad = {str(error["loc"][0]) for error in wrong.errors(include_input=False)} & set(kept)
            if not bad:
                raise
            for fact in bad:
                noted[f"{fact}: not understood"] += 1
                del kept[fact]


def _closed(told: Mapping[str, Value], mapping: PeopleMapping) -> tuple[str, ...]:
    closed: list[str] = []
    for name, channels in mapping.opt_outs.items():
        if _text(told.get(name)).casefold() in _YES:
            closed += channels
    return tuple(dict.fromkeys(closed))


def _day(value: Any, zone: str) -> date | None:
    """A day, or the team's day of a moment; None for neither."""
    text = _text(value)
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text) / 1000, UTC).astimezone(ZoneInfo(zone)).date()
        if len(text) <= 10:
            return date.fromisoformat(text) if text else None
        at = datetime.fromisoformat(text.replace("Z", "+00:00").replace("+0000", "+00:00"))
    except (ValueError, OverflowError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(ZoneInfo(zone)).date()
