"""HubSpot's CRM v3, v4 and OAuth over loopback: their shapes, limits, merges and refusals."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.crm.server import Answer, Asked, FakePace, Loopback, WorldClock

TOKEN, CLIENT, SECRET, REFRESH = "pat-1", "client-1", "secret-hs-1", "refresh-hs-1"
SEARCH_LIMIT, WINDOW_LIMIT = 5, 100
MODIFIED = {"contacts": "lastmodifieddate"}
TYPE_IDS = {198: "emails", 194: "calls", 202: "notes", 81: "communications"}
OWN = frozenset({"hs_object_id", "createdate", "lastmodifieddate", "hs_lastmodifieddate",
                 "hs_merged_object_ids", "hs_email_optout"})  # fmt: skip
KNOWN = {
    "contacts": {"firstname", "lastname", "email", "company", "jobtitle", "industry",
                 "lifecyclestage", "hubspot_owner_id", "associatedcompanyid", "phone",
                 "trailguide_problem", *OWN},
    "companies": {"name", "industry", "numberofemployees", *OWN},
    "emails": {"hs_timestamp", "hs_email_direction", "hs_email_status", "hs_email_subject",
               "hs_email_text", "trailguide_key", *OWN},
    "calls": {"hs_timestamp", "hs_call_direction", "hs_call_status", "hs_call_title",
              "hs_call_body", "trailguide_key", *OWN},
    "meetings": {"hs_timestamp", *OWN},
    "notes": {"hs_timestamp", "hs_note_body", "trailguide_key", *OWN},
    "communications": {"hs_timestamp", "hs_communication_channel_type", "trailguide_key",
                       "hs_communication_logged_from", "hs_communication_body", *OWN},
}  # fmt: skip
STAGES = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity",
          "customer", "evangelist", "other")  # fmt: skip


def iso(at: datetime) -> str:
    at = at.astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def error(status: int, category: str, message: str, **more: Any) -> Answer:
    told = {"status": "error", "message": message, "correlationId": str(uuid.uuid4()),
            "category": category, **more}  # fmt: skip
    return Answer(status, told)


def too_many(policy: str = "TEN_SECONDLY_ROLLING", after: str | None = None) -> Answer:
    told = {"status": "error", "message": f"You have reached your {policy.lower()} limit.",
            "errorType": "RATE_LIMIT", "correlationId": str(uuid.uuid4()), "policyName": policy,
            "requestId": str(uuid.uuid4())}  # fmt: skip
    headers = {"X-HubSpot-RateLimit-Max": "100", "X-HubSpot-RateLimit-Remaining": "0",
               "X-HubSpot-RateLimit-Interval-Milliseconds": "10000"}  # fmt: skip
    return Answer(429, told, headers | ({"Retry-After": after} if after else {}))


class HubSpotServer(Loopback):
    """The account; ids are numbers, and every change moves a record's date."""

    def __init__(self, clock: WorldClock, pace: FakePace) -> None:
        super().__init__()
        self.clock, self.pace = clock, pace
        self.objects: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in KNOWN}
        self.links: dict[tuple[str, str], list[str]] = {}
        self.owners: list[dict[str, Any]] = []
        self.tokens = {TOKEN}
        self.refresh_token = REFRESH
        self.calls: list[float] = []
        self.searches: list[float] = []
        self.refused = 0
        self.poison: set[str] = set()
        self.serial = 100

    # What people do in the account

    def put(self, kind: str, id_: str | None = None, **properties: str) -> str:
        at = self.clock.tick()
        if id_ is None:
            self.serial += 1
            id_ = str(self.serial)
            self.objects[kind][id_] = {"id": id_, "properties": {}, "history": {}, "created": at,
                                       "archived_at": None, "into": None, "purged": False}  # fmt: skip
        one = self.objects[kind][id_]
        for name, value in properties.items():
            one["properties"][name] = value
            one["history"].setdefault(name, []).insert(0, (value, at))
        self._touch(kind, one, at)
        return id_

    def _touch(self, kind: str, one: dict[str, Any], at: datetime) -> None:
        one["updated"] = at
        own = {"hs_object_id": one["id"], "hs_lastmodifieddate": iso(at),
               "createdate": iso(one["created"])}  # fmt: skip
        one["properties"] |= own | {MODIFIED.get(kind, "hs_lastmodifieddate"): iso(at)}

    def archive(self, kind: str, id_: str) -> None:
        self.objects[kind][id_]["archived_at"] = self.clock.tick()

    def purge(self, kind: str, id_: str) -> None:
        """Deleted for good, as for the GDPR: no list tells of it."""
        self.clock.tick()
        self.objects[kind][id_]["purged"] = True

    def expire(self) -> None:
        """Every token there is has had its time."""
        self.tokens = set()

    def merge(self, loser: str, winner: str) -> None:
        self.objects["contacts"][loser]["into"] = winner
        known = self.objects["contacts"][winner]["properties"].get("hs_merged_object_ids") or ""
        self.put("contacts", winner, hs_merged_object_ids=";".join(filter(None, (known, loser))))

    def now_of(self, kind: str, id_: str) -> dict[str, Any] | None:
        """The record behind an id: the survivor of a merge, nothing of what is gone."""
        one = self.objects[kind].get(id_)
        while one and one["into"]:
            one = self.objects[kind].get(one["into"])
        return None if one is None or one["archived_at"] or one["purged"] else one

    # The API

    def handle(self, asked: Asked) -> Answer:
        if asked.path == "/oauth/v1/token":
            return self._token(asked)
        token = asked.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            return error(401, "EXPIRED_AUTHENTICATION",
                         "The OAuth token used to make this call expired 12 second(s) ago.")  # fmt: skip
        if limited := self._limited(asked):
            self.refused += 1
            return limited
        parts = asked.path.strip("/").split("/")
        match parts:
            case ["crm", "v3", "owners"]:
                return self._paged(self.owners, asked)
            case ["crm", "v3", "properties", kind]:
                return Answer(200, {"results": [self._property(kind, n) for n in sorted(KNOWN[kind])]})  # fmt: skip
            case ["crm", "v3", "objects", kind]:
                return self._listed(kind, asked)
            case ["crm", "v3", "objects", kind, "search"]:
                return self._search(kind, asked.body)
            case ["crm", "v3", "objects", kind, "batch", what]:
                return getattr(self, f"_batch_{what}")(kind, asked.body)
            case ["crm", "v4", "associations", kind, to, "batch", "read"]:
                return self._associations(kind, to, asked.body)
        return error(404, "OBJECT_NOT_FOUND", "resource not found")

    def _token(self, asked: Asked) -> Answer:
        form = asked.body
        right = {"grant_type": "refresh_token", "client_id": CLIENT, "client_secret": SECRET,
                 "refresh_token": self.refresh_token}  # fmt: skip
        if form != right:
            return Answer(400, {"status": "BAD_REFRESH_TOKEN", "message": "missing or invalid refresh token",
                                "correlationId": str(uuid.uuid4()), "category": "BAD_REFRESH_TOKEN"})  # fmt: skip
        token = f"access-{uuid.uuid4()}"
        self.tokens = {token}
        return Answer(200, {"token_type": "bearer", "refresh_token": self.refresh_token,
                            "access_token": token, "expires_in": 1800})  # fmt: skip

    def _limited(self, asked: Asked) -> Answer | None:
        now = self.pace.now()
        mine = self.searches if asked.path.endswith("/search") else self.calls
        window, most = (1.0, SEARCH_LIMIT) if mine is self.searches else (10.0, WINDOW_LIMIT)
        mine[:] = [at for at in mine if at > now - window]
        if len(mine) >= most:
            return too_many("SECONDLY" if mine is self.searches else "TEN_SECONDLY_ROLLING")
        mine.append(now)
        return None

    def _property(self, kind: str, name: str) -> dict[str, Any]:
        options = [{"label": s, "value": s, "hidden": False} for s in STAGES]
        return {"name": name, "label": name, "type": "enumeration" if name == "lifecyclestage" else "string",
                "fieldType": "text", "hasUniqueValue": name == "trailguide_key",
                "options": options if name == "lifecyclestage" else [],
                "modificationMetadata": {"archivable": True, "readOnlyDefinition": False,
                                         "readOnlyValue": name in OWN}}  # fmt: skip

    def _shown(
        self, one: dict[str, Any], names: list[str], history: list[str] = []
    ) -> dict[str, Any]:
        shown = {n: one["properties"].get(n) for n in names if n in one["properties"]}
        told = {"id": one["id"], "properties": {"hs_object_id": one["id"], **shown},
                "createdAt": iso(one["created"]), "updatedAt": iso(one["updated"]),
                "archived": bool(one["archived_at"])}  # fmt: skip
        if one["archived_at"]:
            told["archivedAt"] = iso(one["archived_at"])
        if history:
            told["propertiesWithHistory"] = {
                n: [{"value": v, "timestamp": iso(at), "sourceType": "CRM_UI", "sourceId": "userId:7"}
                    for v, at in one["history"].get(n, [])]
                for n in history
            }  # fmt: skip
        return told

    def _paged(self, rows: list[Any], asked: Asked) -> Answer:
        start, limit = int(asked.query.get("after", 0)), int(asked.query.get("limit", 100))
        told: dict[str, Any] = {"results": rows[start : start + limit]}
        if start + limit < len(rows):
            told["paging"] = {"next": {"after": str(start + limit), "link": asked.path}}
        return Answer(200, told)

    def _listed(self, kind: str, asked: Asked) -> Answer:
        archived = asked.query.get("archived", "false").lower() == "true"
        rows = [self._shown(o, ["email"]) for o in self.objects[kind].values()
                if bool(o["archived_at"]) == archived and not o["into"] and not o["purged"]]  # fmt: skip
        return self._paged(rows, asked)

    def _search(self, kind: str, body: Mapping[str, Any]) -> Answer:
        if body.get("limit", 10) > 200 or int(body.get("after", 0)) >= 10_000:
            return error(400, "VALIDATION_ERROR", "Invalid input JSON: limit or after too large")
        live = [o for o in self.objects[kind].values() if self.now_of(kind, o["id"]) is o]
        found = [o for o in live if any(all(self._fits(o, f) for f in g["filters"])
                                        for g in body["filterGroups"])]  # fmt: skip
        (sort,) = body["sorts"]
        found.sort(key=lambda o: _number(o["properties"].get(sort["propertyName"])))
        start, limit = int(body.get("after", 0)), body["limit"]
        told: dict[str, Any] = {"total": len(found), "results": [
            self._shown(o, body["properties"]) for o in found[start : start + limit]]}  # fmt: skip
        if start + limit < len(found):
            told["paging"] = {"next": {"after": str(start + limit)}}
        return Answer(200, told)

    def _fits(self, one: dict[str, Any], wanted: Mapping[str, Any]) -> bool:
        value, than = _number(one["properties"].get(wanted["propertyName"])), float(wanted["value"])
        match wanted["operator"]:
            case "GTE":
                return value >= than
            case "GT":
                return value > than
            case "EQ":
                return value == than
        raise AssertionError(wanted)

    def _batch(self, status: int, results: list[Any], errors: list[Any]) -> Answer:
        now = iso(self.clock.at)
        told = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
        if errors:
            return Answer(207, told | {"numErrors": len(errors), "errors": errors})
        return Answer(status, told)

    def _batch_read(self, kind: str, body: Mapping[str, Any]) -> Answer:
        if len(body["inputs"]) > 100:
            return error(400, "VALIDATION_ERROR", "The maximum number of inputs is 100")
        by, found, missing = body.get("idProperty"), {}, []
        for wanted in (i["id"] for i in body["inputs"]):
            one = next((o for o in self.objects[kind].values() if o["properties"].get(by) == wanted
                        and self.now_of(kind, o["id"])), None) if by else self.now_of(kind, wanted)  # fmt: skip
            if one:
                found[one["id"]] = self._shown(one, body["properties"], body.get("propertiesWithHistory") or [])  # fmt: skip
            else:
                missing.append(wanted)
        message = f"Could not get some {kind.upper()} objects, they may be deleted or not exist."
        errors = [{"status": "error", "category": "OBJECT_NOT_FOUND", "message": message,
                   "context": {"ids": missing}}] if missing else []  # fmt: skip
        return self._batch(200, list(found.values()), errors)

    def _wrong(self, kind: str, properties: Mapping[str, str]) -> Answer | None:
        for name, value in properties.items():
            code = ("PROPERTY_DOESNT_EXIST" if name not in KNOWN[kind] else
                    "READ_ONLY_VALUE" if name in OWN else
                    "INVALID_OPTION" if name == "lifecyclestage" and value not in STAGES else "")  # fmt: skip
            if code:
                return error(400, "VALIDATION_ERROR", f'Property values were not valid: [{{"name":"{name}","error":"{code}"}}]')  # fmt: skip
        return None

    def _batch_create(self, kind: str, body: Mapping[str, Any]) -> Answer:
        for given in body["inputs"]:
            if wrong := self._wrong(kind, given["properties"]):
                return wrong
            key = given["properties"].get("trailguide_key")
            if any(
                o["properties"].get("trailguide_key") == key for o in self.objects[kind].values()
            ):
                return error(409, "CONFLICT", f"An object already has that value: {key}")
        results, errors = [], []
        for given in body["inputs"]:
            to = given["associations"][0]["to"]["id"]
            if to in self.poison:
                errors.append({"status": "error", "category": "VALIDATION_ERROR", "message": "no",
                               "context": {"objectWriteTraceId": [to]}})  # fmt: skip
                continue
            id_ = self.put(kind, **given["properties"])
            type_id = given["associations"][0]["types"][0]["associationTypeId"]
            assert TYPE_IDS[type_id] == kind
            self.links[kind, id_] = [to]
            results.append(self._shown(self.objects[kind][id_], list(given["properties"])))
        return self._batch(201, results, errors)

    def _batch_update(self, kind: str, body: Mapping[str, Any]) -> Answer:
        for given in body["inputs"]:
            if wrong := self._wrong(kind, given["properties"]):
                return wrong
        results, errors = [], []
        for given in body["inputs"]:
            one = self.now_of(kind, given["id"])
            if one is None or given["id"] in self.poison:
                errors.append({"status": "error", "category": "OBJECT_NOT_FOUND",
                               "message": "not found", "context": {"ids": [given["id"]]}})  # fmt: skip
                continue
            self.put(kind, one["id"], **given["properties"])
            results.append(self._shown(one, list(given["properties"])))
        return self._batch(200, results, errors)

    def _batch_archive(self, kind: str, body: Mapping[str, Any]) -> Answer:
        for given in body["inputs"]:
            self.archive(kind, given["id"])
        return Answer(204)

    def _associations(self, kind: str, to: str, body: Mapping[str, Any]) -> Answer:
        results, missing = [], []
        for wanted in (i["id"] for i in body["inputs"]):
            people = self.links.get((kind, wanted), []) if to == "contacts" else []
            if not people:
                missing.append(wanted)
                continue
            types = [{"category": "HUBSPOT_DEFINED", "typeId": 198, "label": None}]
            results.append({"from": {"id": wanted}, "to": [
                {"toObjectId": int(p), "associationTypes": types} for p in people]})  # fmt: skip
        errors = [{"status": "error", "category": "OBJECT_NOT_FOUND",
                   "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND", "message": "none",
                   "context": {"fromObjectId": [m]}} for m in missing]  # fmt: skip
        return self._batch(200, results, errors)


def _number(value: Any) -> float:
    text = str(value or "0")
    if re.fullmatch(r"[\d.]+", text):
        return float(text)
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round(at.timestamp() * 1000)
