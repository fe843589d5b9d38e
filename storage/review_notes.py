"""Flags, comments and answers on suggestions: kept once, audited by marks, told once (M57).

Their words lie in a table of their own, which is erased with the lead.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, select

from knowledge.assets import is_slack_user
from knowledge.clock import Clock
from knowledge.errors import BadInput, NotFound
from knowledge.review import NoteAbout, NoteKind, ReviewNote, Verdict
from storage import notices
from storage.audit import Audit
from storage.database import Database
from storage.salts import salt_owner, salted
from storage.tables import SuggestionRow, SuggestionTextRow
from storage.tables_review import ReviewNoteRow, ReviewSampleRow, ReviewTextRow

NOTED = "review_note"
"""The notice that tells somebody of a note; it holds the note's id alone."""


class ReviewNotes:
    """Notes by id; a suggestion itself is never changed here."""

    def __init__(self, db: Database, audit: Audit, clock: Clock) -> None:
        self._db = db
        self._audit = audit
        self._clock = clock

    def write(
        self,
        note_id: str,
        suggestion_id: str,
        kind: NoteKind,
        about: NoteAbout,
        by: str,
        *,
        text: str,
    ) -> ReviewNote:
        """Flag or comment on a suggestion, and tell the rep who asked for it; once for each id.

        A flag marks the suggestion as flagged in every sample it waits in. `NotFound`; `BadInput`
        when the words about its lead were erased.
        """
        with self._db.write() as session:
            if (known := session.get(ReviewNoteRow, note_id)) is not None:
                return _note(session, known)
            row = _suggestion(session, suggestion_id)
            made = ReviewNoteRow(
                id=note_id, suggestion_id=row.id, kind=kind.value, about=about.value, by=by,
                to=row.asked_by or "", at=self._clock.now(),
            )  # fmt: skip
            if kind is NoteKind.FLAG:
                self._flag_samples(session, row.id, by)
            return self._keep(session, row, made, text)

    def answer(self, note_id: str, to_note: str, by: str, text: str) -> ReviewNote:
        """Answer a flag or a comment, and tell whoever wrote it; once for each id."""
        with self._db.write() as session:
            if (known := session.get(ReviewNoteRow, note_id)) is not None:
                return _note(session, known)
            asked = _row(session, to_note)
            row = _suggestion(session, asked.suggestion_id)
            made = ReviewNoteRow(
                id=note_id, suggestion_id=row.id, kind=NoteKind.ANSWER.value, about=asked.about,
                by=by, to=asked.by, at=self._clock.now(), answers=asked.answers or asked.id,
            )  # fmt: skip
            return self._keep(session, row, made, text)

    def settle(self, note_id: str, by: str) -> ReviewNote:
        """Say that a flag is dealt with; settled again, it is as before."""
        with self._db.write() as session:
            row = _row(session, note_id)
            if row.kind != NoteKind.FLAG.value:
                raise BadInput("Only a flag is settled; a comment asks for nothing.")
            if row.settled_at is None:
                row.settled_by, row.settled_at = by, self._clock.now()
                session.add(row)
                self._audit.append(
                    session, "review.settled", row.suggestion_id, by, {"note": row.id}
                )
            return _note(session, row)

    def get(self, note_id: str) -> ReviewNote:
        """The note with this id; `NotFound` when there is none."""
        with self._db.read() as session:
            return _note(session, _row(session, note_id))

    def of(self, suggestion_id: str) -> tuple[ReviewNote, ...]:
        """Every note on a suggestion, oldest first."""
        query = (
            select(ReviewNoteRow)
            .where(ReviewNoteRow.suggestion_id == suggestion_id)
            .order_by(col(ReviewNoteRow.at), col(ReviewNoteRow.id))
        )
        with self._db.read() as session:
            return tuple(_notes(session, session.exec(query).all()))

    def open_flags(self, most: int) -> tuple[tuple[ReviewNote, ...], int]:
        """The open flags, the latest first, `most` of them, and how many there are."""
        asked = (ReviewNoteRow.kind == NoteKind.FLAG.value, col(ReviewNoteRow.settled_at).is_(None))
        query = select(ReviewNoteRow).where(*asked).order_by(col(ReviewNoteRow.at).desc())
        with self._db.read() as session:
            rows = session.exec(query).all()
            return tuple(_notes(session, rows[:most])), len(rows)

    def answers_to(self, note_ids: Iterable[str]) -> dict[str, tuple[ReviewNote, ...]]:
        """By note, the answers to it, oldest first."""
        query = (
            select(ReviewNoteRow)
            .where(col(ReviewNoteRow.answers).in_([i for i in note_ids if i]))
            .order_by(col(ReviewNoteRow.at), col(ReviewNoteRow.id))
        )
        found: dict[str, tuple[ReviewNote, ...]] = {}
        with self._db.read() as session:
            for note in _notes(session, session.exec(query).all()):
                found[note.answers] = (*found.get(note.answers, ()), note)
        return found

    def _keep(
        self, session: Session, row: SuggestionRow, made: ReviewNoteRow, text: str
    ) -> ReviewNote:
        session.add(made)
        session.flush()
        session.add(ReviewTextRow(
            note_id=made.id, suggestion_id=row.id, lead_id=row.lead_id, text=text,
        ))  # fmt: skip
        owner = salt_owner(row.lead_id, row.id)
        data = {
            "note": made.id,
            "about": made.about,
            "to": made.to,
            "answers": made.answers or None,
            "text": salted(session, owner, text),
        }
        self._audit.append(session, f"review.{_DONE[made.kind]}", row.id, made.by, data)
        if is_slack_user(made.to) and made.to != made.by:
            notices.leave(
                session, f"notice:note:{made.id}", NOTED, self._clock.now(), to=made.to,
                about=made.id, lane=f"note:{row.id}",
            )  # fmt: skip
        session.flush()
        return _note(session, made)

    def _flag_samples(self, session: Session, suggestion_id: str, by: str) -> None:
        query = select(ReviewSampleRow).where(
            ReviewSampleRow.suggestion_id == suggestion_id, ReviewSampleRow.verdict == ""
        )
        for row in session.exec(query):
            row.verdict, row.judged_by = Verdict.FLAGGED.value, by
            row.judged_at = self._clock.now()
            session.add(row)


_DONE = {"flag": "flagged", "comment": "commented", "answer": "answered"}


def _suggestion(session: Session, suggestion_id: str) -> SuggestionRow:
    row = session.get(SuggestionRow, suggestion_id)
    if row is None:
        raise NotFound(f"There is no suggestion '{suggestion_id[:80]}'; ask for the list again.")
    if session.get(SuggestionTextRow, suggestion_id) is None:
        raise BadInput("The words of this suggestion were erased along with its lead.")
    return row


def _row(session: Session, note_id: str) -> ReviewNoteRow:
    row = session.get(ReviewNoteRow, note_id)
    if row is None:
        raise NotFound(f"There is no note '{note_id[:80]}'; ask for the list again.")
    return row


def _note(session: Session, row: ReviewNoteRow) -> ReviewNote:
    return _notes(session, [row])[0]


def _notes(session: Session, rows: Iterable[ReviewNoteRow]) -> list[ReviewNote]:
    held = list(rows)
    query = select(ReviewTextRow).where(col(ReviewTextRow.note_id).in_([r.id for r in held]))
    texts = {t.note_id: t.text for t in session.exec(query)}
    return [
        ReviewNote(
            r.id, r.suggestion_id, NoteKind(r.kind), NoteAbout(r.about), r.by, r.to, r.at,
            texts.get(r.id, ""), r.answers, r.settled_by, r.settled_at,
        )
        for r in held
    ]  # fmt: skip
