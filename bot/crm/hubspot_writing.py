"""Writing into HubSpot in batches, each write told apart from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.crm.hubspot_activities import activity
from bot.crm.hubspot_calls import HubSpotCalls, Rejected
from knowledge.crm import ActivityWrite, Outcome, PersonWrite, Written
from knowledge.crm_mapping import WriteMapping

BATCH = 100
"""Most that HubSpot takes in one batch."""


class HubSpotWriting:
    """Writes through `calls`; `write` names the unique property that tells our activities apart."""

    def __init__(self, calls: HubSpotCalls, write: WriteMapping) -> None:
        self._calls, self._key = calls, write.key
        self._kinds = frozenset(write.channels.values())

    def people(self, writes: Sequence[PersonWrite]) -> list[Written]:
        """Update in batches; where one is refused as a whole, each record goes by itself."""
        told: list[Written] = []
        for kind in sorted({w.kind for w in writes}):
            mine = [w for w in writes if w.kind == kind]
            for start in range(0, len(mine), BATCH):
                told += self._updated(kind, mine[start : start + BATCH])
        return told

    def activities(self, writes: Sequence[ActivityWrite]) -> list[Written]:
        """Look the keys up, update what is there, and create the rest with its association.

        A touch that was noted as another kind before, since its channel was told anew, is archived
        there once it stands here.
        """
        told: list[Written] = []
        for kind in sorted({w.kind for w in writes}):
            mine = [w for w in writes if w.kind == kind]
            for start in range(0, len(mine), BATCH):
                noted = self._noted(kind, mine[start : start + BATCH])
                told += noted
                self._only(kind, [w.of for w in noted if w.outcome is Outcome.DONE])
        return told

    def _updated(self, kind: str, writes: Sequence[PersonWrite]) -> list[Written]:
        inputs = [{"id": w.id, "properties": dict(w.fields)} for w in writes]
        try:
            told = self._calls.batch("update", kind, {"inputs": inputs})
        except Rejected as whole:
            if len(writes) == 1:
                return [Written(writes[0].id, Outcome.REFUSED, why=whole.label)]
            return [one for write in writes for one in self._updated(kind, [write])]
        done = {str(one["id"]) for one in told["results"]}
        why = _why(told)
        return [
            Written(w.id, Outcome.DONE, w.id)
            if w.id in done
            else Written(w.id, Outcome.REFUSED, why=why)
            for w in writes
        ]

    def _noted(self, kind: str, writes: Sequence[ActivityWrite]) -> list[Written]:
        there = self._by_key(kind, [w.key for w in writes])
        old = [w for w in writes if w.key in there]
        new = [w for w in writes if w.key not in there]
        told: list[Written] = []
        if old:
            changes = [
                PersonWrite(there[w.key], kind, activity(w, self._key)["properties"],
                            datetime.now(UTC))
                for w in old
            ]  # fmt: skip
            became = {one.of: one for one in self._updated(kind, changes)}
            told += [
                Written(w.key, became[there[w.key]].outcome, there[w.key], became[there[w.key]].why)
                for w in old
            ]
        return [*told, *self._created(kind, new)] if new else told

    def _created(self, kind: str, writes: Sequence[ActivityWrite]) -> list[Written]:
        """Create; where a batch is refused as a whole, one by one. Who came first is found."""
        key = self._key
        try:
            told = self._calls.batch("create", kind, {"inputs": [activity(w, key) for w in writes]})
        except Rejected as whole:
            if len(writes) > 1:
                return [one for write in writes for one in self._created(kind, [write])]
            there = self._by_key(kind, [writes[0].key])
            if there:
                return [Written(writes[0].key, Outcome.DONE, there[writes[0].key])]
            return [Written(writes[0].key, Outcome.REFUSED, why=whole.label)]
        made = {one["properties"].get(key): str(one["id"]) for one in told["results"]}
        missing = [w.key for w in writes if w.key not in made]
        made |= self._by_key(kind, missing) if missing else {}
        why = _why(told)
        return [
            Written(w.key, Outcome.DONE, made[w.key])
            if w.key in made
            else Written(w.key, Outcome.REFUSED, why=why)
            for w in writes
        ]

    def _only(self, kind: str, keys: Sequence[str]) -> None:
        """Archive what stands under these keys in another kind; it is in the bin for 90 days."""
        for other in sorted(self._kinds - {kind}) if keys else ():
            try:
                there = self._by_key(other, keys)
            except Rejected:  # a kind without the key's property: nothing of ours is there
                continue
            if there:
                inputs = [{"id": id_} for id_ in there.values()]
                self._calls.batch("archive", other, {"inputs": inputs})

    def _by_key(self, kind: str, keys: Sequence[str]) -> dict[str, str]:
        """By key, the activities there are; read by the unique property, since a search is late."""
        key = self._key
        body = {"idProperty": key, "inputs": [{"id": k} for k in keys], "properties": [key]}
        told = self._calls.batch("read", kind, body)
        return {one["properties"][key]: str(one["id"]) for one in told["results"]}


def _why(told: Mapping[str, Any]) -> str:
    first: Mapping[str, Any] = next(iter(told.get("errors") or ()), {})
    return str(first.get("category") or "refused")[:40]
