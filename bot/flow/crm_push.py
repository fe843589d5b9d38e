"""Writing into the CRM what waits for it: touches once, facts never over a newer value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.flow.crm_desk import Desk
from bot.flow.crm_facts import theirs
from bot.flow.crm_touch import activity_of
from knowledge.crm import ActivityWrite, Outcome, PersonWrite, Record, Seen, Written
from knowledge.crm_compare import Verdict, compare
from knowledge.errors import CrmBusy, CrmFailed, CrmUnreachable
from knowledge.journey import Stage
from storage.crm import Link
from storage.crm_queue import STAGE
from storage.crm_writes import Queued

AT_ONCE = 50
"""Writes taken up together: two calls for touches, two for facts."""
MENDING = timedelta(hours=1)
"""After a refusal that a person must mend; trying does no good meanwhile."""
SOON = timedelta(minutes=1)
GONE_THERE, NO_STATUS = "the lead is gone from the CRM", "no status for that stage in crm.toml"


@dataclass
class Pushed:
    """What became of a push; `trouble` is why it stopped early, in a sentence."""

    written: int = 0
    agreed: int = 0
    conflicts: int = 0
    refused: int = 0
    trouble: str = ""


def push(desk: Desk, enough: Callable[[], bool] = lambda: False) -> Pushed:
    """Write what is due, until nothing is or it is `enough`."""
    done = Pushed()
    while not enough() and (queued := desk.writes.claim(AT_ONCE)):
        links = desk.records.of_leads({q.lead_id for q in queued})
        for lost in (q for q in queued if q.lead_id not in links):
            desk.writes.refused(lost, GONE_THERE)
            done.refused += 1
        here = [q for q in queued if q.lead_id in links]
        touches = [q for q in here if q.suggestion_id]
        facts = [q for q in here if not q.suggestion_id]
        for some, work in ((touches, _touches), (facts, _facts)):
            if done.trouble:
                _put_off(desk, some, done.trouble, SOON)
                continue
            try:
                work(desk, some, links, done)
            except CrmFailed as trouble:
                done.trouble = str(trouble)
                _put_off(desk, some, done.trouble, _wait(trouble))
        if done.trouble:
            break
    return done


def _wait(trouble: CrmFailed) -> timedelta | None:
    if isinstance(trouble, CrmBusy):
        return timedelta(seconds=trouble.seconds)
    return None if isinstance(trouble, CrmUnreachable) else MENDING


def _put_off(desk: Desk, queued: Sequence[Queued], why: str, wait: timedelta | None) -> None:
    """Let them wait on; one that was settled before the trouble came stays settled."""
    for one in queued:
        desk.writes.later(one, why, wait)


def _touches(desk: Desk, queued: Sequence[Queued], links: Mapping[str, Link], done: Pushed) -> None:
    """Note touches under their keys; what has no words any more is not written."""
    writes: dict[str, ActivityWrite] = {}
    for one in queued:
        made = activity_of(one, links[one.lead_id], desk)
        if made is None:
            desk.writes.agreed(one)
            done.agreed += 1
        else:
            writes[one.key] = made
    if not writes:
        return
    told = {w.of: w for w in desk.crm.write_activities(list(writes.values()))}
    for one in (q for q in queued if q.key in writes):
        _settle(desk, one, told.get(writes[one.key].key), ("activity",), done)


def _facts(desk: Desk, queued: Sequence[Queued], links: Mapping[str, Link], done: Pushed) -> None:
    """Compare each value with what the CRM has right now, then write what is newer."""
    ids = {links[q.lead_id].id: links[q.lead_id].kind for q in queued}
    if not ids:
        return
    named = sorted({f for q in queued if (f := desk.mapping.write.facts.get(q.fact))})
    seen = desk.crm.look(ids, named)
    fields: dict[str, dict[str, str]] = {}
    going: dict[str, list[Queued]] = {}
    for one in queued:
        now = seen.get(links[one.lead_id].id)
        value = _to_write(desk, one, now, done)
        if value is not None and now is not None and now.record is not None:
            fields.setdefault(now.record.id, {})[desk.mapping.write.facts[one.fact]] = value
            going.setdefault(now.record.id, []).append(one)
    records = {s.record.id: s.record for s in seen.values() if s.record}
    writes = [
        PersonWrite(id_, records[id_].kind, told, records[id_].changed_at)
        for id_, told in fields.items()
    ]
    for written in desk.crm.write_people(writes) if writes else ():
        for one in going[written.of]:
            _settle(desk, one, written, tuple(fields[written.of]), done)


def _to_write(desk: Desk, one: Queued, now: Seen | None, done: Pushed) -> str | None:
    """The value to write, or None where the write is settled without."""
    field_ = desk.mapping.write.facts.get(one.fact)
    if now is None or now.record is None or field_ is None:
        desk.writes.refused(one, GONE_THERE)
        done.refused += 1
        return None
    ours = _ours(desk, one)
    if ours is None:
        desk.writes.refused(one, NO_STATUS)
        done.refused += 1
        return None
    there = theirs(now.record.fields.get(field_))
    verdict = compare(
        ours, one.value_at, there, base=one.base, field_at=now.since.get(field_),
        record_at=now.record.changed_at,
    )  # fmt: skip
    if verdict is Verdict.SAME or _is_further(desk, one, now.record, there):
        desk.writes.agreed(one)
        done.agreed += 1
        return None
    if verdict is Verdict.CONFLICT:
        at = now.since.get(field_) or now.record.changed_at
        desk.writes.conflict(one, there, at)
        done.conflicts += 1
        return None
    return ours


def _ours(desk: Desk, one: Queued) -> str | None:
    if one.fact != STAGE:
        return theirs(one.value)
    return desk.mapping.write.stages.get(Stage(str(one.value)))


def _is_further(desk: Desk, one: Queued, record: Record, there: str) -> bool:
    """Whether the CRM is as far as a stage that was only read: such a one moves nothing back."""
    people = desk.mapping.people.get(record.kind)
    if not one.inferred or people is None:
        return False
    stage, _ = people.stage_of(there)
    return stage is not None and stage.order >= Stage(str(one.value)).order


def _settle(
    desk: Desk, one: Queued, written: Written | None, fields: tuple[str, ...], done: Pushed
) -> None:
    if written is None or written.outcome is Outcome.CHANGED:
        desk.writes.later(one, "changed meanwhile", SOON)
    elif written.outcome is Outcome.REFUSED:
        desk.writes.refused(one, written.why)
        done.refused += 1
    else:
        desk.writes.written(one, written.id, fields)
        done.written += 1
