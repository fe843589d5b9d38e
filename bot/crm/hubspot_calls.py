"""HubSpot's official client: the token, the limits, and its failures as ours.

Bodies go in and come out as HubSpot's own JSON, so that the adapter reads like its documentation.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hubspot import HubSpot as Client
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from bot.crm.pacing import Bucket, Pace, patiently
from knowledge.errors import CrmBusy, CrmFailed, CrmRefused, CrmUnreachable, SetupMissing

HOST = "https://api.hubapi.com"
RATE, BURST = 6.0, 20.0
"""Calls a second and at once: 80 in any ten seconds. HubSpot lets the least of its plans make 100,
shared by all apps of the account; this leaves a fifth to others."""
SEARCH_RATE, SEARCH_BURST = 3.0, 1.0
"""Searches have a limit of their own, five a second for the whole account: this makes four."""
NO_CONTENT = 204
"""The status of an answer without a body."""
SECONDS = (5.0, 60.0)
"""To connect, and to wait for an answer."""
BUSY_SECONDS = 10.0
"""When HubSpot does not say how long: its windows are of one and of ten seconds."""
A_DAY = 3600.0
"""When the day's calls are used up: to look again in an hour, and not to wait at all."""


@dataclass(frozen=True, slots=True)
class HubSpotAccess:
    """Where and as whom: a private app's token, or an app's refresh token with its id and secret.

    It holds secrets, so it is never printed.
    """

    host: str = HOST
    token: str = ""
    client_id: str = ""
    client_secret: str = ""
    refresh_token: str = ""

    def __repr__(self) -> str:
        return f"HubSpotAccess({self.host})"


class HubSpotCalls:
    """Calls to HubSpot, paced; the token is made anew when it has expired."""

    def __init__(self, access: HubSpotAccess, pace: Pace) -> None:
        self._access = access
        self._refresh_token = access.refresh_token
        self._bucket = Bucket(RATE, BURST, pace)
        self._search_bucket = Bucket(SEARCH_RATE, SEARCH_BURST, pace)
        self._renewing = threading.Lock()
        self._token = access.token
        self._client = Client(
            host=access.host or HOST,
            # What is repeated, and when, is decided here: a write must not be sent twice unseen.
            retry=Retry(total=0, redirect=0),
        )
        self._apis: dict[str, Any] = {}

    def search(self, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """`POST /crm/v3/objects/{kind}/search`."""
        api = self._api("search", lambda: self._client.crm.objects.search_api)
        return self._made(
            lambda **k: api.do_search(kind, body, **k), self._search_bucket, again=True
        )

    def page(self, kind: str, **asked: Any) -> dict[str, Any]:
        """`GET /crm/v3/objects/{kind}`."""
        api = self._api("basic", lambda: self._client.crm.objects.basic_api)
        return self._made(lambda **k: api.get_page(kind, **asked, **k), self._bucket, again=True)

    def batch(self, what: str, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """`POST /crm/v3/objects/{kind}/batch/{what}`: read, create, update or archive.

        Only what may be sent twice is repeated: a create is not.
        """
        api = self._api("batch", lambda: self._client.crm.objects.batch_api)
        call = getattr(api, what)
        return self._made(lambda **k: call(kind, body, **k), self._bucket, again=what != "create")

    def associated(self, kind: str, to: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """`POST /crm/v4/associations/{kind}/{to}/batch/read`."""
        api = self._api("associations", lambda: self._client.crm.associations.v4.batch_api)
        return self._made(lambda **k: api.get_page(kind, to, body, **k), self._bucket, again=True)

    def owners(self, **asked: Any) -> dict[str, Any]:
        """`GET /crm/v3/owners`."""
        api = self._api("owners", lambda: self._client.crm.owners.owners_api)
        return self._made(lambda **k: api.get_page(**asked, **k), self._bucket, again=True)

    def properties(self, kind: str) -> dict[str, Any]:
        """`GET /crm/v3/properties/{kind}`."""
        api = self._api("properties", lambda: self._client.crm.properties.core_api)
        return self._made(lambda **k: api.get_all(kind, **k), self._bucket, again=True)

    def close(self) -> None:
        """Give back connections."""
        for api in self._apis.values():
            api.api_client.rest_client.pool_manager.clear()

    def _api(self, name: str, make: Callable[[], Any]) -> Any:
        """Each interface once: the client would make a pool of connections for every call."""
        if name not in self._apis:
            self._apis[name] = make()
        return self._apis[name]

    def _made(self, call: Callable[..., Any], bucket: Bucket, *, again: bool) -> dict[str, Any]:
        """Make a call, with a new token when HubSpot says that the old one has expired."""

        def once() -> dict[str, Any]:
            token = self._token or self._renewed("")
            try:
                return self._sent(call, token)
            except CrmRefused:
                if not self._refresh_token:
                    raise
                return self._sent(call, self._renewed(token))

        return patiently(once, bucket, again=again)

    def _sent(self, call: Callable[..., Any], token: str) -> dict[str, Any]:
        for api in self._apis.values():
            api.api_client.configuration.access_token = token
        # The raw reply: the client's own models lose fields that are newer than they are.
        reply = _told(lambda: call(_preload_content=False, _request_timeout=SECONDS))
        return _body(reply)

    def _renewed(self, old: str) -> str:
        """A new token; another thread's, where it was quicker."""
        access = self._access
        with self._renewing:
            if self._token and self._token != old:
                return self._token
            if not self._refresh_token:
                raise SetupMissing(
                    "HubSpot needs TRAILGUIDE_CRM_TOKEN, or TRAILGUIDE_CRM_REFRESH_TOKEN with "
                    "TRAILGUIDE_CRM_CLIENT_ID and TRAILGUIDE_CRM_CLIENT_SECRET; docs/crm.md says "
                    "where they are found."
                )
            api = self._api("tokens", lambda: self._client.oauth.tokens_api)
            reply = _told(
                lambda: api.create(
                    grant_type="refresh_token",
                    client_id=access.client_id,
                    client_secret=access.client_secret,
                    refresh_token=self._refresh_token,
                    _preload_content=False,
                    _request_timeout=SECONDS,
                )
            )
            made = _body(reply)
            self._refresh_token = str(made.get("refresh_token") or self._refresh_token)
            self._token = str(made["access_token"])
            return self._token


def _told(send: Callable[[], Any]) -> Any:
    """The reply, or one of our failures: HubSpot's own words may quote what we sent."""
    try:
        return send()
    except HTTPError:
        raise CrmUnreachable("HubSpot gave no answer; it is asked again later.") from None
    except Exception as refused:
        status = getattr(refused, "status", None)
        if isinstance(refused, AttributeError) or status == 0:  # how the client fails without TLS
            raise CrmUnreachable("HubSpot's certificate is not trusted; check the host.") from None
        if not isinstance(status, int):
            raise
        raise failure(status, _plain(refused), getattr(refused, "headers", None) or {}) from None


def _body(reply: Any) -> dict[str, Any]:
    if reply.status == NO_CONTENT:
        return {"status_code": reply.status}
    try:
        told = json.loads(reply.data)
    except (ValueError, HTTPError):
        raise CrmUnreachable("HubSpot's answer was cut short; it is asked again later.") from None
    return {"status_code": reply.status, **told} if isinstance(told, dict) else {}


def _plain(refused: Exception) -> Mapping[str, Any]:
    try:
        told = json.loads(getattr(refused, "body", None) or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def failure(status: int, told: Mapping[str, Any], headers: Mapping[str, str]) -> CrmFailed:
    """What a status means for us; `told` is HubSpot's error, of which labels alone are used."""
    label = str(told.get("category") or told.get("error") or status)[:40]
    if status == 429:
        daily = "DAILY" in str(told.get("policyName", "")).upper()
        wait = A_DAY if daily else _seconds(headers)
        return CrmBusy("HubSpot's limit of calls is reached; it is asked again later.", wait)
    if status in {401, 403} or (status == 400 and label in {"BAD_REFRESH_TOKEN", "invalid_grant"}):
        return CrmRefused(
            f"HubSpot does not let us in ({label}); check the token and its scopes: docs/crm.md."
        )
    if status >= 500 or status in {408, 423}:
        return CrmUnreachable(f"HubSpot failed ({status}); it is asked again later.")
    return Rejected(f"HubSpot did not take a request ({label}).", status, label)


class Rejected(CrmFailed):
    """A request that HubSpot finds wrong: with its status and label."""

    def __init__(self, message: str, status: int, label: str) -> None:
        super().__init__(message)
        self.status, self.label = status, label


def _seconds(headers: Mapping[str, str]) -> float:
    try:
        return max(0.5, float(headers.get("Retry-After") or BUSY_SECONDS))
    except ValueError:
        return BUSY_SECONDS
