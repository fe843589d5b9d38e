"""Imports as JSON forms and as tables of the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.views import words_importing as words
from storage.import_records import REJECTED, Became, ImportRecord

SHOWN = 60
"""Characters of the sources in the list; `library imports ID` shows them whole."""


def import_form(record: ImportRecord, rejected: Sequence[Became] | None = None) -> dict[str, Any]:
    """An import as JSON; with `rejected` also what was rejected and why."""
    form: dict[str, Any] = {
        "import": record.id,
        "sources": list(record.sources),
        "options": dict(record.options),
        "by": record.by,
        "planned_at": record.planned_at.isoformat(),
        "state": _state(record),
        "for_bot": record.for_bot,
        "total": record.total,
        "left": record.left,
        **{n: record.counts.get(n, 0) for n in ("added", "updated", "unchanged", REJECTED)},
    }
    if rejected is not None:
        form["reasons"] = [{"source": r.location, "reason": r.reason} for r in rejected]
    return form


ID_WIDTH = 15
"""Characters of an import's id."""


def print_imports(records: Sequence[ImportRecord]) -> None:
    """The imports as a table, the latest first."""
    table = Table(box=None)
    for name in ("import", "planned", "state", "tried", "left", "rejected"):
        # The id is what one types next: a narrow terminal may cut anything but it.
        table.add_column(name, no_wrap=True, min_width=ID_WIDTH if name == "import" else None)
    table.add_column("sources", no_wrap=True)
    for record in records:
        named = ", ".join(record.sources)
        table.add_row(
            record.id,
            f"{record.planned_at:%Y-%m-%d %H:%M}",
            _state(record),
            str(record.total - record.left),
            str(record.left),
            str(record.counts.get(REJECTED, 0)),
            Text(named if len(named) <= SHOWN else f"…{named[1 - SHOWN :]}"),
        )
    _console().print(table)


def print_import(record: ImportRecord, rejected: Sequence[Became]) -> None:
    """One import with the reasons of what was rejected."""
    print_imports([record])
    console = _console()
    for source in record.sources:
        console.print(Text(f"  from {source}"))
    for told in rejected:
        console.print(Text(f"  rejected: {told.location}: {told.reason}"))
    if rejected:
        console.print(Text(words.TRY_AGAIN.format(id=record.id)))


def _state(record: ImportRecord) -> str:
    return words.STATES.get(record.ended_because, record.ended_because)


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)
