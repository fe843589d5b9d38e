"""Where the Chroma server stands: it knows no users, so whoever reaches it may do all."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit


def public_address(url: str) -> str:
    """The server's address when it is neither this machine's nor a private one, else empty.

    A name that nothing is known of is no public address: then nobody reaches it either.
    """
    parts = urlsplit(url if "//" in url else f"http://{url}")
    try:
        found = socket.getaddrinfo(parts.hostname or "localhost", None)
    except (OSError, UnicodeError):
        return ""
    for *_, told in found:
        address = ipaddress.ip_address(str(told[0]).partition("%")[0])
        if address.is_global:
            return str(address)
    return ""
