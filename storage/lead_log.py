"""Facts of a lead as entries of its log, and the record that follows from all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter

from knowledge.fact_trust import LINE_STAGE, SourceKind, Told, kind_of, values_used
from knowledge.leads import LeadFacts, LineStage
from storage.tables import LeadFactRow

FACTS = TypeAdapter(LeadFacts)
_LINE = TypeAdapter(LineStage)
_LINES = "line_stages"
_NAMES = frozenset(f.name for f in fields(LeadFacts))


def as_json(facts: LeadFacts) -> dict[str, Any]:
    """Facts in JSON terms, unknown ones too."""
    dumped: dict[str, Any] = FACTS.dump_python(facts, mode="json")
    return dumped


def entries(facts: LeadFacts) -> dict[str, Any]:
    """The facts that are known, by the name they have in the log; a line's stage has one."""
    told = {k: v for k, v in as_json(facts).items() if v not in (None, [], "")}
    lines = told.pop(_LINES, [])
    return told | {LINE_STAGE + line["line"].casefold(): line for line in lines}


def record(told: Iterable[Told]) -> LeadFacts:
    """The record that follows from all that was told."""
    used = values_used(list(told))
    lines = [v for k, v in sorted(used.items()) if k.startswith(LINE_STAGE)]
    known = {k: v for k, v in used.items() if k in _NAMES and v is not None}
    return FACTS.validate_python(known | {_LINES: lines})


def word_of(row: LeadFactRow) -> Told:
    """An entry of the log as a word on a fact."""
    kind = SourceKind(row.kind) if row.kind else kind_of(row.source)
    return Told(row.fact, row.value, kind, row.source, row.as_of or row.learnt_at, row.told_by)


def merged(known: LeadFacts, used: Mapping[str, Any]) -> LeadFacts:
    """The record with the values that are used of some facts put in."""
    lines = {line.line.casefold(): line for line in known.line_stages}
    new = {k: v for k, v in used.items() if k in _NAMES}
    for name, value in used.items():
        if name.startswith(LINE_STAGE):
            lines[name.removeprefix(LINE_STAGE)] = _LINE.validate_python(value)
    stages = [as_json(LeadFacts(line_stages=(lines[k],)))[_LINES][0] for k in sorted(lines)]
    return FACTS.validate_python(as_json(known) | new | {_LINES: stages})
