"""Salesforce through `simple-salesforce`: the session, the limits, and its failures as ours.

The library renews a session only for some ways to log in, so that is done here, over OAuth.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import requests
from simple_salesforce.api import Salesforce as Client
from simple_salesforce.exceptions import SalesforceError

from bot.crm.pacing import Bucket, Pace, patiently
from knowledge.errors import CrmBusy, CrmFailed, CrmRefused, CrmUnreachable, SetupMissing

VERSION = "59.0"
RATE, BURST = 5.0, 10.0
"""Calls a second and at once. Salesforce counts by the day, and lets 25 long ones run at a time;
one after the other at this pace stays far below."""
SHARE_OF_DAY = 0.8
"""Of the organisation's calls a day: once so much is used, by whomever, the rest is left to people
and other systems."""
AN_HOUR = 3600.0
BUSY_SECONDS = 30.0
SECONDS = (5.0, 60.0)
"""To connect, and to wait for an answer."""
CHUNK = 200
"""Most records of one composite call."""

_RENEW = frozenset({"INVALID_SESSION_ID"})
_BUSY = frozenset(
    {"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "CONCURRENT_REQUESTS_LIMIT_EXCEEDED"}
)
_USED_UP = frozenset({"REQUEST_LIMIT_EXCEEDED"})
_FORBIDDEN = frozenset(
    {"INSUFFICIENT_ACCESS", "API_DISABLED_FOR_ORG", "INSUFFICIENT_ACCESS_OR_READONLY"}
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SalesforceAccess:
    """Where and as whom: a connected app's id and secret, with a refresh token or for itself.

    `host` is the organisation's own address (My Domain). It holds secrets, so it is never printed.
    """

    host: str
    client_id: str = ""
    client_secret: str = ""
    refresh_token: str = ""
    token: str = ""

    def __repr__(self) -> str:
        return f"SalesforceAccess({self.host})"


class Rejected(CrmFailed):
    """A request that Salesforce finds wrong: with its status and label."""

    def __init__(self, message: str, status: int, label: str) -> None:
        super().__init__(message)
        self.status, self.label = status, label


class SalesforceCalls:
    """Calls to Salesforce, paced; the session is made anew when it has ended."""

    def __init__(self, access: SalesforceAccess, pace: Pace) -> None:
        self._access = access
        self._bucket = Bucket(RATE, BURST, pace)
        self._session = requests.Session()
        self._renewing = threading.Lock()
        self._client: Client | None = None
        if access.token:
            self._client = self._made_client(access.host, access.token)

    def query(self, soql: str, *, deleted: bool = False) -> list[dict[str, Any]]:
        """All records of a query, through `nextRecordsUrl` where it comes in parts."""

        def whole(client: Client) -> list[dict[str, Any]]:
            told = client.query(soql, include_deleted=deleted, timeout=SECONDS)
            records = list(told["records"])
            while not told["done"]:
                self._bucket.take()
                told = client.query_more(
                    told["nextRecordsUrl"], identifier_is_url=True, timeout=SECONDS
                )
                records += told["records"]
            return [dict(r) for r in records]

        return self._call(whole, again=True)

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """`GET` of a path of the REST API."""
        return self._call(
            lambda c: c.restful(path, params=dict(params or {}), timeout=SECONDS), again=True
        )

    def change(
        self, kind: str, id_: str, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> None:
        """`PATCH` of one record."""
        path = f"sobjects/{kind}/{quote(id_, safe='')}"
        self._call(
            lambda c: c.restful(
                path, method="PATCH", json=dict(fields), headers=dict(headers), timeout=SECONDS
            ),
            again=True,
        )

    def collection(self, path: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """`PATCH` of many records that are told apart by an id or a key, so it may be repeated."""
        body = {"allOrNone": False, "records": records}
        told = self._call(
            lambda c: c.restful(path, method="PATCH", json=body, timeout=SECONDS), again=True
        )
        return [dict(one) for one in told or ()]

    def close(self) -> None:
        """Give back connections."""
        self._session.close()

    def _call(self, call: Callable[[Client], T], *, again: bool) -> T:
        def once() -> T:
            client = self._client or self._renewed(None)
            self._spare(client)
            try:
                return _told(lambda: call(client))
            except _Ended:
                return _told(lambda: call(self._renewed(client)))

        return patiently(once, self._bucket, again=again)

    def _spare(self, client: Client) -> None:
        """Leave the rest of the day's calls to others, by what the last answer said is used."""
        usage: Any = client.api_usage.get("api-usage")
        if usage is not None and usage.total and usage.used >= usage.total * SHARE_OF_DAY:
            client.api_usage = {}  # asked again then, by one call
            raise CrmBusy(
                "Four fifths of Salesforce's calls of the day are used; the rest is left to "
                "others, and it goes on later.", AN_HOUR,
            )  # fmt: skip

    def _renewed(self, old: Client | None) -> Client:
        """A new session; another thread's, where it was quicker."""
        access = self._access
        with self._renewing:
            if self._client is not None and self._client is not old:
                return self._client
            if not (access.client_id and access.client_secret):
                raise SetupMissing(
                    "Salesforce needs TRAILGUIDE_CRM_CLIENT_ID and TRAILGUIDE_CRM_CLIENT_SECRET of "
                    "a connected app; docs/crm.md says where they are found."
                )
            data = {"client_id": access.client_id, "client_secret": access.client_secret}
            if access.refresh_token:
                data |= {"grant_type": "refresh_token", "refresh_token": access.refresh_token}
            else:
                data |= {"grant_type": "client_credentials"}
            url = f"{access.host.rstrip('/')}/services/oauth2/token"
            try:
                reply = self._session.post(url, data=data, timeout=SECONDS)
                told = reply.json() if reply.content else {}
            except (requests.RequestException, ValueError):
                raise CrmUnreachable(
                    "Salesforce gave no answer; it is asked again later."
                ) from None
            if reply.status_code >= 500:
                raise CrmUnreachable("Salesforce failed; it is asked again later.")
            if reply.status_code != 200:
                label = str(told.get("error", reply.status_code))[:40]
                raise CrmRefused(
                    f"Salesforce does not let us in ({label}); docs/crm.md says what to check."
                )
            host = str(told.get("instance_url") or access.host)
            self._client = self._made_client(host, str(told["access_token"]))
            return self._client

    def _made_client(self, host: str, token: str) -> Client:
        if urlsplit(host).scheme != "https":
            raise SetupMissing("TRAILGUIDE_CRM_URL must begin with https:// for Salesforce.")
        return Client(instance_url=host, session_id=token, version=VERSION, session=self._session)


def checked(word: str) -> str:
    """A word for SOQL: ids and keys have letters, digits and few signs, so nothing is escaped."""
    if not re.fullmatch(r"[\w.:-]{1,255}", word):
        raise ValueError("no id of a record")
    return word


class _Ended(CrmRefused):
    """The session has ended."""


def _told(call: Callable[[], T]) -> T:
    """The reply, or one of our failures; Salesforce's words may quote what we sent."""
    try:
        return call()
    except SalesforceError as refused:
        raise failure(int(refused.status), _label(refused)) from None
    except (requests.RequestException, ValueError):
        raise CrmUnreachable("Salesforce gave no answer; it is asked again later.") from None


def _label(refused: SalesforceError) -> str:
    told: Any = refused.content
    first = told[0] if isinstance(told, list) and told else told
    return str(first.get("errorCode", "") if isinstance(first, dict) else "")[:60]


def failure(status: int, label: str) -> CrmFailed:
    """What an error means for us."""
    if label in _RENEW or (status == 401 and not label):
        return _Ended("Salesforce does not let us in; check the connected app: docs/crm.md.")
    if label in _USED_UP:
        told = "Salesforce's calls of the day are used up; it is asked again later."
        return CrmBusy(told, AN_HOUR)
    if label in _BUSY or status == 503:
        return CrmBusy("Salesforce is busy; it is asked again later.", BUSY_SECONDS)
    if status in {401, 403} or label in _FORBIDDEN:
        return CrmRefused(
            f"Salesforce does not let us do that ({label or status}); check the user's "
            "permissions: docs/crm.md."
        )
    if status >= 500:
        return CrmUnreachable(f"Salesforce failed ({status}); it is asked again later.")
    return Rejected(f"Salesforce did not take a request ({label or status}).", status, label)
