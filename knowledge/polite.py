"""Visiting many pages of a site: with pauses, within robots.txt, and without asking twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from knowledge.errors import SiteBusy, UnreadableSource
from knowledge.fetching import CONTENT_KINDS, USER_AGENT, Fetched, Known, fetch
from knowledge.network import Network
from knowledge.text_files import decode

DEFAULT_PAUSE = 1.0
"""Seconds between two requests to one host: a reader turns pages no faster."""
LONGEST_CRAWL_DELAY = 30.0
"""Seconds heeded of a robots.txt that asks for a longer pause."""
MAX_ROBOTS_BYTES = 500_000
"""What a crawler must read of robots.txt (RFC 9309); a longer one is a mistake."""
BUSY_PAUSE = 30.0
"""Seconds before a busy site is asked again when it does not say."""

Fetch = Callable[..., Fetched]


@dataclass(slots=True)
class _Host:
    """What is known of one host: when it may be asked again, and what it allows."""

    free_at: float = 0.0
    robots: RobotFileParser | None = None
    closed: str = ""


@dataclass(slots=True)
class Visitor:
    """Fetches pages politely; one for an import. Clock and sleep are the caller's to replace."""

    pause: float = DEFAULT_PAUSE
    network: Network | None = None
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    fetch: Fetch = fetch
    _hosts: dict[str, _Host] = field(default_factory=dict)

    def page(
        self,
        url: str,
        *,
        kinds: Mapping[str, str] = CONTENT_KINDS,
        known: Known | None = None,
        crawled: bool = False,
    ) -> Fetched:
        """The page, after the host's pause; a `crawled` one only where robots.txt allows it.

        Raises `UnreadableSource`; after `SiteBusy` the host is left alone for as long as it asks.
        """
        host = self._host(url)
        if crawled:
            self._check_robots(url, host)
        return self._get(url, host, kinds=kinds, known=known)

    def wait(self, url: str) -> float:
        """Seconds until the host of an address may be asked again."""
        return max(0.0, self._host(url).free_at - self.now())

    def _get(
        self, url: str, host: _Host, *, kinds: Mapping[str, str], known: Known | None = None
    ) -> Fetched:
        if (left := host.free_at - self.now()) > 0:
            self.sleep(left)
        pause = self.pause
        try:
            return self.fetch(url, self.network, kinds=kinds, known=known)
        except SiteBusy as busy:
            pause = max(pause, BUSY_PAUSE if busy.seconds is None else busy.seconds)
            raise
        finally:
            host.free_at = self.now() + max(pause, _crawl_delay(host.robots))

    def _check_robots(self, url: str, host: _Host) -> None:
        if host.robots is None and not host.closed:
            self._read_robots(url, host)
        if host.closed:
            raise UnreadableSource(host.closed)
        if host.robots is not None and not host.robots.can_fetch(USER_AGENT, url):
            raise UnreadableSource("the site's robots.txt asks not to read this page")

    def _read_robots(self, url: str, host: _Host) -> None:
        """Read robots.txt once; a missing one allows all, one that cannot be had allows nothing."""
        robots = RobotFileParser()
        address = f"https://{urlsplit(url).netloc}/robots.txt"
        try:
            told = self._get(address, host, kinds={"text/plain": "text"})
            robots.parse(decode(told.body[:MAX_ROBOTS_BYTES]).splitlines())
        except SiteBusy:
            raise
        except UnreadableSource as missing:
            if not _says_none(str(missing)):
                host.closed = f"the site's robots.txt cannot be read: {missing}"
                return
            robots.allow_all = True  # type: ignore[attr-defined]
        host.robots = robots

    def _host(self, url: str) -> _Host:
        try:
            name = (urlsplit(url).hostname or "").rstrip(".")
        except ValueError:
            name = ""
        return self._hosts.setdefault(name, _Host())


def _says_none(reason: str) -> bool:
    """Whether a site answered that it has no robots.txt, or gave a page in its place."""
    return reason.startswith(("the site answered 4", "content of the type", "is not text"))


def _crawl_delay(robots: RobotFileParser | None) -> float:
    told = robots.crawl_delay(USER_AGENT) if robots is not None else None
    return min(float(told), LONGEST_CRAWL_DELAY) if told else 0.0
