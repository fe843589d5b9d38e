"""Which CRM the settings name, and its adapter; a client that is not installed is said in words."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

from pydantic import SecretStr

from bot.crm.csv_files import CsvFolder
from bot.crm.pacing import Pace
from bot.settings import Settings
from knowledge.crm import Crm
from knowledge.crm_mapping import CrmMapping, load_mapping
from knowledge.errors import SetupMissing

CLIENTS = {"hubspot": "hubspot", "salesforce": "simple_salesforce"}
"""By CRM, the package that its adapter needs."""


def mapping_of(settings: Settings) -> CrmMapping | None:
    """The mapping of the CRM that is set, None without one; `BadInput` where it is wrong."""
    return load_mapping(settings.home, settings.crm) if settings.crm else None


def open_crm(settings: Settings, mapping: CrmMapping, pace: Pace | None = None) -> Crm:
    """The adapter of the CRM that is set; nothing is asked of it yet. `SetupMissing`."""
    package = CLIENTS.get(settings.crm)
    if package and importlib.util.find_spec(package) is None:
        raise SetupMissing(
            f"The client for {settings.crm} is not installed: "
            f"pip install 'trailguide[{settings.crm}]'."
        )
    return _OPENERS[settings.crm](settings, mapping, pace or Pace())


def _csv(settings: Settings, mapping: CrmMapping, _: Pace) -> Crm:
    return CsvFolder(settings.csv_folder, mapping)


def _hubspot(settings: Settings, mapping: CrmMapping, pace: Pace) -> Crm:
    from bot.crm.hubspot import HubSpot
    from bot.crm.hubspot_calls import HOST, HubSpotAccess

    access = HubSpotAccess(
        settings.crm_url.rstrip("/") or HOST, _told(settings.crm_token), settings.crm_client_id,
        _told(settings.crm_client_secret), _told(settings.crm_refresh_token),
    )  # fmt: skip
    return HubSpot(access, mapping, pace)


def _salesforce(settings: Settings, mapping: CrmMapping, pace: Pace) -> Crm:
    from bot.crm.salesforce import Salesforce
    from bot.crm.salesforce_calls import SalesforceAccess

    if not settings.crm_url:
        raise SetupMissing(
            "Salesforce needs TRAILGUIDE_CRM_URL, the organisation's own address, such as "
            "https://acme.my.salesforce.com."
        )
    access = SalesforceAccess(
        settings.crm_url, settings.crm_client_id, _told(settings.crm_client_secret),
        _told(settings.crm_refresh_token), _told(settings.crm_token),
    )  # fmt: skip
    return Salesforce(access, mapping, pace)


def _told(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


_OPENERS: dict[str, Callable[[Settings, CrmMapping, Pace], Crm]] = {
    "csv": _csv,
    "hubspot": _hubspot,
    "salesforce": _salesforce,
}
