"""Salesforce: leads, contacts, accounts, tasks and users over the REST API."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.crm.pacing import Pace
from bot.crm.salesforce_calls import (
    CHUNK,
    Rejected,
    SalesforceAccess,
    SalesforceCalls,
    checked,
)
from bot.crm.salesforce_writing import SalesforceWriting
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

PAGE = 500
"""Records a page: each is one transaction here of some tenths of a second."""
REMEMBERS = timedelta(days=14)
"""How far back Salesforce tells of deletions: fifteen days, less one for the clocks."""
LEAST_WINDOW = timedelta(minutes=2)
"""Salesforce refuses shorter ones."""
CHANGED = "SystemModstamp"
_HISTORY = {"Lead": ("LeadHistory", "LeadId"), "Contact": ("ContactHistory", "ContactId")}
_ID = re.compile(r"[A-Za-z0-9]{15,18}")


class Salesforce:
    """Salesforce as a CRM."""

    name = "salesforce"

    def __init__(self, access: SalesforceAccess, mapping: CrmMapping, pace: Pace) -> None:
        self.mapping = mapping
        self._calls = SalesforceCalls(access, pace)
        self._writing = SalesforceWriting(self._calls, mapping.write.key)
        self._fields: dict[str, list[dict[str, Any]]] = {}

    def check(self) -> str:
        """Describe what is read, and look for the key's field where it is needed."""
        for kind, people in self.mapping.people.items():
            known = {f["name"] for f in self._described(kind)}
            named = [f for f in people.fields if "." not in f]
            if missing := [f for f in named if f not in known]:
                raise Rejected(
                    f"Salesforce's {kind} has no field {missing[0]} that this user may see; mend "
                    "crm.toml, or the permissions.", 400, "INVALID_FIELD",
                )  # fmt: skip
        write = self.mapping.write
        if write.activities:
            keys = {f["name"] for f in self._described("Task") if f.get("externalId")}
            if write.key not in keys:
                raise Rejected(
                    f"Salesforce's tasks have no external id field {write.key}; docs/crm.md says "
                    "how to make it.", 400, "INVALID_FIELD",
                )  # fmt: skip
        return "Salesforce answers"

    def read(self, stream: Stream, kind: str, since: datetime | None, cursor: str | None) -> Page:
        """A page by SOQL, by the moment of the change and the id, and never by an offset."""
        if stream is Stream.OWNERS:
            return self._owners(since, cursor)
        changed, wanted = fields_of(self.mapping, stream, kind, keyed=kind == "Task")
        wanted = (*wanted, "WhoId") if stream is Stream.ACTIVITIES else wanted
        rows = self._rows(kind, changed, wanted, since, cursor)
        records = [self._record(kind, row, changed, wanted) for row in rows]
        return Page(tuple(records), _next(records))

    def gone(self, kind: str, since: datetime | None, cursor: str | None) -> GonePage:  # noqa: ARG002 - one page
        """What was deleted, by the delete log; of what was merged, into which record."""
        now = datetime.now(UTC)
        start = max(since or now - REMEMBERS, now - REMEMBERS)
        start = min(start, now - LEAST_WINDOW)
        path = f"sobjects/{kind}/deleted/"
        told = self._calls.get(path, {"start": _zoned(start), "end": _zoned(now)})
        ids = [str(one["id"]) for one in told["deletedRecords"]]
        into: dict[str, str] = {}
        for start_ in range(0, len(ids), CHUNK):
            named = _named(ids[start_ : start_ + CHUNK])
            query = (
                f"SELECT Id, MasterRecordId FROM {kind} WHERE IsDeleted = true AND Id IN ({named})"  # noqa: S608 - ids are checked
            )
            for row in self._calls.query(query, deleted=True):
                into[row["Id"]] = row.get("MasterRecordId") or ""
        upto = _moment(told.get("latestDateCovered"))
        return GonePage(tuple(Gone(id_, into.get(id_, "")) for id_ in ids), None, upto)

    def look(self, ids: Mapping[str, str], fields: Sequence[str] = ()) -> dict[str, Seen]:
        """Records by id, deleted ones too, with the history of fields where it is tracked."""
        found: dict[str, Seen] = {}
        for kind in sorted(set(ids.values())):
            wanted = [id_ for id_, k in ids.items() if k == kind and _ID.fullmatch(id_)]
            for start in range(0, len(wanted), CHUNK):
                found |= self._looked(kind, wanted[start : start + CHUNK], fields)
        return found

    def write_people(self, writes: Sequence[PersonWrite]) -> list[Written]:
        """Set fields, record by record: only so may a write be bound to what was seen."""
        return [self._writing.person(write) for write in writes]

    def write_activities(self, writes: Sequence[ActivityWrite]) -> list[Written]:
        """Note touches as tasks."""
        return self._writing.activities(writes)

    def offers(self) -> list[Offer]:
        """The fields of people's objects."""
        return [
            Offer(kind, f["name"], f.get("label", ""), f.get("type", ""),
                  bool(f.get("updateable")),
                  tuple(p["value"] for p in f.get("picklistValues") or () if p.get("active", True)))
            for kind in self.mapping.people
            for f in self._described(kind)
        ]  # fmt: skip

    def close(self) -> None:
        """Give back connections."""
        self._calls.close()

    def _described(self, kind: str) -> list[dict[str, Any]]:
        if kind not in self._fields:
            self._fields[kind] = list(self._calls.get(f"sobjects/{kind}/describe")["fields"])
        return self._fields[kind]

    def _rows(
        self,
        kind: str,
        changed: str,
        wanted: Sequence[str],
        since: datetime | None,
        cursor: str | None,
    ) -> list[dict[str, Any]]:
        where = ""
        if cursor:
            at, last = cursor.split(" ")
            where = f" WHERE {changed} > {at} OR ({changed} = {at} AND Id > '{checked(last)}')"
        elif since:
            where = f" WHERE {changed} >= {_zulu(since)}"
        names = ", ".join(dict.fromkeys(("Id", changed, *wanted)))
        query = f"SELECT {names} FROM {kind}{where} ORDER BY {changed}, Id LIMIT {PAGE}"  # noqa: S608 - the mapping's names
        return self._calls.query(query)

    def _owners(self, since: datetime | None, cursor: str | None) -> Page:
        rows = self._rows("User", CHANGED, ("Name", "Email"), since, cursor)
        records = [
            Record(row["Id"], "User", _at(row, CHANGED),
                   {"name": row.get("Name"), "email": row.get("Email")})
            for row in rows
        ]  # fmt: skip
        return Page(tuple(records), _next(records))

    def _record(
        self, kind: str, row: Mapping[str, Any], changed: str, wanted: Sequence[str]
    ) -> Record:
        people = self.mapping.people.get(kind)
        fields = {name: _value(row, name) for name in wanted}
        became = str(fields.get(people.became or "") or "") if people else ""
        who = (str(row["WhoId"]),) if row.get("WhoId") else ()
        key = str(row.get(self.mapping.write.key) or "")
        return Record(str(row["Id"]), kind, _at(row, changed), fields, who, became=became, key=key)

    def _looked(self, kind: str, ids: Sequence[str], fields: Sequence[str]) -> dict[str, Seen]:
        mapping = self.mapping.people[kind]
        wanted = tuple(dict.fromkeys((*mapping.fields, *fields)))
        named = ", ".join(dict.fromkeys(("Id", "IsDeleted", "MasterRecordId", mapping.changed,
                                         *wanted)))  # fmt: skip
        query = f"SELECT {named} FROM {kind} WHERE Id IN ({_named(ids)})"  # noqa: S608 - ids are checked
        rows = {row["Id"]: row for row in self._calls.query(query, deleted=True)}
        masters = [r["MasterRecordId"] for r in rows.values() if r.get("MasterRecordId")]
        if missing := [m for m in masters if m not in rows]:
            query = f"SELECT {named} FROM {kind} WHERE Id IN ({_named(missing)})"  # noqa: S608
            rows |= {row["Id"]: row for row in self._calls.query(query, deleted=True)}
        since = self._history(kind, list(rows), fields)
        found = {}
        for id_ in ids:
            row = rows.get(id_)
            while row and row.get("MasterRecordId") in rows:
                row = rows[row["MasterRecordId"]]
            if row is None or row.get("IsDeleted"):
                found[id_] = Seen(None)
            else:
                record = self._record(kind, row, mapping.changed, wanted)
                found[id_] = Seen(record, since.get(record.id, {}))
        return found

    def _history(
        self, kind: str, ids: Sequence[str], fields: Sequence[str]
    ) -> dict[str, dict[str, datetime]]:
        """When single fields last changed, where the organisation tracks them."""
        if not fields or kind not in _HISTORY or not ids:
            return {}
        table, parent = _HISTORY[kind]
        named = ", ".join(f"'{f}'" for f in fields)
        query = (
            f"SELECT {parent}, Field, CreatedDate FROM {table} WHERE {parent} IN ({_named(ids)}) "  # noqa: S608
            f"AND Field IN ({named}) ORDER BY CreatedDate"
        )
        try:
            rows = self._calls.query(query)
        except Rejected:  # no history is kept of this object
            return {}
        found: dict[str, dict[str, datetime]] = {}
        for row in rows:
            found.setdefault(row[parent], {})[row["Field"]] = _at(row, "CreatedDate")
        return found


def _next(records: Sequence[Record]) -> str | None:
    return f"{_zulu(records[-1].changed_at)} {records[-1].id}" if len(records) == PAGE else None


def _value(row: Mapping[str, Any], name: str) -> Any:
    """A field, or one of a record it names (`Account.Name`)."""
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _named(ids: Sequence[str]) -> str:
    return ", ".join(f"'{checked(id_)}'" for id_ in ids)


def _at(row: Mapping[str, Any], name: str) -> datetime:
    return _moment(row.get(name)) or datetime.now(UTC)


def _moment(told: Any) -> datetime | None:
    """A moment as Salesforce writes it: `2026-11-28T10:00:00.000+0000`."""
    try:
        return datetime.fromisoformat(str(told).replace("+0000", "+00:00")) if told else None
    except ValueError:
        return None


def _zulu(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def _zoned(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
