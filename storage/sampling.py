"""A week's sample for review: what is known of the week, and what was drawn, once (M57)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from knowledge.clock import Clock
from knowledge.errors import NotFound
from knowledge.review import Drawn, How, NoteKind, Sampled, Verdict, days_of, week_of
from knowledge.review_risk import Material, share_changed
from storage.audit import Audit
from storage.database import Database
from storage.tables import AssetRow, SaltRow, SuggestionRow, SuggestionTextRow
from storage.tables_review import ReviewNoteRow, ReviewSampleRow, ReviewWeekRow, TouchCheckRow
from storage.touch_filter import TouchFilter, conditions, day_begins

SALT = "sampling"
"""Whose salt orders a week's suggestions: made by chance, so that nobody chooses what is drawn."""
PAST_WEEKS = 8


class Samples:
    """Samples by ISO week (2026-W09), whose days are those of `zone`, an IANA name."""

    def __init__(self, db: Database, audit: Audit, clock: Clock, zone: str) -> None:
        self._db = db
        self._audit = audit
        self._clock = clock
        self._zone = zone

    def of(self, week: str) -> tuple[Sampled, ...] | None:
        """What was drawn of a week, in order; None while nobody drew it."""
        with self._db.read() as session:
            if session.get(ReviewWeekRow, week) is None:
                return None
            return _sampled(session, week)

    def material(self, week: str) -> list[Material]:
        """What is known of each suggestion of a week, oldest first."""
        since, until = days_of(week)
        asked = conditions(TouchFilter(since=since, until=until), self._zone)
        row: Any = SuggestionRow
        texts: Any = SuggestionTextRow
        columns: tuple[Any, ...] = (
            row.id, row.asked_by, row.lead_id, row.state, row.edits, texts.checks,
            texts.original_body, texts.body, AssetRow.hype,
        )  # fmt: skip
        query: Any = (
            select(*columns)
            .outerjoin(texts, col(texts.suggestion_id) == col(row.id))
            .outerjoin(AssetRow, col(AssetRow.id) == col(row.asset_id))
            .where(*asked)
            .order_by(col(row.created_at), col(row.id))
        )
        with self._db.read() as session:
            found = list(session.exec(query))
            failed, kept = _checks(session, asked)
        turned_down = Counter(r.lead_id for r in found if r.state == "replaced" and r.lead_id)
        return [
            Material(
                id=r.id,
                rep=r.asked_by or "",
                kept=tuple(kept.get(r.id, ())),
                failed=tuple(failed.get(r.id, ())),
                hype_draft=float((r.checks or {}).get("hype") or 0.0),
                hype_asset=float(r.hype or 0.0),
                changed=share_changed(r.original_body or "", r.body or "") if r.edits else 0.0,
                turned_down=turned_down[r.lead_id],
            )
            for r in found
        ]

    def past(self, week: str) -> dict[str, list[int]]:
        """By rep, how many suggestions each of the weeks before had, since the rep's first one."""
        monday, _ = days_of(week)
        first = monday - timedelta(weeks=PAST_WEEKS)
        row, zone = SuggestionRow, ZoneInfo(self._zone)
        query: Any = select(row.asked_by, row.created_at).where(
            col(row.created_at) >= day_begins(first, self._zone),
            col(row.created_at) < day_begins(monday, self._zone),
        )
        found: dict[str, Counter[str]] = defaultdict(Counter)
        with self._db.read() as session:
            for asked_by, at in session.exec(query):
                found[asked_by or ""][week_of(at.astimezone(zone).date())] += 1
        weeks = [week_of(first + timedelta(weeks=n)) for n in range(PAST_WEEKS)]
        return {rep: _since_first([made[w] for w in weeks]) for rep, made in found.items()}

    def marks(self, week: str, ids: Iterable[str]) -> dict[str, float]:
        """A number over 0 and under 1 for each id: by chance, but always the same for a week."""
        salt = self._salt()
        return {i: _number(salt, f"{week}\x1f{i}") for i in ids}

    def keep(self, week: str, drawn: Sequence[Drawn], by: str, of: int) -> tuple[Sampled, ...]:
        """Keep what was drawn of `of` suggestions; whoever comes second finds the first's."""
        with self._db.write() as session:
            if session.get(ReviewWeekRow, week) is None:
                now = self._clock.now()
                session.add(ReviewWeekRow(week=week, drawn_at=now, of=of))
                flags = _flags(session, [one.suggestion_id for one in drawn])
                for place, one in enumerate(drawn):
                    flag = flags.get(one.suggestion_id)
                    session.add(ReviewSampleRow(
                        week=week, suggestion_id=one.suggestion_id, place=place,
                        how=one.how.value, score=one.score, signs=list(one.signs),
                        verdict=Verdict.FLAGGED.value if flag else "",
                        judged_by=flag.by if flag else "", judged_at=flag.at if flag else None,
                    ))  # fmt: skip
                counts = Counter(one.how.value for one in drawn)
                data = {"of": of, **{how.value: counts[how.value] for how in How}}
                self._audit.append(session, "review.sampled", week, by, data)
                session.flush()
            return _sampled(session, week)

    def judge(self, week: str, suggestion_id: str, verdict: Verdict, by: str) -> Sampled:
        """Say what was done with a sampled suggestion; the same again is not audited twice."""
        with self._db.write() as session:
            row = session.get(ReviewSampleRow, (week, suggestion_id))
            if row is None:
                raise NotFound("That suggestion is not in the sample; open Home again.")
            if row.verdict != verdict.value:
                row.verdict, row.judged_by = verdict.value, by
                row.judged_at = self._clock.now()
                session.add(row)
                data = {"week": week, "verdict": verdict.value}
                self._audit.append(session, "review.judged", suggestion_id, by, data)
            return _one(row)

    def _salt(self) -> bytes:
        with self._db.read() as session:
            held = session.get(SaltRow, SALT)
        if held is not None:
            return held.salt
        with self._db.write() as session:
            row = session.get(SaltRow, SALT) or SaltRow(owner=SALT, salt=secrets.token_bytes(32))
            session.add(row)
            return row.salt


def _checks(
    session: Session, asked: list[Any]
) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    """By suggestion, the rules that find something, and those of them that were kept."""
    query = select(TouchCheckRow).where(
        col(TouchCheckRow.suggestion_id).in_(select(SuggestionRow.id).where(*asked))
    )
    failed: dict[str, list[str]] = defaultdict(list)
    kept: dict[str, list[str]] = defaultdict(list)
    for row in session.exec(query.order_by(col(TouchCheckRow.rule))):
        failed[row.suggestion_id].append(row.rule)
        if row.kept:
            kept[row.suggestion_id].append(row.rule)
    return failed, kept


def _flags(session: Session, ids: list[str]) -> dict[str, ReviewNoteRow]:
    """By suggestion, the first flag on it: what somebody flagged before need not wait."""
    query = select(ReviewNoteRow).where(
        col(ReviewNoteRow.suggestion_id).in_(ids), ReviewNoteRow.kind == NoteKind.FLAG.value
    )
    rows = session.exec(query.order_by(col(ReviewNoteRow.at).desc()))
    return {row.suggestion_id: row for row in rows}


def _sampled(session: Session, week: str) -> tuple[Sampled, ...]:
    query = select(ReviewSampleRow).where(ReviewSampleRow.week == week)
    return tuple(_one(r) for r in session.exec(query.order_by(col(ReviewSampleRow.place))))


def _one(row: ReviewSampleRow) -> Sampled:
    drawn = Drawn(row.suggestion_id, How(row.how), row.score, tuple(row.signs))
    verdict = Verdict(row.verdict) if row.verdict else None
    return Sampled(drawn, verdict, row.judged_by, row.judged_at)


def _since_first(counts: Collection[int]) -> list[int]:
    told = list(counts)
    return told[next((n for n, c in enumerate(told) if c), len(told)) :]


def _number(salt: bytes, text: str) -> float:
    """The first 52 bits of the HMAC, so that it is exact, and never 0 or 1."""
    mark = hmac.new(salt, text.encode(), hashlib.sha256).digest()
    return ((int.from_bytes(mark[:8]) >> 12) + 0.5) / 2**52
