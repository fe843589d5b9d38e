"""How the text of a suggestion was written anew, and putting such a text in place."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from knowledge.errors import BadInput
from knowledge.touch import CheckReport, Draft, Wish
from storage.tables import SuggestionRow, SuggestionTextRow


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The draft in force apart from its words; `keys` are the events that asked for one anew.

    `typed` is the text of a person that the latest one took the place of, or empty.
    """

    channel: str
    source: str
    note: str
    wishes: tuple[Wish, ...]
    keys: tuple[str, ...] = ()
    typed: str = ""


_KEPT = TypeAdapter(Rewritten)
_CHECKS = TypeAdapter(CheckReport)


def rewritten(texts: SuggestionTextRow | None) -> Rewritten | None:
    """What is kept of it; None for a text that is as it was made or typed."""
    return _KEPT.validate_python(texts.rewritten) if texts and texts.rewritten else None


def put_in_place(
    row: SuggestionRow, texts: SuggestionTextRow | None, draft: Draft, wish: Wish, key: str
) -> None:
    """Set the two rows to a draft that was written anew: nobody's edit, not decided."""
    if texts is None:
        raise BadInput("The texts of this suggestion were erased along with its lead.")
    before = rewritten(texts) or Rewritten("", "", "", ())
    anew = Rewritten(
        channel=draft.channel,
        source=draft.source,
        note=draft.note,
        wishes=(*before.wishes, wish),
        keys=(*before.keys, key) if key else before.keys,
        typed=f"{texts.subject or ''}\n\n{texts.body or ''}".strip() if row.edits else "",
    )
    texts.subject, texts.body = draft.subject, draft.body
    texts.checks = _CHECKS.dump_python(draft.checks, mode="json")
    texts.rewritten = _KEPT.dump_python(anew, mode="json")
    texts.kept_reason = None
    row.state, row.edits = "pending", 0
    row.edited_by = row.edited_at = None
