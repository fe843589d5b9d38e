"""Marks of what was erased, and finding it again in an older copy of the database.

An erasure's audit entry is about a mark: the HMAC of the lead's id under the lead's own salt, which
was erased with it. So the mark alone leads to nobody. A copy from before the erasure still has the
salt, and there, and only there, the mark can be worked out again and compared.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from sqlmodel import col, select

from knowledge.errors import BadInput, StorageFailed
from storage.audit_texts import MERGED
from storage.database import Database
from storage.salts import mark_of
from storage.tables import AuditRow, LeadRow, SaltRow, SuggestionRow, SuggestionTextRow

LIST = "erasures.txt"
"""The list in the home folder; it may be copied anywhere."""
ERASED = ("lead.erased", "suggestion.erased")
LONGEST_LIST = 50_000_000
_MARK = re.compile(r"[A-Za-z0-9:._-]{1,100}")
_ABOUT = (
    "# What was erased here, one mark a line; a mark leads to nobody. Copy this file away from\n"
    "# the machine: `trailguide restore BACKUP --erasures FILE` erases the same again.\n"
)


def marks_in(db: Database) -> list[str]:
    """The marks of everything that the audit log says was erased, in the order of the log.

    A lead that was merged into an erased one is among them.
    """
    query = (
        select(AuditRow.kind, AuditRow.subject_id, AuditRow.data)
        .where(col(AuditRow.kind).in_((*ERASED, MERGED)))
        .order_by(col(AuditRow.seq).desc())
    )
    found: dict[str, None] = {}
    with db.read() as session:
        for kind, subject, data in session.exec(query):  # later ones first: merged, then erased
            if kind != MERGED:
                found[subject] = None
            elif subject in found:
                found[str(json.loads(data)["from"])] = None
    return list(found)[::-1]


def still_there(db: Database, marks: Collection[str]) -> tuple[list[str], list[str]]:
    """Leads, and suggestions about nobody on record, that these marks say were erased."""
    wanted = frozenset(marks)
    leads = select(LeadRow.id, SaltRow.salt).join(SaltRow, col(SaltRow.owner) == col(LeadRow.id))
    told = (
        select(SuggestionRow.id)
        .join(SuggestionTextRow, col(SuggestionTextRow.suggestion_id) == col(SuggestionRow.id))
        .where(col(SuggestionRow.lead_id).is_(None))
    )
    with db.read() as session:
        people = [id_ for id_, salt in session.exec(leads) if mark_of(salt, id_) in wanted]
        return people, [id_ for id_ in session.exec(told) if id_ in wanted]


def read_list(path: Path) -> list[str]:
    """The marks of a list; `BadInput` for a file that is none."""
    try:
        if path.stat().st_size > LONGEST_LIST:
            raise BadInput(_no_list(path))
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.") from None
    except (OSError, UnicodeDecodeError):
        raise BadInput(_no_list(path)) from None
    marks = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not all(_MARK.fullmatch(mark) for mark in marks):
        raise BadInput(_no_list(path))
    return marks


def keep_list(path: Path, marks: Iterable[str]) -> int:
    """Add marks to the list at `path`, which is replaced as a whole; returns how many it has."""
    known = dict.fromkeys([*(read_list(path) if path.exists() else ()), *marks])
    fresh = path.with_suffix(".new")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(_ABOUT + "".join(f"{mark}\n" for mark in known))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as refused:
        raise StorageFailed(f"{path} cannot be written: {refused.strerror}.") from None
    return len(known)


def _no_list(path: Path) -> str:
    return f"{path} is no list of erasures; it is the erasures.txt of a home folder."
