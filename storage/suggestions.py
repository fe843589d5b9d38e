"""Suggestions: stored as shown, decided once, audited with every change (M56)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from knowledge.clock import Clock
from knowledge.errors import BadInput, NotFound
from knowledge.journey import Stage
from knowledge.leads import HistoryEntry
from knowledge.touch import CheckReport, Draft, Suggestion, Wish
from storage import stage_moves, suggestion_audit
from storage.audit import Audit
from storage.database import Database
from storage.emptying import empty, note_erasure
from storage.erasure import Erasure, erase_suggestion
from storage.new_suggestion import rows_of
from storage.presence import require_in_use, require_lead
from storage.rewritten import put_in_place, rewritten
from storage.snapshot import CHECKS, StoredAsset
from storage.stored_suggestion import StoredSuggestion, restore, text_hash
from storage.suggestion_record import SuggestionRecord, record
from storage.tables import SuggestionRow, SuggestionTextRow, TouchOutcomeRow
from storage.touch_checks import note_checks
from storage.touches import snoozed_until, touches_of

_OPEN = frozenset({"pending", "edited"})
_DONE_WORDS = {
    "approved": "approved",
    "replaced": "replaced by another one",
    "snoozed": "put off",
    "withdrawn": "withdrawn, since its piece is no longer in use or nobody decided it",
}


class Suggestions:
    """Suggestions by id; every method that changes one returns it as it is afterwards."""

    def __init__(self, db: Database, audit: Audit, clock: Clock) -> None:
        self._db = db
        self._audit = audit
        self._clock = clock

    def save(self, suggestion: Suggestion) -> StoredSuggestion:
        """Store a new suggestion; what may speak of the lead goes to the erasable side table.

        `NotFound` when its lead is not on record (any more): nothing about it may be kept then;
        `BadInput` when its piece was taken out of use this moment.
        """
        lead_id = suggestion.profile.lead_id
        row, texts = rows_of(suggestion, self._clock.now())
        with self._db.write() as session:
            require_lead(session, lead_id)
            require_in_use(session, row.asset_id)
            moved = stage_moves.read_in(session, row)
            session.add(row)
            session.flush()
            session.add(texts)
            note_checks(session, texts)
            data = suggestion_audit.made(session, suggestion)
            self._audit.append(session, "suggestion.made", row.id, row.asked_by or "", data)
            stage_moves.note(session, self._audit, moved, row.asked_by or "")
            return restore(row, texts)

    def get(self, suggestion_id: str) -> StoredSuggestion:
        """The suggestion with this id; `NotFound` when there is none."""
        with self._db.read() as session:
            return restore(*_rows(session, suggestion_id))

    def approve(self, suggestion_id: str, by: str, text_hash: str) -> StoredSuggestion:
        """Approve exactly the text that `text_hash` names, once.

        `BadInput` when it is decided already, has no draft, or its text is another one by now.
        """

        def decide(row: SuggestionRow, texts: SuggestionTextRow | None) -> None:
            if texts is None or texts.body is None:
                raise BadInput("This suggestion has no draft to approve; ask for the next touch.")
            if text_hash != _hash_of(texts):
                raise BadInput(
                    "The draft was changed after this card was shown; read it again, then approve."
                )
            self._close(row, "approved", by)

        return self._change(suggestion_id, by, "suggestion.approved", decide)

    def edit(
        self,
        suggestion_id: str,
        by: str,
        subject: str,
        body: str,
        checks: CheckReport,
        *,
        reason: str = "",
    ) -> StoredSuggestion:
        """Put a new text in place; it waits for approval. `BadInput` when decided already.

        `reason` is why findings were left in, for the manager; `BadInput` for a binding one.
        """

        def decide(row: SuggestionRow, texts: SuggestionTextRow | None) -> None:
            if texts is None:
                raise BadInput("The texts of this suggestion were erased along with its lead.")
            if checks.binding:
                raise BadInput(checks.binding[0].why)
            texts.subject, texts.body = subject, body
            texts.checks = CHECKS.dump_python(checks, mode="json")
            texts.decision_reason = reason or None
            texts.kept_reason = reason if reason and checks.findings else None
            row.state, row.edits = "edited", row.edits + 1
            row.edited_by, row.edited_at = by, self._clock.now()

        return self._change(suggestion_id, by, "suggestion.edited", decide)

    def rewrite(
        self, suggestion_id: str, by: str, draft: Draft, wish: Wish, *, key: str = ""
    ) -> StoredSuggestion:
        """Put a draft that was written anew in place; `BadInput` when decided already.

        It is no edit: the text is ours again. `key` names the event that asked for it: a second
        run of it changes nothing.
        """
        if key and self.is_rewritten_for(suggestion_id, key):
            return self.get(suggestion_id)
        return self._change(
            suggestion_id,
            by,
            "suggestion.rewritten",
            lambda row, texts: put_in_place(row, texts, draft, wish, key),
        )

    def is_rewritten_for(self, suggestion_id: str, key: str) -> bool:
        """Whether a run of this event has put its draft in place already."""
        with self._db.read() as session:
            held = rewritten(_rows(session, suggestion_id)[1])
        return held is not None and key in held.keys

    def replace(
        self,
        suggestion_id: str,
        by: str,
        new_id: str | None = None,
        *,
        corrected: Stage | None = None,
    ) -> StoredSuggestion:
        """Turn it down for another one (`new_id`, when it is known). `BadInput` when decided.

        `corrected` is the stage that a person put in place of the one read (M33).
        """

        def decide(row: SuggestionRow, _: SuggestionTextRow | None) -> None:
            row.replaced_by = new_id
            row.stage_corrected = corrected.value if corrected else None
            self._close(row, "replaced", by)

        return self._change(suggestion_id, by, "suggestion.replaced", decide, also="withdrawn")

    def snooze(
        self, suggestion_id: str, by: str, until: date, reason: str = ""
    ) -> StoredSuggestion:
        """Put it off until a day. `BadInput` when decided already."""

        def decide(row: SuggestionRow, texts: SuggestionTextRow | None) -> None:
            row.snoozed_until = until
            if texts is not None and reason:
                texts.decision_reason = reason
            self._close(row, "snoozed", by)

        return self._change(suggestion_id, by, "suggestion.snoozed", decide)

    def erase_texts(self, suggestion_id: str, by: str) -> Erasure:
        """Erase the words of a suggestion whose lead is not on record: texts, facts, salt.

        The suggestion stays, without a word; its audit entries link to nobody. Erased again, it is
        as before. `NotFound`; `BadInput` when its lead is on record: erase the lead then.
        """
        with self._db.write() as session:
            row, texts = _rows(session, suggestion_id)
            if texts is None:
                return Erasure(0, 0, 0, 0, 0, log_emptied=True)
            if row.lead_id is not None:
                raise BadInput(
                    "This suggestion is about a lead on record; "
                    f"erase the lead with `trailguide leads erase {row.lead_id}`."
                )
            erasure = erase_suggestion(session, row, texts, self._clock.now())
            note_erasure(session)
            self._audit.append(session, "suggestion.erased", row.id, by, {})
        return replace(erasure, log_emptied=empty(self._db))

    def card_posted(self, suggestion_id: str, channel: str, ts: str) -> None:
        """Note where the card is, so that it can be brought up to date."""
        with self._db.write() as session:
            row, _ = _rows(session, suggestion_id)
            if (row.card_channel, row.card_ts) == (channel, ts):
                return
            row.card_channel, row.card_ts = channel, ts
            session.add(row)
            data = {"channel": channel, "ts": ts}
            self._audit.append(session, "suggestion.card_posted", row.id, "", data)

    def recent_bodies(self, lead_id: str, n: int = 3) -> list[str]:
        """The bodies of the lead's latest `n` drafts, newest first, as they stand now."""
        bodies = [texts.body for _, texts in self._all(lead_id) if texts and texts.body]
        return bodies[::-1][:n]

    def touches_of(self, lead_id: str, zone: str) -> tuple[HistoryEntry, ...]:
        """What the lead was sent by approval here, oldest first: each approved suggestion, once.

        The day is the one a person says it was sent on, else that of the approval in `zone` (an
        IANA name): a touch that is not counted would be followed too soon (M8) or sent twice (M44).
        """
        with self._db.read() as session:
            return touches_of(session, lead_id, zone)

    def snoozed_until(self, lead_id: str) -> date | None:
        """The day that the lead's last decision put it off to; None when that was another one.

        It may have passed by now.
        """
        with self._db.read() as session:
            return snoozed_until(session, lead_id)

    def rows(self) -> list[SuggestionRecord]:
        """Every suggestion as a manager's report shows it, oldest first."""
        with self._db.read() as session:
            came = {r.suggestion_id: r for r in session.exec(select(TouchOutcomeRow))}
        return [record(row, texts, came.get(row.id)) for row, texts in self._all()]

    def _all(
        self, lead_id: str | None = None
    ) -> list[tuple[SuggestionRow, SuggestionTextRow | None]]:
        query: Any = (
            select(SuggestionRow, SuggestionTextRow)
            .outerjoin(
                SuggestionTextRow, col(SuggestionTextRow.suggestion_id) == col(SuggestionRow.id)
            )
            .order_by(col(SuggestionRow.created_at), col(SuggestionRow.id))
        )
        if lead_id is not None:
            query = query.where(SuggestionRow.lead_id == lead_id)
        with self._db.read() as session:
            return [(row, texts) for row, texts in session.exec(query)]

    def _close(self, row: SuggestionRow, state: str, by: str) -> None:
        row.state, row.decided_by, row.decided_at = state, by, self._clock.now()

    def _change(
        self,
        suggestion_id: str,
        by: str,
        kind: str,
        decide: Callable[[SuggestionRow, SuggestionTextRow | None], None],
        *,
        also: str = "",
    ) -> StoredSuggestion:
        """Change a suggestion that is open, or in the state `also`, and audit it at once."""
        with self._db.write() as session:
            row, texts = _rows(session, suggestion_id)
            if row.state not in {*_OPEN, also}:
                when = f" on {row.decided_at:%Y-%m-%d}" if row.decided_at else ""
                raise BadInput(
                    f"This suggestion was {_DONE_WORDS[row.state]}{when} already; "
                    "ask for the next touch to get a new one."
                )
            decide(row, texts)
            session.add(row)
            if texts is not None:
                session.add(texts)
            note_checks(session, texts)
            session.flush()
            after = restore(row, texts)
            data = suggestion_audit.changed(session, after)
            self._audit.append(session, kind, row.id, by, data)
            return after


def _rows(session: Session, suggestion_id: str) -> tuple[SuggestionRow, SuggestionTextRow | None]:
    row = session.get(SuggestionRow, suggestion_id)
    if row is None:
        raise NotFound(f"There is no suggestion '{suggestion_id[:80]}'; ask for the next touch.")
    return row, session.get(SuggestionTextRow, suggestion_id)


def _hash_of(texts: SuggestionTextRow) -> str:
    return text_hash(texts.subject or "", texts.body or "")


__all__ = [
    "StoredAsset",
    "StoredSuggestion",
    "SuggestionRecord",
    "Suggestions",
    "text_hash",
]
