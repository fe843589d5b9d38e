"""Importing leads and history from CSV: bad lines are reported, good ones kept."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.flow.lead_intake import Incoming, Told, new_lead_id, take_in
from bot.flow.line_problems import first_problem
from bot.flow.lines import FactsLine, HistoryLine
from bot.flow.tools import Tools
from knowledge.clock import team_date
from knowledge.errors import BadInput
from knowledge.fact_trust import Source, SourceKind
from knowledge.leads import HistoryEntry

M = TypeVar("M", bound=BaseModel)

RELATIVE_DAYS = {
    "contact_after_days": ("contact_after", 1),
    "account_touched_days_ago": ("account_touched_on", -1),
    "days_ago": ("on", -1),
}
"""Columns counted from today, so that a sample never grows old, and the date each stands for."""


@dataclass
class Imported:
    """What became of the lines; `rejected` holds (line number, reason)."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    history: int = 0
    rejected: list[tuple[str, int, str]] = field(default_factory=list)


def import_leads(
    file: Path,
    history: Path | None,
    tools: Tools,
    *,
    by: str = "command line",
    told: Told | None = None,
) -> Imported:
    """Bring leads in; a second run changes nothing.

    A lead without an id gets one from its mail or name. History lines name a known lead.
    """
    outcome = Imported()
    today = team_date(tools.clock, tools.settings.time_zone)
    source = Source(SourceKind.FILE, f"import of {file.name}")
    taken = take_in(_incoming(file, today, outcome), tools, source, by, told=told)
    outcome.added, outcome.updated = taken.added, taken.updated
    outcome.unchanged = taken.unchanged
    if history is not None:
        import_history(history, tools, outcome, by)
    return outcome


def _incoming(file: Path, today: date, outcome: Imported) -> Iterator[Incoming]:
    """The good lines; the bad ones are noted in `outcome`."""
    for number, row in _rows(file, {"id", "email", "name"}):
        try:
            facts = _checked(FactsLine, _dated(row, today)).facts()
            yield Incoming(_lead_id(row), facts=facts, where=str(number))
        except BadInput as refusal:
            outcome.rejected.append((file.name, number, str(refusal)))


def import_history(file: Path, tools: Tools, outcome: Imported, by: str) -> None:
    """Bring in what happened: each line names a lead on record."""
    today = team_date(tools.clock, tools.settings.time_zone)
    known = {lead_id for lead_id, *_ in tools.leads.names()}
    entries: dict[str, list[HistoryEntry]] = {}
    for number, row in _rows(file, {"lead_id"}):
        lead_id = row.get("lead_id", "").strip()
        try:
            _refuse_stranger(lead_id, known)
            entries.setdefault(lead_id, []).append(
                _checked(HistoryLine, _dated(row, today)).entry()
            )
        except BadInput as refusal:
            outcome.rejected.append((file.name, number, str(refusal)))
    source = Source(SourceKind.FILE, f"import of {file.name}")
    acts = (Incoming(lead_id, acts=tuple(new)) for lead_id, new in entries.items())
    outcome.history += take_in(acts, tools, source, by).acts


def _checked(form: type[M], row: dict[str, str]) -> M:
    try:
        return form.model_validate(row)
    except ValidationError as wrong:
        raise BadInput(first_problem(wrong)) from None


def _refuse_stranger(lead_id: str, known: set[str]) -> None:
    if lead_id not in known:
        raise BadInput(f"there is no lead '{lead_id[:60]}'")


def _rows(file: Path, one_of: set[str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            columns = {(c or "").strip().lower() for c in reader.fieldnames or ()}
            if not columns & one_of:
                raise BadInput(
                    f"{file} has none of the columns {', '.join(sorted(one_of))}; "
                    "its first line must name the columns."
                )
            for row in reader:
                yield (
                    reader.line_num,
                    {
                        k.strip().lower(): (v or "").strip()
                        for k, v in row.items()
                        if isinstance(k, str) and not isinstance(v, list)
                    },
                )
    except FileNotFoundError:
        raise BadInput(f"There is no file {file}.") from None
    except OSError as refused:
        raise BadInput(f"{file} cannot be read: {refused.strerror}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise BadInput(
            f"{file} is not a CSV file in UTF-8; export it as CSV and try again."
        ) from None


def _lead_id(row: dict[str, str]) -> str:
    if row.get("id"):
        return row["id"]
    known_by = row.get("email") or row.get("name")
    if not known_by:
        raise BadInput("the line has neither id, email nor name")
    return new_lead_id(row.get("name"), row.get("email"))


def _dated(row: dict[str, str], today: date) -> dict[str, str]:
    dated = {k: v for k, v in row.items() if v and k not in RELATIVE_DAYS}
    for column, (name, sign) in RELATIVE_DAYS.items():
        if row.get(column):
            try:
                dated.setdefault(
                    name, (today + sign * timedelta(days=int(row[column]))).isoformat()
                )
            except (ValueError, OverflowError):
                raise BadInput(
                    f"'{column}' is '{row[column][:20]}'; it must be a number of days"
                ) from None
    return dated
