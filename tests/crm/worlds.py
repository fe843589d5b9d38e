"""The three CRMs as one world that a test acts in, whichever it is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from bot.crm.opening import open_crm
from bot.crm.pacing import Pace
from bot.settings import Settings
from knowledge.crm import Crm
from knowledge.crm_mapping import load_mapping, packaged
from tests.crm import hubspot_server as hubspot
from tests.crm import salesforce_server as salesforce
from tests.crm.hubspot_server import HubSpotServer
from tests.crm.salesforce_server import SalesforceServer
from tests.crm.server import FakePace, WorldClock, served

BEGAN = timedelta(hours=2)
"""The world's clock begins so long ago, so that whatever ticks is past."""


@dataclass(frozen=True)
class Noted:
    """An activity that we wrote."""

    key: str
    person: str
    subject: str
    body: str
    on: str


class World(Protocol):
    """What people do in a CRM, and what they see there."""

    name: str
    kind: str
    clock: WorldClock

    def settings(self) -> dict[str, Any]: ...
    def person(self, name: str, email: str, **facts: str) -> str: ...
    def change(self, id_: str, **facts: str) -> None: ...
    def value(self, id_: str, fact: str) -> str: ...
    def delete(self, id_: str) -> None: ...
    def merge(self, loser: str, winner: str) -> None: ...
    def opt_out_of_mail(self, id_: str) -> None: ...
    def owner(self, name: str, email: str) -> str: ...
    def account(self, name: str, size: str) -> str: ...
    def mailed(self, person: str, on: str, *, by_us: bool = True) -> str: ...
    def noted(self) -> list[Noted]: ...


WRITES = {
    "hubspot": ('problem = "trailguide_problem"\nstage = "lifecyclestage"',
                'awareness = "subscriber"\ninterest = "lead"\nconsideration = "salesqualifiedlead"\n'
                'decision = "opportunity"'),
    "salesforce": ('problem = "Trailguide_Problem__c"\nstage = "Status"',
                   'awareness = "Open - Not Contacted"\ninterest = "Working - Contacted"'),
    "csv": ('problem = "problem"\nstage = "status"',
            'awareness = "new"\ninterest = "contacted"\nconsideration = "evaluating"\n'
            'decision = "deciding"'),
}  # fmt: skip


def writing(crm: str, *, texts: bool = False) -> str:
    """The packaged mapping with everything switched on."""
    facts, stages = WRITES[crm]
    text = packaged(crm).replace("activities = false", "activities = true")
    text = text.replace("texts = false", f"texts = {str(texts).lower()}")
    head, _, _ = text.partition("[write.facts]")
    return f"{head}[write.facts]\n{facts}\n\n[write.stages]\n{stages}\n"


class HubSpotWorld:
    name, kind = "hubspot", "contacts"
    fields = {"stage": "lifecyclestage", "problem": "trailguide_problem", "role": "jobtitle",
              "company": "company", "phone": "phone", "owner": "hubspot_owner_id",
              "account": "associatedcompanyid", "email": "email"}  # fmt: skip
    stages = {"awareness": "subscriber", "interest": "lead", "consideration": "salesqualifiedlead",
              "decision": "opportunity"}  # fmt: skip

    def __init__(self, server: HubSpotServer) -> None:
        self.server, self.clock = server, server.clock

    def settings(self) -> dict[str, Any]:
        return {"crm_url": self.server.url, "crm_client_id": hubspot.CLIENT,
                "crm_client_secret": hubspot.SECRET, "crm_refresh_token": hubspot.REFRESH}  # fmt: skip

    def _theirs(self, facts: dict[str, str]) -> dict[str, str]:
        return {self.fields.get(k, k): self.stages.get(v, v) if k == "stage" else v
                for k, v in facts.items()}  # fmt: skip

    def person(self, name: str, email: str, **facts: str) -> str:
        first, _, last = name.partition(" ")
        return self.server.put("contacts", firstname=first, lastname=last, email=email,
                               **self._theirs(facts))  # fmt: skip

    def change(self, id_: str, **facts: str) -> None:
        self.server.put("contacts", id_, **self._theirs(facts))

    def value(self, id_: str, fact: str) -> str:
        return str(self.server.objects["contacts"][id_]["properties"].get(self.fields[fact]) or "")

    def delete(self, id_: str) -> None:
        self.server.archive("contacts", id_)

    def merge(self, loser: str, winner: str) -> None:
        self.server.merge(loser, winner)

    def opt_out_of_mail(self, id_: str) -> None:
        self.server.put("contacts", id_, hs_email_optout="true")

    def owner(self, name: str, email: str) -> str:
        first, _, last = name.partition(" ")
        id_ = str(900 + len(self.server.owners))
        self.server.owners.append({"id": id_, "email": email, "firstName": first, "lastName": last,
                                   "userId": 7, "archived": False,
                                   "updatedAt": hubspot.iso(self.clock.tick())})  # fmt: skip
        return id_

    def account(self, name: str, size: str) -> str:
        return self.server.put("companies", name=name, numberofemployees=size)

    def mailed(self, person: str, on: str, *, by_us: bool = True) -> str:
        way = "EMAIL" if by_us else "INCOMING_EMAIL"
        id_ = self.server.put("emails", hs_timestamp=f"{on}T12:00:00Z", hs_email_direction=way)
        self.server.links["emails", id_] = [person]
        return id_

    def noted(self) -> list[Noted]:
        return [
            Noted(p["trailguide_key"], self.server.links[kind, o["id"]][0], p.get("hs_email_subject", ""),
                  p.get("hs_email_text", ""), p["hs_timestamp"][:10])
            for kind, rows in self.server.objects.items() for o in rows.values()
            if "trailguide_key" in (p := o["properties"])
        ]  # fmt: skip


class SalesforceWorld:
    name, kind = "salesforce", "Lead"
    fields = {"stage": "Status", "problem": "Trailguide_Problem__c", "role": "Title",
              "company": "Company", "phone": "Phone", "owner": "OwnerId", "email": "Email"}  # fmt: skip
    stages = {"awareness": "Open - Not Contacted", "interest": "Working - Contacted"}

    def __init__(self, server: SalesforceServer) -> None:
        self.server, self.clock = server, server.clock

    def settings(self) -> dict[str, Any]:
        return {"crm_url": self.server.url, "crm_client_id": salesforce.CLIENT,
                "crm_client_secret": salesforce.SECRET}  # fmt: skip

    def _theirs(self, facts: dict[str, str]) -> dict[str, str]:
        return {self.fields.get(k, k): self.stages.get(v, v) if k == "stage" else v
                for k, v in facts.items() if k != "account"}  # fmt: skip

    def person(self, name: str, email: str, **facts: str) -> str:
        if "account" in facts:  # a lead has its company in words; a contact belongs to an account
            return self.server.put("Contact", Name=name, Email=email, AccountId=facts["account"])
        return self.server.put("Lead", Name=name, Email=email, **self._theirs(facts))

    def change(self, id_: str, **facts: str) -> None:
        self.server.put("Lead", id_, **self._theirs(facts))

    def value(self, id_: str, fact: str) -> str:
        return str(self.server.objects["Lead"][id_].get(self.fields[fact]) or "")

    def delete(self, id_: str) -> None:
        self.server.delete("Lead", id_)

    def merge(self, loser: str, winner: str) -> None:
        self.server.merge(loser, winner)

    def opt_out_of_mail(self, id_: str) -> None:
        self.server.put("Lead", id_, HasOptedOutOfEmail=True)

    def owner(self, name: str, email: str) -> str:
        return self.server.put("User", Name=name, Email=email)

    def account(self, name: str, size: str) -> str:
        return self.server.put("Account", Name=name, NumberOfEmployees=int(size))

    def mailed(self, person: str, on: str, *, by_us: bool = True) -> str:
        return self.server.put("Task", ActivityDate=on, Status="Completed", WhoId=person,
                               TaskSubtype="Email" if by_us else "Task")  # fmt: skip

    def noted(self) -> list[Noted]:
        return [Noted(t["Trailguide_Key__c"], t["WhoId"], t["Subject"], t["Description"], t["ActivityDate"])
                for t in self.server.objects["Task"].values() if t["Trailguide_Key__c"]]  # fmt: skip


class CsvWorld:
    """A system that exports its tables anew with every change."""

    name, kind = "csv", "leads"
    columns = {
        "leads": ["id", "name", "email", "company", "role", "industry", "company_size", "status",
                  "problem", "owner_id", "account_id", "opted_out", "opted_out_of_email",
                  "do_not_call", "phone", "changed_at", "deleted", "merged_into"],
        "accounts": ["id", "name", "industry", "company_size", "changed_at"],
        "activities": ["id", "lead_id", "type", "on", "changed_at"],
        "owners": ["id", "name", "email", "changed_at"],
    }  # fmt: skip
    names = {"stage": "status", "owner": "owner_id", "account": "account_id"}
    stages = {"awareness": "new", "interest": "contacted", "consideration": "evaluating",
              "decision": "deciding"}  # fmt: skip

    def __init__(self, folder: Path, clock: WorldClock) -> None:
        self.folder, self.clock = folder, clock
        self.rows: dict[str, dict[str, dict[str, str]]] = {kind: {} for kind in self.columns}
        self._export("leads")

    def settings(self) -> dict[str, Any]:
        return {"crm_folder": self.folder}

    def _put(self, kind: str, id_: str | None, told: dict[str, str]) -> str:
        id_ = id_ or f"{kind[:2].upper()}-{len(self.rows[kind]) + 1:04}"
        named = {self.names.get(k, k): self.stages.get(v, v) if k == "stage" else v
                 for k, v in told.items()}  # fmt: skip
        at = self.clock.tick().isoformat()
        self.rows[kind][id_] = {
            **self.rows[kind].get(id_, {}),
            **named,
            "id": id_,
            "changed_at": at,
        }
        self._export(kind)
        return id_

    def _export(self, kind: str) -> None:
        with (self.folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, self.columns[kind], restval="")
            writer.writeheader()
            writer.writerows(self.rows[kind].values())

    def person(self, name: str, email: str, **facts: str) -> str:
        return self._put("leads", None, {"name": name, "email": email, **facts})

    def change(self, id_: str, **facts: str) -> None:
        self._put("leads", id_, facts)

    def value(self, id_: str, fact: str) -> str:
        """What the system has: its own word, or what it took in from our file."""
        column = self.names.get(fact, fact)
        taken = {r["key"]: r["value"] for r in self._ours()}
        return taken.get(f"{id_}:{column}") or self.rows["leads"][id_].get(column, "")

    def delete(self, id_: str) -> None:
        self._put("leads", id_, {"deleted": "true"})

    def merge(self, loser: str, winner: str) -> None:
        self._put("leads", loser, {"merged_into": winner})
        self._put("leads", winner, {})

    def opt_out_of_mail(self, id_: str) -> None:
        self._put("leads", id_, {"opted_out_of_email": "yes"})

    def owner(self, name: str, email: str) -> str:
        return self._put("owners", None, {"name": name, "email": email})

    def account(self, name: str, size: str) -> str:
        return self._put("accounts", None, {"name": name, "company_size": size})

    def mailed(self, person: str, on: str, *, by_us: bool = True) -> str:
        return self._put("activities", None, {"lead_id": person, "on": on,
                                              "type": "email" if by_us else "other"})  # fmt: skip

    def noted(self) -> list[Noted]:
        return [Noted(r["key"], r["lead_id"], r["subject"], r["body"], r["on"])
                for r in self._ours() if r["what"] != "field"]  # fmt: skip

    def _ours(self) -> list[dict[str, str]]:
        path = self.folder / "trailguide.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))


@contextmanager
def world_of(crm: str, folder: Path, certificate: Path, pace: FakePace) -> Iterator[World]:
    """A fresh CRM of that name."""
    clock = WorldClock((datetime.now(UTC) - BEGAN).replace(microsecond=0))
    if crm == "csv":
        place = folder / "export"
        place.mkdir()
        yield CsvWorld(place, clock)
    elif crm == "hubspot":
        server = HubSpotServer(clock, pace)
        with served(server):
            yield HubSpotWorld(server)
    else:
        org = SalesforceServer(clock)
        with served(org, certificate):
            yield SalesforceWorld(org)


def adapter(world: World, home: Path, pace: FakePace) -> Crm:
    """The adapter that the settings of this world open."""
    settings = Settings(home=home, crm=world.name, **world.settings())
    return open_crm(settings, load_mapping(home, world.name), Pace(pace.now, pace.sleep))
