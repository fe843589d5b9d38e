"""A suggestion as a row of an export: cells that no spreadsheet runs as a formula."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from knowledge.spreadsheets import inert
from storage.suggestions import SuggestionRecord

COLUMNS = tuple(f.name for f in fields(SuggestionRecord))
_BETWEEN = "; "


def cells(record: SuggestionRecord) -> list[str]:
    """The cells of a row, in the order of `COLUMNS`."""
    told = asdict(record)
    return [cell(told[name]) for name in COLUMNS]


def cell(value: Any) -> str:
    """A value as an inert cell; each part of a list is made inert too, for it may be split."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return _BETWEEN.join(inert(str(part)) for part in value)
    return inert(str(value))
