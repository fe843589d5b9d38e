"""Many leads and suggestions written in one transaction, each with its audit entries.

The rows are those that the stores of one record make (`storage.leads`, `storage.suggestions`,
`storage.after_approval`); only the inserting is by thousands.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import func, insert, select
from sqlmodel import Session

from knowledge.assets import AssetStatus
from knowledge.clock import Clock
from knowledge.journey import Stage
from knowledge.leads import LeadFacts
from knowledge.outcomes import ACTS, Outcome, asset_of_act
from knowledge.touch import Suggestion
from storage import revision, stage_moves, suggestion_audit
from storage.bulk_audit import BulkAudit
from storage.new_suggestion import rows_of
from storage.outcomes import CORRECTION, SURE_STAGE
from storage.requests import plain_wording
from storage.salts import salted
from storage.stored_suggestion import StoredSuggestion
from storage.tables import (
    AssetRow,
    ContentMissRow,
    ContentRequestRow,
    LeadFactRow,
    LeadHistoryRow,
    LeadRow,
    SaltRow,
    SuggestionRow,
    SuggestionTextRow,
    TouchOutcomeRow,
)
from storage.tables_names import PersonNameRow
from storage.tables_review import TouchCheckRow
from storage.touch_checks import check_rows

AT_ONCE = 2000
"""Rows that wait for one insert; more would only take memory."""

_FACTS = TypeAdapter(LeadFacts)
_ORDER: tuple[Any, ...] = (
    PersonNameRow, LeadRow, LeadFactRow, LeadHistoryRow, SuggestionRow, SuggestionTextRow,
    TouchCheckRow, TouchOutcomeRow, ContentMissRow,
)  # fmt: skip
"""Parents before children."""


def is_empty(session: Session) -> bool:
    """Whether there is neither a lead nor a suggestion."""
    counts = (select(func.count()).select_from(row) for row in (LeadRow, SuggestionRow))
    return not any(session.execute(count).scalar_one() for count in counts)


class Bulk:
    """Collects rows and audit entries; `settle` writes what waits, in the caller's transaction.

    `clock` says when each thing happens; the caller moves it on.
    """

    def __init__(self, session: Session, audit: BulkAudit, clock: Clock) -> None:
        self._session = session
        self._audit = audit
        self._clock = clock
        self._rows: dict[Any, list[Any]] = {kind: [] for kind in _ORDER}
        self._told: set[tuple[str, str, str, date, str]] = set()
        self._requests: dict[tuple[str, str], int] = {}
        self._salts: list[SaltRow | None] = []
        self._stages: dict[str, list[tuple[datetime, Stage]]] = defaultdict(list)
        self._approved: dict[str, list[tuple[str, datetime]]] = defaultdict(list)

    def names(self, names: Mapping[str, str]) -> None:
        """Keep how people are called."""
        for user, name in names.items():
            self._add(PersonNameRow(slack_user=user, name=name, noted_at=self._clock.now()))

    def lead(self, lead_id: str, learnt: Sequence[tuple[datetime, str, str, LeadFacts]]) -> None:
        """A lead by what was learnt of it, oldest first: when, the source, by whom, which facts."""
        known, facts_told = LeadFacts(), []
        for at, source, by, facts in learnt:
            known = facts.over(known)
            facts_told += [
                LeadFactRow(
                    lead_id=lead_id, fact=fact, value=value, source=source, told_by=by,
                    learnt_at=at,
                )
                for fact, value in _FACTS.dump_python(facts, mode="json").items()
                if value not in (None, [], "")
            ]  # fmt: skip
        self._add(
            LeadRow(
                id=lead_id, name=known.name, email=known.email, company=known.company,
                facts=_FACTS.dump_python(known, mode="json"), added_at=learnt[0][0],
                updated_at=learnt[-1][0],
            )
        )  # fmt: skip
        for fact in facts_told:
            self._add(fact)
        salted(self._session, lead_id, lead_id)
        # Held, since a session forgets what nobody holds, and would ask for it at every mark.
        self._salts.append(self._session.get(SaltRow, lead_id))

    def act(self, lead_id: str, action: str, on: date, asset_id: str = "", note: str = "") -> bool:
        """Something that happened with a lead; False when that is on record already."""
        row = self._history(lead_id, action, on, asset_id, note)
        if row is not None:
            self._add(row)
        return row is not None

    def made(
        self, suggestion: Suggestion, row: Mapping[str, Any], texts: Mapping[str, Any]
    ) -> None:
        """A suggestion as it was made, with the columns that its decision changes later."""
        stored, words = rows_of(suggestion, self._clock.now())
        for name, value in row.items():
            setattr(stored, name, value)
        for name, value in texts.items():
            setattr(words, name, value)
        self._add(stored)
        self._add(words)
        for check in check_rows(words):
            self._add(check)
        data = suggestion_audit.made(self._session, suggestion)
        self._note("suggestion.made", stored.id, stored.asked_by or "", data)
        if stored.lead_id and stored.stage_confidence >= SURE_STAGE:
            stage = suggestion.stage.stage
            self._moved(stored.lead_id, stage, stage_moves.READ, stored.asked_by or "")

    def decided(self, verb: str, by: str, after: StoredSuggestion) -> None:
        """Audit a decision: edited, approved, replaced, snoozed."""
        data = suggestion_audit.changed(self._session, after)
        self._note(f"suggestion.{verb}", after.id, by, data)
        if after.state == "approved" and after.lead_id:
            self._approved[after.lead_id].append((after.id, self._clock.now()))

    def withdrawn(self, suggestion_id: str, asset_id: str, by: str, because: str) -> None:
        """Audit that a card was taken back with its piece."""
        data = {"asset": asset_id, "because": because}
        self._note("suggestion.withdrawn", suggestion_id, by, data)

    def sent(self, after: StoredSuggestion) -> None:
        """Audit that it was sent; `after.sent` says how."""
        by = after.sent.by if after.sent else ""
        self._note(
            "suggestion.sent", after.id, by, suggestion_audit.sent(self._session, after, None)
        )

    def came(
        self,
        touch: StoredSuggestion,
        by: str,
        outcome: tuple[Outcome, date, datetime] | None,
        helped: tuple[bool, datetime] | None,
    ) -> None:
        """What came of a touch; the outcome goes into the lead's history, too."""
        row = TouchOutcomeRow(suggestion_id=touch.id)
        asset_id = touch.asset.asset_id if touch.asset else ""
        if helped is not None:
            row.helped, row.answered_at, row.answered_by = *helped, by
        if outcome is not None:
            what, on, at = outcome
            row.outcome, row.outcome_on = what.value, on
            row.outcome_at, row.outcome_by = at, by
            entry = self._history(
                touch.lead_id or "", ACTS[what].value, on, asset_of_act(what, asset_id), ""
            )
            if entry is not None:
                self.settle(LeadRow)
                self._session.add(entry)
                self._session.flush()
                row.history_id = entry.id
        self._add(row)

    def told(self, suggestion_id: str, by: str, asset_id: str, what: Outcome, on: date) -> None:
        """Audit what a rep said came of a touch."""
        data = {
            "asset": asset_id, "outcome": what.value, "on": on.isoformat(), "note": None,
            "before": None,
        }  # fmt: skip
        self._note("suggestion.outcome", suggestion_id, by, data)

    def answered(self, suggestion_id: str, by: str, asset_id: str, *, helped: bool) -> None:
        """Audit whether a piece helped."""
        data = {"asset": asset_id, "helped": helped, "before": None}
        self._note("suggestion.answered", suggestion_id, by, data)

    def corrected(self, lead_id: str, by: str, before: Stage | None, after: Stage) -> None:
        """Audit a stage that a rep set; the fact itself is among those of `lead`."""
        mark = salted(self._session, lead_id, lead_id)
        data = {"lead": mark, "from": before.value if before else None, "to": after.value}
        self._note("lead.stage_corrected", mark, by, data)
        self._moved(lead_id, after, CORRECTION, by)

    def missed(
        self, key: str, question: str, stage: Stage, lead: tuple[str, str | None, str]
    ) -> None:
        """Count a question that nothing answers; `lead` is its id, its persona and who asked."""
        lead_id, persona, by = lead
        mark = hashlib.sha256(plain_wording(question).encode()).hexdigest()
        if (mark, stage.value) not in self._requests:
            request = ContentRequestRow(wording_hash=mark, stage=stage.value)
            self._session.add(request)
            self._session.flush()
            self._requests[mark, stage.value] = request.id or 0
        self._add(
            ContentMissRow(
                request_id=self._requests[mark, stage.value], ask_key=key, wording=question,
                asked_by=by, lead_id=lead_id, persona=persona, missed_at=self._clock.now(),
            )
        )  # fmt: skip

    def retired(self, asset_id: str, by: str) -> None:
        """Take a piece out of use."""
        row = self._session.get(AssetRow, asset_id)
        if row is None:
            return
        row.status, row.retired_by = AssetStatus.RETIRED.value, by
        row.retired_at = row.updated_at = self._clock.now()
        revision.bump(self._session)
        self._note("asset.retired", asset_id, by, {"content": row.content_hash})

    def settle(self, until: Any = None) -> None:
        """Insert what waits, parents first; `until` stops behind that table."""
        for kind in _ORDER:
            if self._rows[kind]:
                self._session.execute(insert(kind.__table__), self._rows[kind])
                self._rows[kind] = []
            if kind is until:
                return
        self._audit.settle(self._session)

    def finish(self) -> None:
        """Insert the rest, and have the log's anchor moved on once it is committed."""
        self.settle()
        self._audit.finish(self._session)

    def _moved(self, lead_id: str, to: Stage, how: str, by: str) -> None:
        """Audit a move of the lead's stage with the touches that it follows."""
        known = self._stages[lead_id]
        move = stage_moves.following(known, self._approved[lead_id], to, how)
        stage_moves.note(self._session, self._audit, move, by)
        known.append((self._clock.now(), to))

    def _history(
        self, lead_id: str, action: str, on: date, asset_id: str, note: str
    ) -> LeadHistoryRow | None:
        mark = hashlib.sha256(note.encode()).hexdigest() if note else ""
        key = (lead_id, action, asset_id, on, mark)
        if key in self._told:
            return None
        self._told.add(key)
        return LeadHistoryRow(
            lead_id=lead_id, action=action, happened_on=on, asset_id=asset_id, note=note,
            note_hash=mark, added_at=self._clock.now(),
        )  # fmt: skip

    def _add(self, row: Any) -> None:
        kind = type(row)
        columns = kind.__table__.columns.keys()
        skip = {"id"} if getattr(row, "id", "") is None else set()
        self._rows[kind].append({name: getattr(row, name) for name in columns if name not in skip})
        if len(self._rows[kind]) >= AT_ONCE:
            self.settle()

    def _note(self, kind: str, subject: str, by: str, data: Mapping[str, Any]) -> None:
        self._audit.append(self._session, kind, subject, by, data)
