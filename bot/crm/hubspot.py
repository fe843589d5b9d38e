"""HubSpot: contacts, companies, engagements and owners over CRM v3, associations over v4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.crm.hubspot_activities import moment
from bot.crm.hubspot_calls import HubSpotAccess, HubSpotCalls, Rejected
from bot.crm.hubspot_writing import BATCH, HubSpotWriting
from bot.crm.pacing import Pace
from knowledge.crm import (
    ActivityWrite,
    Gone,
    GonePage,
    Offer,
    Page,
    PersonWrite,
    Record,
    Seen,
    Stream,
    Written,
    fields_of,
)
from knowledge.crm_mapping import CrmMapping

SEARCHED, LISTED = 200, 100
"""Most that HubSpot gives in one search or list."""
MERGED = "hs_merged_object_ids"
OBJECT_ID = "hs_object_id"
NOT_FOUND = "OBJECT_NOT_FOUND"


class HubSpot:
    """HubSpot as a CRM."""

    name = "hubspot"

    def __init__(self, access: HubSpotAccess, mapping: CrmMapping, pace: Pace) -> None:
        self.mapping = mapping
        self._calls = HubSpotCalls(access, pace)
        self._writing = HubSpotWriting(self._calls, mapping.write)

    def check(self) -> str:
        """Read one owner and one contact, and look for the key's property where it is needed."""
        self._calls.owners(limit=1)
        for kind in self.mapping.people:
            self._calls.page(kind, limit=1)
        write = self.mapping.write
        if write.activities:
            for kind in sorted(set(write.channels.values())):
                known = {p["name"]: p for p in self._calls.properties(kind)["results"]}
                if not known.get(write.key, {}).get("hasUniqueValue"):
                    raise Rejected(
                        f"HubSpot's {kind} have no property {write.key} with unique values; "
                        "docs/crm.md says how to make it.", 400, "key",
                    )  # fmt: skip
        return "HubSpot answers"

    def read(self, stream: Stream, kind: str, since: datetime | None, cursor: str | None) -> Page:
        """A page by search; owners are listed."""
        if stream is Stream.OWNERS:
            return self._owners(cursor)
        changed, wanted = fields_of(self.mapping, stream, kind)
        wanted = (*wanted, MERGED) if stream is Stream.PEOPLE else wanted
        found = self._found(kind, changed, wanted, since, cursor)
        results = [_record(kind, r, changed, wanted, self.mapping) for r in found]
        more = _next(results, cursor)
        if stream is Stream.ACTIVITIES and results:
            people = self._people_of(kind, [r.id for r in results])
            results = [_with_people(r, people.get(r.id, ())) for r in results]
        return Page(tuple(results), more)

    def gone(self, kind: str, since: datetime | None, cursor: str | None) -> GonePage:
        """Archived contacts: HubSpot lists them all, for 90 days; those of before are left out.

        One deleted for good is in no list; `look` misses it. Merges come with their survivor.
        """
        asked = {"limit": LISTED, "archived": True} | ({"after": cursor} if cursor else {})
        told = self._calls.page(kind, **asked)
        latest, gone = None, []
        for one in told["results"]:
            at = moment(one.get("archivedAt"))
            latest = max(filter(None, (latest, at)), default=None)
            if since is None or at is None or at >= since:
                gone.append(Gone(str(one["id"])))
        return GonePage(tuple(gone), _after(told), latest)

    def look(self, ids: Mapping[str, str], fields: Sequence[str] = ()) -> dict[str, Seen]:
        """Contacts by id, with the history of some fields; a merged id gives its survivor."""
        found: dict[str, Seen] = {}
        for kind in sorted(set(ids.values())):
            wanted = [id_ for id_, k in ids.items() if k == kind]
            for start in range(0, len(wanted), BATCH):
                found |= self._looked(kind, wanted[start : start + BATCH], fields)
        return found

    def write_people(self, writes: Sequence[PersonWrite]) -> list[Written]:
        """Set properties of contacts."""
        return self._writing.people(writes)

    def write_activities(self, writes: Sequence[ActivityWrite]) -> list[Written]:
        """Note touches as engagements."""
        return self._writing.activities(writes)

    def offers(self) -> list[Offer]:
        """The properties of contacts."""
        return [
            Offer(kind, p["name"], p.get("label") or p["name"], p.get("type", ""),
                  not p.get("modificationMetadata", {}).get("readOnlyValue", False),
                  tuple(o["value"] for o in p.get("options") or ()))
            for kind in self.mapping.people
            for p in self._calls.properties(kind)["results"]
        ]  # fmt: skip

    def close(self) -> None:
        """Give back connections."""
        self._calls.close()

    def _found(
        self,
        kind: str,
        changed: str,
        wanted: Sequence[str],
        since: datetime | None,
        cursor: str | None,
    ) -> list[dict[str, Any]]:
        """One search, by the moment of the change and never by an offset.

        An offset would skip records: one that changes meanwhile leaves its place, and the others
        move up. Many records of one moment, as after an import, are gone through by their id.
        """
        how, at, last = _split(cursor, since)
        filters = [{"propertyName": changed, "operator": how, "value": str(at)}]
        sort = changed
        if how == "EQ":
            sort = OBJECT_ID
            filters.append({"propertyName": OBJECT_ID, "operator": "GT", "value": last})
        body = {
            "filterGroups": [{"filters": filters}],
            "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
            "properties": [changed, *wanted],
            "limit": SEARCHED,
        }
        results: list[dict[str, Any]] = self._calls.search(kind, body)["results"]
        return results

    def _people_of(self, kind: str, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        people: dict[str, list[str]] = {}
        for to in self.mapping.people:
            for start in range(0, len(ids), BATCH):
                inputs = [{"id": id_} for id_ in ids[start : start + BATCH]]
                for told in self._calls.associated(kind, to, {"inputs": inputs})["results"]:
                    mine = people.setdefault(str(told["from"]["id"]), [])
                    mine += [str(one["toObjectId"]) for one in told["to"]]
        return {id_: tuple(mine) for id_, mine in people.items()}

    def _owners(self, cursor: str | None) -> Page:
        told = self._calls.owners(limit=LISTED, **({"after": cursor} if cursor else {}))
        records = []
        for one in told["results"]:
            name = " ".join(filter(None, (one.get("firstName"), one.get("lastName"))))
            at = moment(one.get("updatedAt")) or datetime.now(UTC)
            fields = {"name": name, "email": one.get("email")}
            records.append(Record(str(one["id"]), "owners", at, fields))
        return Page(tuple(records), _after(told))

    def _looked(self, kind: str, ids: Sequence[str], fields: Sequence[str]) -> dict[str, Seen]:
        mapping = self.mapping.people[kind]
        wanted = (*mapping.fields, MERGED, *fields)
        body = {"inputs": [{"id": id_} for id_ in ids], "properties": [mapping.changed, *wanted],
                "propertiesWithHistory": list(fields)}  # fmt: skip
        told = self._calls.batch("read", kind, body)
        found: dict[str, Seen] = {}
        for one in told["results"]:
            record = _record(kind, one, mapping.changed, wanted, self.mapping)
            since = {name: at for name, entries in (one.get("propertiesWithHistory") or {}).items()
                     if entries and (at := moment(entries[0].get("timestamp")))}  # fmt: skip
            for id_ in {record.id, *record.absorbed} & set(ids):
                found[id_] = Seen(record, since)
        for error in told.get("errors") or ():
            if error.get("category") == NOT_FOUND:
                found |= {i: Seen(None) for i in (error.get("context") or {}).get("ids", ())}
        return found


def _record(
    kind: str, told: Mapping[str, Any], changed: str, wanted: Sequence[str], mapping: CrmMapping
) -> Record:
    properties = told["properties"]
    at = moment(properties.get(changed)) or moment(told.get("updatedAt")) or datetime.now(UTC)
    absorbed = tuple(i for i in str(properties.get(MERGED) or "").split(";") if i)
    fields = {name: properties.get(name) for name in wanted if name != MERGED}
    key = str(properties.get(mapping.write.key) or "")
    return Record(str(told["id"]), kind, at, fields, absorbed=absorbed, key=key)


def _with_people(record: Record, people: tuple[str, ...]) -> Record:
    return Record(record.id, record.kind, record.changed_at, record.fields, people, key=record.key)


def _split(cursor: str | None, since: datetime | None) -> tuple[str, int, str]:
    """How a search goes on: `GTE`, `GT` or `EQ` of a moment in milliseconds, and after which id."""
    if cursor is None:
        return "GTE", _milliseconds(since) if since else 0, ""
    how, at, last = cursor.split(":")
    return how, int(at), last


def _next(results: list[Record], cursor: str | None) -> str | None:
    """The cursor after a page; `results` loses what the next search gives again."""
    how = (cursor or "GTE").split(":", 1)[0]
    full = len(results) == SEARCHED
    if how == "EQ":
        at = cursor.split(":")[1] if cursor else ""
        return f"EQ:{at}:{results[-1].id}" if full else f"GT:{at}:"
    if not full:
        return None
    first, last = _milliseconds(results[0].changed_at), _milliseconds(results[-1].changed_at)
    if first == last:
        results.clear()  # of one moment, and in no order that could be gone on from
        return f"EQ:{last}:0"
    while _milliseconds(results[-1].changed_at) == last:
        results.pop()
    return f"GTE:{last}:"


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _after(told: Mapping[str, Any]) -> str | None:
    after = ((told.get("paging") or {}).get("next") or {}).get("after")
    return str(after) if after else None
