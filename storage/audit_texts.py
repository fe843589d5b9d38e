"""Whether the texts and states of suggestions are those that the audit log marked last.

The log's own chain proves the log. What it says of a suggestion is a mark of the words and its
state; this walks the rows and finds one that was changed behind the log's back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from storage.audit_verify import AuditVerdict
from storage.salts import mark_of, salt_owner
from storage.tables import AuditRow, SaltRow, SuggestionRow, SuggestionTextRow

MERGED = "lead.merged"
MADE = "suggestion.made"
SENT = "suggestion.sent"
DECIDED = frozenset({
    "suggestion.edited", "suggestion.rewritten", "suggestion.approved", "suggestion.replaced",
    "suggestion.snoozed",
})  # fmt: skip


@dataclass
class _Last:
    """What the log said of one suggestion last; empty where it said nothing."""

    seq: int = 0
    lead: str = ""
    draft: str = ""
    original: str = ""
    sent: str = ""
    state: str = ""


@dataclass
class _Log:
    """What the log says of all suggestions, and the marks of leads that became another."""

    last: dict[str, _Last] = field(default_factory=dict)
    merged: set[str] = field(default_factory=set)

    def take(self, seq: int, kind: str, subject: str, told: str) -> None:
        """Heed one entry."""
        data: dict[str, Any] = json.loads(told)
        if kind == MERGED:
            self.merged.add(str(data.get("from")))
            return
        said = self.last.setdefault(subject, _Last())
        said.seq = seq
        if kind == SENT:
            said.sent = str(data.get("text") or "")
            return
        said.draft = _text(data.get("draft"))
        if kind == MADE:
            said.lead = str(data.get("lead") or "")
            said.original = said.draft
        else:
            said.state = str(data.get("state") or "")


class _Kept(NamedTuple):
    """A suggestion as it is on record; texts are subject and body."""

    id: str
    state: str
    salt: bytes | None
    draft: tuple[str | None, ...]
    original: tuple[str | None, ...]
    sent: tuple[str | None, ...]


def first_altered(session: Session, verdict: AuditVerdict) -> AuditVerdict:
    """The verdict on an intact log, or the same with the first suggestion that says otherwise.

    Texts whose salt was erased, or whose lead was merged into another, can prove nothing any more
    and are passed over.
    """
    log = _Log()
    for entry in _entries(session, (MADE, SENT, MERGED, *sorted(DECIDED))):
        log.take(*entry)
    for row in _rows(session):
        if why := _differs(row, log):
            seq = log.last[row.id].seq if row.id in log.last else None
            return replace(verdict, ok=False, first_bad=seq, bad_since=seq, why=why)
    return verdict


def _differs(row: _Kept, log: _Log) -> str:
    """What of a suggestion the log says otherwise, or nothing."""
    said = log.last.get(row.id)
    if said is None:
        return f"Suggestion {row.id} is on record, but the log does not know it."
    if said.state and row.state not in {said.state, "withdrawn"}:
        return f"Suggestion {row.id} is {row.state} on record, but the log says {said.state}."
    if not said.state and row.state == "approved":
        return f"Suggestion {row.id} is approved on record, but the log knows of no approval."
    if row.salt is None or said.lead in log.merged:
        return ""
    for name, marked, (subject, body) in (
        ("draft", said.draft, row.draft),
        ("first draft", said.original, row.original),
        ("text that was sent", said.sent, row.sent),
    ):
        if marked and body is not None and mark_of(row.salt, f"{subject}\x1f{body}") != marked:
            return f"The {name} of suggestion {row.id} is not the one that the log marked."
    return ""


def _text(draft: Any) -> str:
    return str(draft.get("text") or "") if isinstance(draft, dict) else ""


def _entries(session: Session, kinds: tuple[str, ...]) -> Iterator[tuple[int, str, str, str]]:
    asked = (
        select(AuditRow.seq, AuditRow.kind, AuditRow.subject_id, AuditRow.data)
        .where(col(AuditRow.kind).in_(kinds))
        .order_by(col(AuditRow.seq))
    )
    return iter(session.exec(asked))


def _rows(session: Session) -> Iterator[_Kept]:
    salts = {row.owner: row.salt for row in session.exec(select(SaltRow))}
    row: Any = SuggestionRow
    texts: Any = SuggestionTextRow
    # Columns, since the card of each would be read along with the row.
    asked: Any = (
        sa_select(
            row.id, row.lead_id, row.state, texts.subject, texts.body, texts.original_subject,
            texts.original_body, texts.sent_subject, texts.sent_body,
        )
        .join(texts, col(texts.suggestion_id) == col(row.id))
        .order_by(row.created_at, row.id)
    )  # fmt: skip
    for id_, lead, state, *words in session.execute(asked):
        salt = salts.get(salt_owner(lead, id_))
        yield _Kept(id_, state, salt, tuple(words[:2]), tuple(words[2:4]), tuple(words[4:]))
