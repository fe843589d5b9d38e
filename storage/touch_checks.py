"""Which rules find something in a suggestion's text, kept beside it so that lists can ask in SQL.

The findings themselves quote the text and lie with it; here are the rules' names alone.
"""

from __future__ import annotations

from sqlmodel import Session, col, delete, select

from storage.tables import SuggestionTextRow
from storage.tables_review import TouchCheckRow


def note_checks(session: Session, texts: SuggestionTextRow | None) -> None:
    """Bring the rules in line with the text in force; an erased text leaves them as they are."""
    if texts is None:
        return
    wanted = rules_found(texts)
    query = select(TouchCheckRow).where(TouchCheckRow.suggestion_id == texts.suggestion_id)
    if {row.rule: row.kept for row in session.exec(query)} == wanted:
        return
    session.exec(
        delete(TouchCheckRow).where(col(TouchCheckRow.suggestion_id) == texts.suggestion_id)
    )
    session.add_all(check_rows(texts))


def check_rows(texts: SuggestionTextRow) -> list[TouchCheckRow]:
    """The rows of a text, for whoever stores many suggestions at once."""
    found = rules_found(texts)
    return [
        TouchCheckRow(suggestion_id=texts.suggestion_id, rule=r, kept=k) for r, k in found.items()
    ]


def rules_found(texts: SuggestionTextRow) -> dict[str, bool]:
    """By rule that finds something in the text, whether its editor kept that."""
    findings = (texts.checks or {}).get("findings") or ()
    return {str(f["rule"]): bool(texts.kept_reason) for f in findings}
