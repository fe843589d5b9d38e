"""A mapping that was confirmed, as a TOML file: kept, read again, corrected by hand."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from knowledge.errors import BadInput
from knowledge.lead_columns import BY_NAME
from knowledge.lead_mapping import Column, LeadMapping, TableKind, TableMapping

_DAYS = frozenset({"", "dmy", "mdy", "ymd"})


def written(mapping: LeadMapping) -> str:
    """The mapping as TOML, with the reasons as comments."""
    lines = ["# How the columns of these files map to lead records; see docs/leads.md."]
    for table in mapping:
        name = json.dumps(table.name)
        lines += ["", f"[tables.{name}]", f"kind = {json.dumps(table.kind.value)}"]
        lines += ["", f"[tables.{name}.columns]"]
        for c in table.columns:
            told = f"{c.field}@{c.days}" if c.days else c.field
            lines.append(f"{json.dumps(c.name)} = {json.dumps(told)}  # {c.why}")
        for c in table.columns:
            if c.field and c.values:
                lines += ["", f"[tables.{name}.values.{json.dumps(c.name)}]"]
                lines += [f"{json.dumps(v)} = {json.dumps(ours)}" for v, ours in c.values.items()]
    return "\n".join(lines) + "\n"


def with_file(mapping: LeadMapping, file: Path) -> LeadMapping:
    """The proposal with what a mapping file says in its place; `BadInput` says what is wrong."""
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"There is no mapping file {file}.") from None
    except OSError as refused:
        raise BadInput(f"{file} cannot be read: {refused.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise BadInput(f"{file} is not valid TOML: {wrong}.") from None
    tables = told.get("tables")
    if not isinstance(tables, dict):
        raise BadInput(f"{file} has no tables; --save-mapping writes one to begin with.")
    return tuple(_with(table, _meant(table, tables, len(mapping)), file) for table in mapping)


def as_json(mapping: LeadMapping) -> dict[str, Any]:
    """What a person may have changed of a mapping, in JSON terms."""
    return {
        m.name: {
            "kind": m.kind.value,
            "columns": {c.name: f"{c.field}@{c.days}" if c.days else c.field for c in m.columns},
            "values": {c.name: dict(c.values) for c in m.columns if c.values},
        }
        for m in mapping
    }


def with_json(mapping: LeadMapping, told: Mapping[str, Any]) -> LeadMapping:
    """The proposal with what `as_json` kept in its place."""
    return tuple(_with(m, told.get(m.name), Path("the mapping")) for m in mapping)


def _meant(table: TableMapping, tables: Mapping[str, Any], count: int) -> Any:
    """The entry of that name; for one file also the only entry, since exports are dated."""
    if table.name in tables:
        return tables[table.name]
    names = {c.name for c in table.columns}
    alike = [
        t for t in tables.values() if isinstance(t, dict) and set(t.get("columns", {})) == names
    ]
    return (
        alike[0] if alike else (next(iter(tables.values())) if len(tables) == count == 1 else None)
    )


def _with(table: TableMapping, told: Any, file: Path) -> TableMapping:
    if not isinstance(told, dict):
        return table
    columns, values = told.get("columns", {}), told.get("values", {})
    made = [_column(c, columns.get(c.name), values.get(c.name), file) for c in table.columns]
    try:
        kind = TableKind(told.get("kind", table.kind.value))
    except ValueError:
        kinds = ", ".join(TableKind)
        raise BadInput(f"{file}: a file's kind is one of: {kinds}.") from None
    return replace(table, kind=kind, columns=tuple(made))


def _column(column: Column, told: Any, values: Any, file: Path) -> Column:
    if told is None:
        return column
    if not isinstance(told, str):
        raise BadInput(f"{file}: column '{column.name}' must be a field in quotes.")
    field, _, days = told.partition("@")
    if (field and field not in BY_NAME) or days not in _DAYS:
        raise BadInput(
            f"{file}: column '{column.name}' is '{told[:40]}'; use one of: {', '.join(BY_NAME)}."
        )
    meant = dict(column.values)
    if isinstance(values, dict):
        meant |= {str(k): str(v) for k, v in values.items()}
    why = column.why if field == column.field else "as the mapping says"
    return replace(column, field=field, days=days, values=meant, why=why, sure=True)
