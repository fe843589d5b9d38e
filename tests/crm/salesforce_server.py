"""Salesforce's REST API over loopback: queries in parts, the delete log, composites, refusals."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from tests.crm import soql
from tests.crm.server import Answer, Asked, Loopback, WorldClock

CLIENT, SECRET, REFRESH = "3MVG9consumer", "secret-sf-1", "refresh-sf-1"
BASE = "/services/data/v59.0"
PREFIX = {"Lead": "00Q", "Contact": "003", "Account": "001", "Task": "00T", "Event": "00U",
          "User": "005", "LeadHistory": "017", "ContactHistory": "01A"}  # fmt: skip
OWN = {"Id", "SystemModstamp", "LastModifiedDate", "CreatedDate", "IsDeleted", "MasterRecordId"}
FIELDS = {
    "Lead": {"Name", "Email", "Company", "Title", "Industry", "NumberOfEmployees", "Status", "OwnerId",
             "HasOptedOutOfEmail", "DoNotCall", "ConvertedContactId", "IsConverted", "Phone",
             "Trailguide_Problem__c", *OWN},
    "Contact": {"Name", "Email", "Title", "OwnerId", "HasOptedOutOfEmail", "DoNotCall", "AccountId",
                "Trailguide_Problem__c", *OWN},
    "Account": {"Name", "Industry", "NumberOfEmployees", *OWN},
    "Task": {"ActivityDate", "TaskSubtype", "Status", "WhoId", "Subject", "Description",
             "Trailguide_Key__c", *OWN},
    "Event": {"ActivityDate", "WhoId", "Subject", *OWN},
    "User": {"Name", "Email", *OWN},
    "LeadHistory": {"LeadId", "Field", "CreatedDate", "Id"},
    "ContactHistory": {"ContactId", "Field", "CreatedDate", "Id"},
}  # fmt: skip
STATUSES = ("Open - Not Contacted", "Working - Contacted", "Closed - Converted",
            "Closed - Not Converted")  # fmt: skip


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def error(status: int, code: str, message: str = "refused") -> Answer:
    return Answer(status, [{"message": message, "errorCode": code}])


class SalesforceServer(Loopback):
    """The organisation; moments are of whole seconds, as there."""

    def __init__(self, clock: WorldClock, *, tracks: bool = False, part: int = 2000) -> None:
        super().__init__()
        self.clock, self.tracks, self.part = clock, tracks, part
        self.objects: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in FIELDS}
        self.sessions: set[str] = set()
        self.locators: dict[str, list[dict[str, Any]]] = {}
        self.poison: set[str] = set()
        self.used, self.allowed = 18, 15000
        self.serial = 0

    # What people do in the organisation

    def put(self, kind: str, id_: str | None = None, **fields: Any) -> str:
        at = self.clock.tick().replace(microsecond=0)
        if id_ is None:
            self.serial += 1
            id_ = f"{PREFIX[kind]}5g00000{self.serial:04}AAA"[:18].ljust(18, "A")
            self.objects[kind][id_] = {**dict.fromkeys(FIELDS[kind]), "Id": id_, "IsDeleted": False,
                                       "CreatedDate": at}  # fmt: skip
        row = self.objects[kind][id_]
        if self.tracks and kind in {"Lead", "Contact"}:
            for name in fields:
                self.put(f"{kind}History", **{f"{kind}Id": id_, "Field": name})
        row |= fields
        row["SystemModstamp"] = row["LastModifiedDate"] = at
        return id_

    def expire(self) -> None:
        """Every session there is has ended."""
        self.sessions = set()

    def delete(self, kind: str, id_: str) -> None:
        self.put(kind, id_, IsDeleted=True)

    def merge(self, loser: str, winner: str, kind: str = "Lead") -> None:
        self.put(kind, loser, IsDeleted=True, MasterRecordId=winner)
        self.put(kind, winner)

    def convert(self, lead: str, contact: str) -> None:
        self.put("Lead", lead, IsConverted=True, ConvertedContactId=contact,
                 Status="Closed - Converted")  # fmt: skip

    # The API

    def handle(self, asked: Asked) -> Answer:
        if asked.path == "/services/oauth2/token":
            return self._token(asked)
        if asked.headers.get("Authorization", "").removeprefix("Bearer ") not in self.sessions:
            return error(401, "INVALID_SESSION_ID", "Session expired or invalid")
        self.used += 1
        answer = self._routed(asked)
        answer.headers["Sforce-Limit-Info"] = f"api-usage={self.used}/{self.allowed}"
        return answer

    def _token(self, asked: Asked) -> Answer:
        form = dict(asked.body)
        right = {"client_id": CLIENT, "client_secret": SECRET}
        ways = ({"grant_type": "refresh_token", "refresh_token": REFRESH},
                {"grant_type": "client_credentials"})  # fmt: skip
        if form not in [right | way for way in ways]:
            return Answer(400, {"error": "invalid_grant", "error_description": "expired access/refresh token"})  # fmt: skip
        session = f"00D5g000!{uuid.uuid4()}"
        self.sessions = {session}
        return Answer(200, {"access_token": session, "instance_url": self.url, "token_type": "Bearer",
                            "id": f"{self.url}/id/00D/005", "issued_at": "1", "signature": "x"})  # fmt: skip

    def _routed(self, asked: Asked) -> Answer:
        parts = asked.path.removeprefix(BASE).strip("/").split("/")
        match asked.method, parts:
            case "GET", ["query" | "queryAll" as how]:
                return self._query(asked.query["q"], deleted=how == "queryAll")
            case "GET", ["query" | "queryAll", locator]:
                if locator not in self.locators:
                    return error(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
                return self._part(self.locators.pop(locator))
            case "GET", ["sobjects", kind, "describe"]:
                return self._describe(kind)
            case "GET", ["sobjects", kind, "deleted"]:
                return self._deleted(kind, asked.query)
            case "PATCH", ["sobjects", kind, id_]:
                return self._update(kind, id_, asked)
            case "PATCH", ["composite", "sobjects"]:
                return self._collection(asked.body, None)
            case "PATCH", ["composite", "sobjects", kind, key]:
                return self._collection(asked.body, key)
        return error(404, "NOT_FOUND", "The requested resource does not exist")

    def _query(self, text: str, *, deleted: bool) -> Answer:
        try:
            query = soql.parse(text)
        except soql.Malformed as wrong:
            return error(400, "MALFORMED_QUERY", str(wrong))
        if query.kind.endswith("History") and not self.tracks:
            return error(400, "INVALID_TYPE", f"sObject type '{query.kind}' is not supported.")
        if unknown := query.named - FIELDS[query.kind]:
            return error(400, "INVALID_FIELD", f"No such column '{min(unknown)}' on entity '{query.kind}'.")  # fmt: skip
        rows = [r for r in self.objects[query.kind].values()
                if (deleted or not r.get("IsDeleted")) and query.fits(r)]  # fmt: skip
        rows.sort(key=lambda r: tuple(r[f] for f in query.order))
        made = [self._row(query.kind, r, query.fields) for r in rows[: query.limit]]
        return self._part(made)

    def _part(self, rows: list[dict[str, Any]]) -> Answer:
        now, rest = rows[: self.part], rows[self.part :]
        told: dict[str, Any] = {"totalSize": len(rows), "done": not rest, "records": now}
        if rest:
            locator = f"01g5g00000{len(self.locators):05}-{self.part}"
            self.locators[locator] = rest
            told["nextRecordsUrl"] = f"{BASE}/query/{locator}"
        return Answer(200, told)

    def _row(self, kind: str, row: dict[str, Any], fields: list[str]) -> dict[str, Any]:
        url = f"{BASE}/sobjects/{kind}/{row['Id']}"
        shown = {f: stamp(v) if isinstance(v := row[f], datetime) else v for f in fields}
        return {"attributes": {"type": kind, "url": url}, **shown}

    def _describe(self, kind: str) -> Answer:
        fields = [
            {"name": n, "label": n, "type": "picklist" if n == "Status" else "string",
             "updateable": n not in OWN, "externalId": n == "Trailguide_Key__c",
             "picklistValues": [{"value": s, "label": s, "active": True} for s in STATUSES]
             if n == "Status" and kind == "Lead" else []}
            for n in sorted(FIELDS[kind])
        ]  # fmt: skip
        return Answer(200, {"name": kind, "fields": fields})

    def _deleted(self, kind: str, query: dict[str, str]) -> Answer:
        start, end = (datetime.fromisoformat(query[n]) for n in ("start", "end"))
        if (end - start).total_seconds() < 60:
            return error(
                400, "INVALID_REPLICATION_DATE", "startDate must precede endDate by a minute"
            )
        rows = [{"id": r["Id"], "deletedDate": stamp(r["SystemModstamp"])}
                for r in self.objects[kind].values()
                if r["IsDeleted"] and start <= r["SystemModstamp"] <= end]  # fmt: skip
        covered = min(end, self.clock.at).replace(second=0, microsecond=0)
        return Answer(200, {"deletedRecords": rows, "earliestDateAvailable": stamp(start),
                            "latestDateCovered": stamp(covered)})  # fmt: skip

    def _wrong(self, kind: str, fields: dict[str, Any]) -> tuple[str, str] | None:
        for name, value in fields.items():
            if name not in FIELDS[kind]:
                return "INVALID_FIELD", f"No such column '{name}' on sobject of type {kind}"
            if name in OWN - {"Id"}:
                return "INVALID_FIELD_FOR_INSERT_UPDATE", f"Unable to create/update fields: {name}"
            if kind == "Lead" and name == "Status" and value not in STATUSES:
                return "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", f"bad value: {name}"
        return None

    def _update(self, kind: str, id_: str, asked: Asked) -> Answer:
        row = self.objects[kind].get(id_)
        if row is None or row["IsDeleted"]:
            return error(404, "ENTITY_IS_DELETED" if row else "NOT_FOUND")
        since = asked.headers.get("If-Unmodified-Since")
        if since and row["LastModifiedDate"] > parsedate_to_datetime(since):
            return Answer(412, [{"errorCode": "PRECONDITION_FAILED", "message": "modified"}])
        if wrong := self._wrong(kind, asked.body):
            return Answer(400, [{"message": wrong[1], "errorCode": wrong[0], "fields": list(asked.body)}])  # fmt: skip
        self.put(kind, id_, **asked.body)
        return Answer(204)

    def _collection(self, body: dict[str, Any], key: str | None) -> Answer:
        if len(body["records"]) > 200:
            return error(400, "EXCEEDED_ID_LIMIT", "record limit reached")
        return Answer(200, [self._upserted(dict(r), key) for r in body["records"]])

    def _upserted(self, given: dict[str, Any], key: str | None) -> dict[str, Any]:
        kind = given.pop("attributes")["type"]
        rows = self.objects[kind]
        id_ = given.pop("Id", None)
        if key:
            id_ = next((r["Id"] for r in rows.values() if r[key] == given[key]), None)
        wrong = self._wrong(kind, given)
        if id_ and "TaskSubtype" in given:
            wrong = ("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to update fields: TaskSubtype")
        if given.get("WhoId") in self.poison:
            wrong = ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "not this one")
        if wrong:
            return {"success": False, "errors": [{"statusCode": wrong[0], "message": wrong[1], "fields": []}]}  # fmt: skip
        made = self.put(kind, id_, **given)
        return {"id": made, "success": True, "errors": [], "created": id_ is None}
