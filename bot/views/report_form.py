"""The report's figures as JSON."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from knowledge.report import Report
from knowledge.shares import Share


def report_form(report: Report) -> dict[str, Any]:
    """Every figure of the report; a share with its denominator and interval."""
    return {field.name: _form(getattr(report, field.name)) for field in fields(report)}


def _form(value: Any) -> Any:
    if isinstance(value, Share):
        low, high = value.interval or (None, None)
        return {
            "count": value.count,
            "of": value.of,
            "share": value.value,
            "low": low,
            "high": high,
        }
    if is_dataclass(value):
        return {field.name: _form(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_form(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
