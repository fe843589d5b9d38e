"""Writing into Salesforce: tasks by their key, fields unless the record changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from email.utils import format_datetime
from typing import Any

from bot.crm.salesforce_calls import CHUNK, Rejected, SalesforceCalls, checked
from knowledge.crm import ActivityWrite, Outcome, PersonWrite, Written

LONGEST_SUBJECT = 255
"""Characters of a task's subject."""


class SalesforceWriting:
    """Writes through `calls`; `key` is the external id that tells our tasks apart."""

    def __init__(self, calls: SalesforceCalls, key: str) -> None:
        self._calls, self._key = calls, key

    def activities(self, writes: Sequence[ActivityWrite]) -> list[Written]:
        """Look the keys up, update what is there, and upsert the rest by its key."""
        key, told = self._key, []
        for start in range(0, len(writes), CHUNK):
            some = writes[start : start + CHUNK]
            there = self._by_key([w.key for w in some])
            old = [w for w in some if w.key in there]
            new = [w for w in some if w.key not in there]
            if old:
                records = [_task(w, key) | {"Id": there[w.key]} for w in old]
                told += _told(old, self._calls.collection("composite/sobjects", _plain(records)))
            if new:
                records = [_task(w, key) for w in new]
                path = f"composite/sobjects/Task/{key}"
                told += _told(new, self._calls.collection(path, records))
        return told

    def person(self, write: PersonWrite) -> Written:
        """Set fields of one record, unless it changed after it was seen."""
        # Salesforce compares to the second; a change within that second counts as a change.
        unchanged = format_datetime(write.seen_at.astimezone(UTC), usegmt=True)
        try:
            self._calls.change(
                write.kind, write.id, write.fields, {"If-Unmodified-Since": unchanged}
            )
        except Rejected as refused:
            if refused.status == 412:
                return Written(write.id, Outcome.CHANGED)
            return Written(write.id, Outcome.REFUSED, why=refused.label)
        return Written(write.id, Outcome.DONE, write.id)

    def _by_key(self, keys: Sequence[str]) -> dict[str, str]:
        key = self._key
        named = ", ".join(f"'{checked(k)}'" for k in keys)
        rows = self._calls.query(f"SELECT Id, {key} FROM Task WHERE {key} IN ({named})")  # noqa: S608 - checked
        return {str(row[key]): str(row["Id"]) for row in rows}


def _task(write: ActivityWrite, key: str) -> dict[str, Any]:
    return {
        "attributes": {"type": "Task"}, key: write.key, "WhoId": write.person,
        "Status": "Completed", "ActivityDate": write.on.isoformat(), "TaskSubtype": write.kind,
        "Subject": write.subject[:LONGEST_SUBJECT], "Description": write.body,
    }  # fmt: skip


def _plain(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what Salesforce lets nobody change afterwards."""
    return [{k: v for k, v in r.items() if k != "TaskSubtype"} for r in records]


def _told(writes: Sequence[ActivityWrite], became: Sequence[Mapping[str, Any]]) -> list[Written]:
    """What became of each: the answer has them in their order."""
    told = []
    for write, one in zip(writes, became, strict=True):
        if one.get("success"):
            told.append(Written(write.key, Outcome.DONE, str(one.get("id") or "")))
        else:
            first: Mapping[str, Any] = next(iter(one.get("errors") or ()), {})
            why = str(first.get("statusCode") or "refused")[:60]
            told.append(Written(write.key, Outcome.REFUSED, why=why))
    return told
