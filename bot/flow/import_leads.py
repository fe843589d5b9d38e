"""Importing leads and history from CSV: bad lines are reported, good ones kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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
from knowledge.csv_tables import read_table
from knowledge.errors import BadInput
from knowledge.fact_trust import Source, SourceKind
from knowledge.leads import HistoryEntry
from knowledge.mail_address import is_mail

M = TypeVar("M", bound=BaseModel)

RELATIVE_DAYS = {
    "contact_after_days": ("contact_after", 1),
    "account_touched_days_ago": ("account_touched_on", -1),
    "days_ago": ("on", -1),
}
"""Columns counted from today, so that a sample never grows old, and the date each stands for."""


@dataclass
class Imported:
    """What became of the lines; `rejected` holds (file, line number, reason).

    So does `left_out`, of lines that were taken in but for a cell.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    history: int = 0
    rejected: list[tuple[str, int, str]] = field(default_factory=list)
    left_out: list[tuple[str, int, str]] = field(default_factory=list)


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
    seen: dict[str, tuple[int, dict[str, str]]] = {}
    for number, row in _rows(file, {"id", "email", "name"}, outcome):
        told = (file.name, number)
        if row.get("email") and not is_mail(row["email"]):
            wrong = row.pop("email")[:40]
            outcome.left_out.append((*told, f"'email' is '{wrong}', which is no mail address"))
        try:
            lead_id = _lead_id(row)
            facts = _checked(FactsLine, _dated(row, today)).facts()
            if twice := _told_twice(lead_id, row, seen, number):
                outcome.left_out.append((*told, twice))
            yield Incoming(lead_id, facts=facts, where=str(number))
        except BadInput as refusal:
            outcome.rejected.append((file.name, number, str(refusal)))


def _told_twice(
    lead_id: str, row: dict[str, str], seen: dict[str, tuple[int, dict[str, str]]], number: int
) -> str:
    """What to say of a line whose lead stands in the file before, or nothing."""
    first, before = seen.get(lead_id, (0, {}))
    seen[lead_id] = (first or number, {**before, **{k: v for k, v in row.items() if v}})
    if not first:
        return ""
    otherwise = [k for k, v in row.items() if v and before.get(k, v) != v]
    later = f"; the later line counts for: {', '.join(otherwise)}" if otherwise else ""
    return f"it names the same lead as line {first}{later}"


def import_history(
    file: Path,
    tools: Tools,
    outcome: Imported,
    by: str,
    *,
    also: Collection[str] = (),
    dry: bool = False,
) -> None:
    """Bring in what happened: each line names a lead on record, or one of `also`."""
    today = team_date(tools.clock, tools.settings.time_zone)
    known = {lead_id for lead_id, *_ in tools.leads.names()} | set(also)
    entries: dict[str, list[HistoryEntry]] = {}
    for number, row in _rows(file, {"lead_id"}, outcome):
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
    outcome.history += take_in(acts, tools, source, by, dry=dry).acts


def _checked(form: type[M], row: dict[str, str]) -> M:
    try:
        return form.model_validate(row)
    except ValidationError as wrong:
        raise BadInput(first_problem(wrong)) from None


def _refuse_stranger(lead_id: str, known: set[str]) -> None:
    if lead_id not in known:
        raise BadInput(f"there is no lead '{lead_id[:60]}'")


def _rows(file: Path, one_of: set[str], outcome: Imported) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines by column in small letters; those that cannot be read are noted in `outcome`."""
    table = read_table(file.name, bytes_of(file))
    columns = [c.lower() for c in table.columns]
    if not one_of & set(columns):
        raise BadInput(
            f"{file} has none of the columns {', '.join(sorted(one_of))}; "
            "its first line must name the columns."
        )
    outcome.rejected += [(file.name, number, reason) for number, reason in table.bad]
    for row in table.rows:
        yield row.number, {k: c.strip() for k, c in zip(columns, row.cells, strict=True)}


def bytes_of(file: Path) -> bytes:
    """What a file holds; `BadInput` for one that cannot be read."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise BadInput(f"There is no file {file}.") from None
    except OSError as refused:
        raise BadInput(f"{file} cannot be read: {refused.strerror}.") from None


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
