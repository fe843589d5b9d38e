"""Questions that the library could not answer, counted for marketing (M47)."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from sqlmodel import Session, col, select

from knowledge.clock import Clock
from knowledge.content_requests import RequestState
from knowledge.coverage import MissedWording
from knowledge.journey import Stage
from storage.audit import Audit
from storage.database import Database
from storage.presence import require_lead
from storage.tables import ContentMissRow, ContentRequestRow, RequestGroupRow


class ContentRequests:
    """Misses, told apart by their plain wording and stage."""

    def __init__(self, db: Database, clock: Clock, audit: Audit | None = None) -> None:
        self._db = db
        self._clock = clock
        self._audit = audit

    def count_miss(  # noqa: PLR0917 - who asked what, for whom, as every caller knows it
        self,
        question: str,
        stage: Stage,
        asked_by: str | None = None,
        lead_id: str | None = None,
        ask_key: str | None = None,
        persona: str | None = None,
    ) -> bool:
        """Count a miss; False when this ask (`ask_key`) was counted for this question before.

        Case, punctuation and spacing do not make another question. `NotFound` when the lead is not
        on record (any more).
        """
        mark = hashlib.sha256(plain_wording(question).encode()).hexdigest()
        with self._db.write() as session:
            require_lead(session, lead_id)
            request = session.exec(
                select(ContentRequestRow).where(
                    ContentRequestRow.wording_hash == mark, ContentRequestRow.stage == stage.value
                )
            ).first()
            if request is None:
                request = ContentRequestRow(wording_hash=mark, stage=stage.value)
                session.add(request)
                session.flush()
            if ask_key is not None:
                seen = select(ContentMissRow).where(
                    ContentMissRow.request_id == request.id, ContentMissRow.ask_key == ask_key
                )
                if session.exec(seen).first():
                    return False
            _open_again(session, request.group_id)
            session.add(
                ContentMissRow(
                    request_id=request.id or 0,
                    ask_key=ask_key,
                    wording=question.strip(),
                    asked_by=asked_by,
                    lead_id=lead_id,
                    persona=persona,
                    missed_at=self._clock.now(),
                )
            )
            if self._audit is not None:
                data = {"stage": stage.value, "persona": persona, "suggestion": ask_key}
                by = asked_by or ""
                self._audit.append(session, "request.missed", f"wording-{request.id}", by, data)
        return True

    def all(self) -> list[MissedWording]:
        """Every request, the most missed first, then the latest."""
        query = (
            select(ContentRequestRow.id, ContentRequestRow.stage, ContentMissRow)
            .join(ContentMissRow, col(ContentMissRow.request_id) == col(ContentRequestRow.id))
            .order_by(col(ContentMissRow.missed_at), col(ContentMissRow.id))
        )
        found: dict[int | None, list[ContentMissRow]] = {}
        stages: dict[int | None, Stage] = {}
        with self._db.read() as session:
            for request_id, stage, miss in session.exec(query):
                found.setdefault(request_id, []).append(miss)
                stages[request_id] = Stage(stage)
        requests = []
        for request_id, misses in found.items():
            wordings = tuple(dict.fromkeys(m.wording for m in misses if m.wording))
            requests.append(
                MissedWording(
                    question=wordings[0] if wordings else "",
                    stage=stages[request_id],
                    count=len(misses),
                    first=misses[0].missed_at,
                    last=misses[-1].missed_at,
                    wordings=wordings,
                )
            )
        return sorted(requests, key=lambda r: (-r.count, -r.last.timestamp(), r.question))


def _open_again(session: Session, group_id: int | None) -> None:
    """A request that was answered is open again: the answer did not reach whoever asks now."""
    group = session.get(RequestGroupRow, group_id) if group_id is not None else None
    if group is not None and group.state == RequestState.ANSWERED.value:
        group.state = RequestState.OPEN.value
        session.add(group)


def plain_wording(question: str) -> str:
    """The question in lower case, letters and digits only, words one space apart."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", question).casefold())
    return " ".join(re.findall(r"\w+", folded))
