"""Which web addresses may be fetched at all: https, port 443, and hosts on the open internet."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, quote, urlsplit

from knowledge.errors import UnreadableSource

_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
"""Systems read `0x7f.1`, `0177.0.0.1` and `2130706433` as addresses; four plain numbers are one."""

_OWN_NETWORK = ("localhost", "local", "internal", "localdomain", "intranet", "lan", "home.arpa")
"""Names that stand for a machine of one's own wherever they are asked for."""

_NEVER = tuple(
    map(
        ipaddress.ip_network,
        (
            "100.64.0.0/10",  # shared by the customers of one carrier
            "168.63.129.16/32",  # a public number, behind which a cloud answers its own machines
            "192.0.0.0/24",
            "192.88.99.0/24",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20",
        ),
    )
)
"""Beside what Python's own list calls private, which grew from version to version."""
_UNICAST = ipaddress.ip_network("2000::/3")
"""All public IPv6 addresses; outside lie loopback, private ones, and those that wrap an IPv4."""


def is_public(address: str) -> bool:
    """Whether an address belongs to the open internet, seen through every way to wrap another."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip not in _UNICAST:
            return False
    if any(ip.version == network.version and ip in network for network in _NEVER):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def checked(url: str) -> SplitResult:
    """The parts of an address that may be fetched, in plain ASCII, without the fragment.

    Raises `UnreadableSource` with the reason. Host names are not resolved here.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode().lower().rstrip(".")
        port = parts.port
    except (ValueError, UnicodeError):
        raise UnreadableSource("the address is not valid") from None
    if parts.scheme != "https":
        raise UnreadableSource("pages are fetched by https only")
    if not host or "@" in parts.netloc or "\\" in url:
        raise UnreadableSource("the address is not valid")
    if port not in (None, 443):
        raise UnreadableSource("pages are fetched from port 443 only")
    _check_host(host)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return SplitResult("https", f"[{host}]" if ":" in host else host, path, query, "")


def not_public(host: str) -> UnreadableSource:
    """The refusal of a host that stands for a machine of somebody's own network."""
    return UnreadableSource(f"the host {host[:100]} is not on the public internet")


def _check_host(host: str) -> None:
    if ":" in host:
        try:
            public = is_public(host)
        except ValueError:
            raise UnreadableSource("the address is not valid") from None
        if not public or "%" in host:
            raise not_public(host)
        return
    if not _HOST.fullmatch(host):
        raise UnreadableSource("the address is not valid")
    if _NUMBER.fullmatch(host.rsplit(".", 1)[-1]):
        try:
            public = is_public(host)
        except ValueError:
            public = False  # a spelling that systems read in different ways
        if not public:
            raise not_public(host)
    if any(host == name or host.endswith(f".{name}") for name in _OWN_NETWORK):
        raise not_public(host)
