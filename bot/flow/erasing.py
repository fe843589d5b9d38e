"""Erasing a lead everywhere: tables, job queue, logs, and what is left of them on the disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.flow.backup import keep_erasures
from bot.flow.permitting import require
from bot.flow.tools import Tools
from knowledge.errors import CrmFailed
from knowledge.roles import Act
from storage import crm_erased, crm_file
from storage.emptying import empty, is_to_empty, note
from storage.erasure import Erasure
from storage.jobs_store import empty_jobs, erase_from_jobs, says
from storage.person import signs_of_suggestion


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased; `left` names what other processes still hold, for the next chore."""

    tables: Erasure
    job_fields: int
    log_lines: int
    left: tuple[str, ...]


DATABASE_LOG, JOBS_FILE = "the database's log", "the queue's file"


def erase_lead(lead_id: str, by: str, tools: Tools) -> Erased:
    """Erase a lead for good; `NotFound`, `NotAllowed`.

    Queue and logs come first: once the lead is gone nobody knows what to look for there. So a run
    that fails half-way is done again whole.
    """
    require(by, Act.ERASE_LEAD, tools, about=lead_id)
    fields, lines = erase_lead_outside(tools, lead_id, tools.leads.signs(lead_id))
    tables = tools.leads.erase(lead_id, by)
    return Erased(tables, fields, lines, finish(tools))


def erase_words(suggestion_id: str, by: str, tools: Tools) -> Erased:
    """Erase the words of a suggestion whose lead is not on record, wherever they lie."""
    require(by, Act.ERASE_LEAD, tools, about=suggestion_id)
    on_record = tools.suggestions.get(suggestion_id).lead_id is not None  # refused below
    signs = frozenset() if on_record else signs_of_suggestion(tools.db, suggestion_id)
    fields, lines = erase_outside(tools, signs)
    return Erased(tools.suggestions.erase_texts(suggestion_id, by), fields, lines, finish(tools))


def erase_lead_outside(tools: Tools, lead_id: str, signs: frozenset[str]) -> tuple[int, int]:
    """The same of a lead on record, whose lines go from the file for a CRM too; `CrmFailed`.

    Whichever CRM is set now: the file of a former one still lies there.
    """
    folder = tools.settings.csv_folder
    try:
        crm_file.forget(folder, crm_erased.records_of(tools.db, lead_id))
    except OSError as refused:
        path = folder / crm_file.OURS
        raise CrmFailed(f"{path} cannot be written: {refused.strerror}.") from None
    return erase_outside(tools, signs)


def erase_outside(tools: Tools, signs: frozenset[str]) -> tuple[int, int]:
    """Erase from queue and logs what names a person; returns the fields and lines erased."""
    fields = erase_from_jobs(jobs_address(tools), signs, tools.settings.team)
    return fields, _erase_from_logs(tools.settings.home / "logs", signs)


def finish(tools: Tools) -> tuple[str, ...]:
    """Empty what erasures left on the disk; returns what other processes still hold."""
    keep_erasures(tools)
    left = []
    if not empty(tools.db):
        left.append(DATABASE_LOG)
    if not empty_jobs(jobs_address(tools)):
        left.append(JOBS_FILE)
        note(tools.db)
    return tuple(left)


def is_unfinished(tools: Tools) -> bool:
    """Whether traces of an erasure may be left on the disk."""
    return is_to_empty(tools.db)


def jobs_address(tools: Tools) -> str:
    """Where the job queue keeps its tables: beside ours on a server, else in a file at home."""
    url = tools.settings.database_url
    if url and not url.startswith("sqlite"):
        return url
    return f"sqlite:///{(tools.settings.house / 'jobs.db').absolute()}"


def _erase_from_logs(folder: Path, signs: frozenset[str]) -> int:
    """Take out lines of our logs that name the person; by design there are none."""
    erased = 0
    for path in sorted(folder.glob("*.log")) if folder.is_dir() else ():
        lines = path.read_text("utf-8", "replace").splitlines(keepends=True)
        kept = [line for line in lines if not says(line, signs)]
        if len(kept) < len(lines):
            path.write_text("".join(kept), "utf-8")
            erased += len(lines) - len(kept)
    return erased
