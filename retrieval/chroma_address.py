"""The address of a Chroma server, and whether one answers there."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

ANSWER_SECONDS = 20.0
"""For one call to a server; a batch of 2,000 vectors takes some. One that hangs is away."""


def parts_of(url: str) -> SplitResult:
    """An address taken apart; `localhost:8000` is one too."""
    return urlsplit(url if "//" in url else f"http://{url}")


def is_address(url: str) -> bool:
    """Whether a server could stand there: http or https, a host, and a port if one is named."""
    try:
        parts = parts_of(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def place_of(url: str) -> str:
    """Host and port of an address, without what may be a password in it."""
    return parts_of(url).netloc.rpartition("@")[2]


def server_of(url: str) -> tuple[str, int, bool]:
    """Host, port, and whether TLS is spoken there."""
    parts = parts_of(url)
    host, ssl = parts.hostname or "localhost", parts.scheme == "https"
    return f"[{host}]" if ":" in host else host, parts.port or (443 if ssl else 8000), ssl


def beat(url: str) -> None:
    """Raise, whatever it is, unless a server answers in time.

    Chroma's own client asks for tenant and database while it is made, and waits for ever.
    """
    import httpx

    host, port, ssl = server_of(url)
    address = f"{'https' if ssl else 'http'}://{host}:{port}/api/v2/heartbeat"
    httpx.get(address, timeout=ANSWER_SECONDS).raise_for_status()
