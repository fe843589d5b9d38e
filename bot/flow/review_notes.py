"""Flags, comments and answers: who may write them, and on what (M57)."""

from __future__ import annotations

from bot.flow.permitting import require
from bot.flow.tools import Tools
from knowledge.errors import BadInput
from knowledge.review import NoteAbout, NoteKind, ReviewNote
from knowledge.roles import Act
from storage.review_notes import ReviewNotes
from storage.stored_suggestion import StoredSuggestion

ERASED = "The words of this suggestion were erased along with its lead."


def notes(tools: Tools) -> ReviewNotes:
    """The kept notes."""
    return ReviewNotes(tools.db, tools.audit, tools.clock)


def to_review(suggestion_id: str, user: str, tools: Tools) -> StoredSuggestion:
    """The suggestion, if this person may flag it; `NotAllowed`, `NotFound`, `BadInput`."""
    require(user, Act.REVIEW_TOUCHES, tools, about=suggestion_id)
    stored = tools.suggestions.get(suggestion_id)
    if stored.erased:
        raise BadInput(ERASED)
    return stored


def to_answer(note_id: str, user: str, tools: Tools) -> ReviewNote:
    """The note, if this person may answer it: whom it is for, and whoever wrote it."""
    note = notes(tools).get(note_id)
    if user not in {note.to, note.by}:
        require(user, Act.REVIEW_TOUCHES, tools, about=note.suggestion_id)
    if tools.suggestions.get(note.suggestion_id).erased:
        raise BadInput(ERASED)
    return note


def write(
    note_id: str,
    suggestion_id: str,
    kind: NoteKind,
    about: NoteAbout,
    user: str,
    *,
    text: str,
    tools: Tools,
) -> ReviewNote:
    """Flag or comment on a suggestion; once for each id."""
    require(user, Act.REVIEW_TOUCHES, tools, about=suggestion_id)
    return notes(tools).write(note_id, suggestion_id, kind, about, user, text=text)


def answer(note_id: str, to_note: str, user: str, text: str, tools: Tools) -> ReviewNote:
    """Answer a note; once for each id."""
    to_answer(to_note, user, tools)
    return notes(tools).answer(note_id, to_note, user, text)


def settle(note_id: str, user: str, tools: Tools) -> ReviewNote:
    """Close a flag; `NotAllowed`."""
    require(user, Act.REVIEW_TOUCHES, tools, about=notes(tools).get(note_id).suggestion_id)
    return notes(tools).settle(note_id, user)
