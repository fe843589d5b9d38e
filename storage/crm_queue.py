"""What is to be written into the CRM, noted in the transaction of the change that calls for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from storage.outcomes import SURE_STAGE
from storage.tables import SuggestionRow
from storage.tables_crm import CrmLinkRow, CrmWriteRow

WAITING, DONE, CONFLICT, REFUSED = "waiting", "done", "conflict", "refused"
ACTIVITIES = "activities"
STAGE = "stage"


class CrmQueue:
    """Notes writes for one CRM; only of what is switched on, and of leads that came from it."""

    def __init__(self, crm: str, switched_on: Mapping[str, str]) -> None:
        """`switched_on` has `activities`, and by fact the field that it is written into."""
        self._crm = crm
        self._on = switched_on

    def sent(self, session: Session, touch: SuggestionRow, at: datetime) -> None:
        """A touch was marked as sent, or what was said of it changed; its stage goes along."""
        lead_id = touch.lead_id
        if lead_id is None or not self._on or not self._is_linked(session, lead_id):
            return
        if ACTIVITIES in self._on:
            self._put(session, f"touch:{touch.id}", lead_id, at, suggestion_id=touch.id)
        if STAGE in self._on and touch.stage_confidence >= SURE_STAGE:
            self._stage_read(session, lead_id, touch.stage_corrected or touch.stage, at)

    def _stage_read(self, session: Session, lead_id: str, stage: str, at: datetime) -> None:
        """A stage was read in signals; one that somebody told counts more."""
        key = self._fact_key(lead_id, STAGE)
        row = session.exec(select(CrmWriteRow).where(CrmWriteRow.key == key)).first()
        if row is not None and not row.inferred and row.state in {WAITING, CONFLICT}:
            return
        self._put(session, key, lead_id, at, fact=STAGE, value=stage, inferred=True)

    def told(self, session: Session, lead_id: str, news: Mapping[str, Any], at: datetime) -> None:
        """Facts that somebody of the team told here, in JSON terms."""
        wanted = {fact: value for fact, value in news.items() if fact in self._on}
        if wanted and self._is_linked(session, lead_id):
            for fact, value in wanted.items():
                self._put(session, self._fact_key(lead_id, fact), lead_id, at, fact=fact,
                          value=value)  # fmt: skip

    def _fact_key(self, lead_id: str, fact: str) -> str:
        return f"fact:{fact}:{lead_id}"

    def _is_linked(self, session: Session, lead_id: str) -> bool:
        query = select(CrmLinkRow.external_id).where(
            CrmLinkRow.crm == self._crm, CrmLinkRow.lead_id == lead_id,
            col(CrmLinkRow.gone_at).is_(None), CrmLinkRow.merged_into == "",
        )  # fmt: skip
        return session.exec(query.limit(1)).first() is not None

    def _base(self, session: Session, lead_id: str, fact: str) -> str | None:
        """What the CRM had in the field when it was last pulled; None when that is not known."""
        query = (
            select(CrmLinkRow.seen)
            .where(
                CrmLinkRow.crm == self._crm,
                CrmLinkRow.lead_id == lead_id,
                CrmLinkRow.merged_into == "",
            )
            .order_by(col(CrmLinkRow.changed_at).desc())
        )
        seen = session.exec(query.limit(1)).first() or {}
        field = self._on.get(fact)
        if not field or field not in seen:
            return None
        value = seen[field]
        return "" if value is None else str(value)

    def _put(
        self,
        session: Session,
        key: str,
        lead_id: str,
        at: datetime,
        *,
        suggestion_id: str | None = None,
        fact: str = "",
        value: Any = None,
        inferred: bool = False,
    ) -> None:
        """Keep a write, or let a newer value take the place of the one kept; `version` tells."""
        row = session.exec(select(CrmWriteRow).where(CrmWriteRow.key == key)).first()
        if row is None:
            row = CrmWriteRow(crm=self._crm, key=key, lead_id=lead_id, suggestion_id=suggestion_id,
                              fact=fact, value_at=at, not_before=at, queued_at=at)  # fmt: skip
        row.crm, row.lead_id = self._crm, lead_id
        row.value, row.value_at, row.inferred = value, at, inferred
        row.base = self._base(session, lead_id, fact)
        row.state, row.version, row.tries = WAITING, row.version + 1, 0
        row.not_before, row.settled_at, row.why = at, None, ""
        row.theirs, row.theirs_at = None, None
        session.add(row)
        session.flush()
