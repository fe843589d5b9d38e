"""Whether two addresses lead to the same page, whatever was appended to count visits."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_COUNTING = re.compile(
    r"^(?:utm_\w+|gclid|fbclid|mc_[ce]id|ref|source|hs\w+|_hs\w+)$", re.IGNORECASE
)


def plain_link(address: str) -> str:
    """An address without scheme, `www.`, fragment, closing slash and counting parameters."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return address.strip()
    host = parts.netloc.lower().removeprefix("www.")
    path = re.sub(r"/index\.html?$", "/", parts.path).rstrip("/")
    asked = sorted((k, v) for k, v in parse_qsl(parts.query) if not _COUNTING.match(k))
    return f"{host}{path}" + (f"?{urlencode(asked)}" if asked else "")


def same_link(one: str | None, other: str | None) -> bool:
    """Whether both are web addresses of one page."""
    both = [a for a in (one, other) if a and a.lower().startswith(("http://", "https://"))]
    return len(both) == 2 and plain_link(both[0]) == plain_link(both[1])
