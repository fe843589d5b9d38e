"""How the files of another tool map to lead records: proposed, corrected, confirmed, kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made
from enum import StrEnum

from knowledge.errors import BadInput
from knowledge.lead_columns import BY_NAME


class TableKind(StrEnum):
    """What one line of a file is."""

    PEOPLE = "people"
    COMPANIES = "companies"
    DEALS = "deals"
    ACTS = "acts"
    PURCHASES = "purchases"
    ASIDE = "left aside"


@dataclass(frozen=True, slots=True)
class Column:
    """What a column stands for; no `field` where it is left out. `why` is a sentence for people.

    `days` is the order of day, month and year; `values` says what another tool's word means here,
    "" for one that means nothing.
    """

    name: str
    field: str = ""
    why: str = ""
    days: str = ""
    values: Mapping[str, str] = made(default_factory=dict)
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """A column whose values are the keys of another file."""

    column: str
    table: str
    key: str


@dataclass(frozen=True, slots=True)
class TableMapping:
    """One file: what a line is, its key if it has one, its columns and what they refer to."""

    name: str
    kind: TableKind
    columns: tuple[Column, ...]
    key: str = ""
    links: tuple[Link, ...] = ()
    act: str = ""

    def column_of(self, field_name: str) -> Column | None:
        """The column that stands for a field, if there is one."""
        return next((c for c in self.columns if c.field == field_name), None)

    @property
    def fields(self) -> frozenset[str]:
        """Every field that a column stands for."""
        return frozenset(c.field for c in self.columns if c.field)


LeadMapping = tuple[TableMapping, ...]


def corrected(mapping: LeadMapping, told: str) -> LeadMapping:
    """The mapping with `Column=field` put in, `file.csv:Column=field` for one file only.

    An empty field leaves the column out; `field:dmy` says how its days are written. `BadInput`
    names what there is.
    """
    left, named, right = told.partition("=")
    if not named:
        raise BadInput(f"--map takes Column=field, not '{told[:60]}'.")
    table, of_table, column = left.rpartition(":")
    wanted, _, days = right.strip().rpartition(":") if _ends_in_days(right) else (right, "", "")
    wanted = wanted.strip()
    if wanted and wanted not in BY_NAME:
        raise BadInput(
            f"There is no field '{wanted[:40]}'; use one of: {', '.join(BY_NAME)}, or nothing."
        )
    found, tables = False, []
    for one in mapping:
        columns = []
        for known in one.columns:
            ours = known.name.casefold() == column.strip().casefold()
            if ours and (not of_table or table.strip().casefold() == one.name.casefold()):
                found = True
                columns.append(replace(known, field=wanted, why="as you said", sure=True,
                                       days=days or known.days))  # fmt: skip
            elif wanted and known.field == wanted and ":" not in wanted and _has(one, column):
                columns.append(replace(known, field="", why=f"{column.strip()} is taken instead"))
            else:
                columns.append(known)
        tables.append(replace(one, columns=tuple(columns)))
    if not found:
        names = [c.name for one in mapping for c in one.columns]
        raise BadInput(f"There is no column '{left[:60]}'; there are: {', '.join(names)[:400]}.")
    return tuple(tables)


def _has(table: TableMapping, column: str) -> bool:
    return any(c.name.casefold() == column.strip().casefold() for c in table.columns)


def _ends_in_days(right: str) -> bool:
    return right.strip().rpartition(":")[2] in {"dmy", "mdy", "ymd"}
