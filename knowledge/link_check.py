"""Whether an address still opens: asked as safely as a page is fetched, and told in few words."""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from knowledge.errors import UnreadableSource
from knowledge.fetching import MAX_REDIRECTS, REDIRECTS, USER_AGENT, default_trust
from knowledge.network import Deadline, Network, public_address
from knowledge.public_hosts import checked

PAUSE_SECONDS = 1.0
"""Between two questions to one host: a reader turns pages no faster."""
SECONDS = 15.0
"""For one address, redirects included; a page that takes longer would lose its reader, too."""

_LASTING = frozenset({301, 308})
_MISSING = frozenset({404, 410})
_RESERVED = frozenset({"example", "test", "invalid", "localhost"})
"""Top-level names set aside for examples (RFC 2606)."""
_NO_HEAD = frozenset({403, 405, 406, 501})
"""Answers to HEAD that many sites give although GET works."""


class LinkState(StrEnum):
    """What came of asking; unknown where the site answers, but does not let us look."""

    OK = "ok"
    GONE = "gone"
    MOVED = "moved"
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """What an address answered; `why` is one plain phrase, `moved_to` where it lies now.

    `heard` is False where nothing came back that only that site could have sent, so that the fault
    may as well be our own network's.
    """

    state: LinkState
    why: str = ""
    moved_to: str = ""
    heard: bool = True


def check_link(url: str, network: Network | None = None) -> LinkAnswer:
    """Ask an address whether it opens: HEAD, then GET where HEAD is no answer; never raises."""
    network = network or Network(seconds=SECONDS)
    if urlsplit(url).scheme != "https":
        return LinkAnswer(LinkState.UNKNOWN, "only https addresses are checked")
    if is_made_up(url):
        return LinkAnswer(LinkState.UNKNOWN, "the address is a made-up one")
    unknown = LinkAnswer(LinkState.UNKNOWN, "the site does not let us look")
    return _follow(url, "HEAD", network) or _follow(url, "GET", network) or unknown


def is_made_up(url: str) -> bool:
    """Whether the host is under a name that nobody can own, as in samples and tests."""
    return (urlsplit(url).hostname or "").rpartition(".")[2] in _RESERVED


def _follow(url: str, method: str, network: Network) -> LinkAnswer | None:
    """Ask along the redirects; None when this way of asking is refused."""
    deadline, here, lasting, hops = Deadline(network.seconds), url, True, 0
    try:
        while hops <= MAX_REDIRECTS:
            parts = checked(here)
            status, onward = _ask(parts, method, network, deadline)
            if status in REDIRECTS and onward:
                lasting = lasting and status in _LASTING
                here, hops = urljoin(urlunsplit(parts), onward), hops + 1
                continue
            if method == "HEAD" and status in _NO_HEAD:
                return None
            return _judged(status, here if hops and lasting else "", url)
    except ssl.SSLCertVerificationError:
        return LinkAnswer(LinkState.DOWN, "its certificate is not valid", heard=False)
    except UnreadableSource as refused:
        return LinkAnswer(LinkState.DOWN, str(refused), heard=False)
    except (OSError, http.client.HTTPException, ValueError):
        return LinkAnswer(LinkState.DOWN, "the site does not answer", heard=False)
    return LinkAnswer(LinkState.DOWN, f"it redirects more than {MAX_REDIRECTS} times")


def _judged(status: int, moved_to: str, url: str) -> LinkAnswer:
    if status in _MISSING:
        return LinkAnswer(LinkState.GONE, f"the page is not there any more ({status})")
    if status >= 500:
        return LinkAnswer(LinkState.DOWN, f"the site fails ({status})")
    if status >= 400:
        return LinkAnswer(LinkState.UNKNOWN, f"the site does not let us look ({status})")
    if not moved_to or moved_to.rstrip("/") == url.rstrip("/"):
        return LinkAnswer(LinkState.OK)
    if not urlsplit(moved_to).path.strip("/") and urlsplit(url).path.strip("/"):
        return LinkAnswer(LinkState.GONE, "it leads to the site's front page now")
    return LinkAnswer(LinkState.MOVED, "it has moved for good", moved_to)


def _ask(parts: SplitResult, method: str, network: Network, deadline: Deadline) -> tuple[int, str]:
    """One request: status, and where it redirects to; the body is not read."""
    host = (parts.hostname or "").strip("[]")
    address = public_address(host, network, deadline)
    trust = network.trust or default_trust()
    with (
        network.connect(address, 443, deadline.left()) as raw,
        trust.wrap_socket(raw, server_hostname=host) as secure,
    ):
        connection = http.client.HTTPConnection(host)
        connection.sock = secure
        headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close"}
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, None, headers)
        response = connection.getresponse()
        return response.status, response.headers.get("Location") or ""


@dataclass(slots=True)
class LinkVisitor:
    """Asks many addresses politely: no host twice within a second. Clock and sleep can be set."""

    ask: Callable[[str], LinkAnswer] = check_link
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _last: dict[str, float] = field(default_factory=dict)

    def visit(self, url: str) -> LinkAnswer:
        """The answer of one address, after its host's pause."""
        if is_made_up(url):
            return self.ask(url)
        host = urlsplit(url).hostname or ""
        left = self._last.get(host, float("-inf")) + PAUSE_SECONDS - self.now()
        if left > 0:
            self.sleep(left)
        try:
            return self.ask(url)
        finally:
            self._last[host] = self.now()
