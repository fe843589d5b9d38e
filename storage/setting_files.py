"""Changes of the team's setting files in the audit log: which file, by the hash of what it says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from sqlmodel import Session, col, select

from storage.audit import Audit
from storage.database import Database
from storage.tables import AuditRow

CHANGED = "setting.changed"


def note_setting_files(db: Database, audit: Audit, files: Mapping[str, bytes | None]) -> int:
    """Note each file whose text is another one than the log knows; returns how many.

    `files` holds what each says now by its name, None for one that is not there. A file that was
    never there is no news.
    """
    marks = {name: _mark(raw) for name, raw in files.items()}
    with db.read() as session:
        news = [name for name, mark in marks.items() if _last(session, name) != mark]
    if not news:
        return 0
    noted = 0
    with db.write() as session:
        for name in news:
            before = _last(session, name)
            if before != marks[name]:
                data = {"before": before, "now": marks[name]}
                audit.append(session, CHANGED, f"setting:{name}", "", data)
                noted += 1
    return noted


def _last(session: Session, name: str) -> str | None:
    """The hash of a file as it was last noted."""
    query = (
        select(AuditRow.data)
        .where(AuditRow.subject_id == f"setting:{name}", AuditRow.kind == CHANGED)
        .order_by(col(AuditRow.seq).desc())
        .limit(1)
    )
    held = session.exec(query).first()
    return json.loads(held)["now"] if held else None


def _mark(raw: bytes | None) -> str | None:
    return None if raw is None else hashlib.sha256(raw).hexdigest()[:32]
