"""Fetching one page: https only, public addresses only, and no more time or bytes than allowed."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from knowledge.errors import SiteBusy, UnreadableSource
from knowledge.network import Deadline, Network, public_address
from knowledge.public_hosts import checked, is_public

__all__ = ["Fetched", "Known", "Network", "fetch", "is_public"]

MAX_REDIRECTS = 5
USER_AGENT = "Trailguide/0 (content library reader)"

_OFFICE = "application/vnd.openxmlformats-officedocument"
CONTENT_KINDS = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    f"{_OFFICE}.wordprocessingml.document": "docx",
    f"{_OFFICE}.presentationml.presentation": "pptx",
    "application/epub+zip": "epub",
    "text/plain": "text",
    "text/markdown": "markdown",
}
"""Content types that are read, and the kind of source each is."""

_XML = "application/xml text/xml application/rss+xml application/atom+xml application/rdf+xml"
LIST_KINDS = {
    **dict.fromkeys(_XML.split(), "list"),
    **dict.fromkeys(("application/gzip", "application/x-gzip", "application/octet-stream"), "list"),
}
"""Content types in which sitemaps and feeds come; what they hold tells the rest."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 503})
LONGEST_PAUSE = 3600.0
"""Seconds; a site that asks for a longer pause is asked again after an hour all the same."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a site said of a page when it last gave it, to ask whether it changed since."""

    etag: str = ""
    modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a conditional request."""
        told = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it came: `url` as asked for, `final_url` after redirects, without the fragment.

    `known` is for the next time. With `unchanged` the page is as it was known, and has no body.
    """

    url: str
    content_type: str
    body: bytes
    final_url: str
    known: Known = Known()
    unchanged: bool = False

    @property
    def kind(self) -> str:
        """The kind of source: html, pdf, docx, pptx, epub, text or markdown; or list."""
        kind = CONTENT_KINDS.get(self.content_type) or LIST_KINDS[self.content_type]
        is_markdown = urlsplit(self.final_url).path.lower().endswith((".md", ".markdown"))
        return "markdown" if kind == "text" and is_markdown else kind


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is asked for: the same for every redirect on the way."""

    url: str
    kinds: Mapping[str, str]
    known: Known
    network: Network
    deadline: Deadline


def fetch(
    url: str,
    network: Network | None = None,
    *,
    kinds: Mapping[str, str] = CONTENT_KINDS,
    known: Known | None = None,
) -> Fetched:
    """The page at an https address; with `known`, one that did not change comes without a body.

    Raises `UnreadableSource` with one sentence for whatever is refused or fails: other schemes,
    private addresses, bad certificates, more than 5 redirects, 10 MB or 20 s, content of none of
    the `kinds`. `SiteBusy` among them says when the site wants to be asked again.
    """
    network = network or Network()
    deadline = Deadline(network.seconds)
    asking = _Asking(url, kinds, known or Known(), network, deadline)
    here = url
    try:
        for _ in range(MAX_REDIRECTS + 1):
            parts = checked(here)
            onward, page = _get(parts, asking)
            if page is not None:
                return page
            here = urljoin(urlunsplit(parts), onward)
    except TimeoutError:
        raise UnreadableSource(f"the page took longer than {network.seconds:g} s") from None
    except ssl.SSLCertVerificationError:
        raise UnreadableSource("the site's certificate is not valid") from None
    except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
        if deadline.ends <= time.monotonic():
            raise UnreadableSource(f"the page took longer than {network.seconds:g} s") from None
        detail = error.strerror if isinstance(error, OSError) and error.strerror else "bad answer"
        raise UnreadableSource(f"the page cannot be fetched: {detail.lower()}") from None
    raise UnreadableSource(f"the page redirects more than {MAX_REDIRECTS} times")


def _get(parts: SplitResult, asking: _Asking) -> tuple[str, Fetched | None]:
    """One request: where it redirects to, or the page."""
    host = (parts.hostname or "").strip("[]")
    network, deadline = asking.network, asking.deadline
    address = public_address(host, network, deadline)
    # A second handle on the connection: shutting it down wakes whatever read is waiting, so that
    # a site which sends a byte now and then cannot hold us longer than the deadline.
    with network.connect(address, 443, deadline.left()) as raw, raw.dup() as handle:
        timer = threading.Timer(max(0.0, deadline.ends - time.monotonic()), _shut, [handle])
        timer.daemon = True
        timer.start()
        try:
            trust = network.trust or default_trust()
            with trust.wrap_socket(raw, server_hostname=host) as secure:
                return _ask(parts, secure, asking)
        finally:
            timer.cancel()


def _ask(parts: SplitResult, secure: ssl.SSLSocket, asking: _Asking) -> tuple[str, Fetched | None]:
    connection = http.client.HTTPConnection(parts.hostname or "")  # the socket is secure already
    connection.sock = secure
    headers = {
        "User-Agent": USER_AGENT,
        "Accept": ", ".join(asking.kinds),
        "Accept-Encoding": "identity",
        "Connection": "close",
        **asking.known.headers,
    }
    connection.request(
        "GET", parts.path + (f"?{parts.query}" if parts.query else ""), None, headers
    )
    with connection.getresponse() as response:
        asking.deadline.left()  # a head that was cut off at the deadline looks like a whole one
        return _judge(parts, response, asking)


def _judge(
    parts: SplitResult, response: http.client.HTTPResponse, asking: _Asking
) -> tuple[str, Fetched | None]:
    here = urlunsplit(parts)
    if response.status in REDIRECTS and (onward := response.headers.get("Location")):
        return onward, None
    if response.status == 304 and asking.known.headers:
        return "", Fetched(asking.url, "", b"", here, asking.known, unchanged=True)
    answered = f"the site answered {response.status} {response.reason[:60]}".rstrip()
    if response.status in _BUSY:
        raise SiteBusy(answered, _pause(response.headers.get("Retry-After", "")))
    if response.status != 200:
        raise UnreadableSource(answered)
    content_type = _content_type(response.headers)
    if content_type not in asking.kinds:
        raise UnreadableSource(f"content of the type {content_type[:60]} is not read")
    body = _body(response, asking.network.max_bytes, asking.deadline)
    told = response.headers
    known = Known(_short(told.get("ETag")), _short(told.get("Last-Modified")))
    return "", Fetched(asking.url, content_type, body, here, known)


def _short(header: str | None) -> str:
    """A header worth keeping and sending back; an overlong or broken one is neither."""
    return header if header and len(header) <= 500 and header.isprintable() else ""


def _pause(told: str) -> float | None:
    """The seconds that a Retry-After asks for, given in seconds or as a moment; None for none."""
    if told.strip().isdecimal():
        return min(float(told), LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    left = (until - datetime.now(UTC)).total_seconds()
    return min(max(left, 0.0), LONGEST_PAUSE)


def _body(response: http.client.HTTPResponse, limit: int, deadline: Deadline) -> bytes:
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    if encoding not in {"identity", "", "gzip", "x-gzip"}:
        raise UnreadableSource("the page is packed in a way that is not read")
    unpack = zlib.decompressobj(31) if "gzip" in encoding else None
    body = bytearray()
    while chunk := response.read1(65536):
        deadline.left()
        body += unpack.decompress(chunk, limit + 1 - len(body)) if unpack else chunk
        if len(body) > limit:
            raise UnreadableSource(f"the page is larger than {limit // 1_000_000} MB")
    deadline.left()
    expected = response.headers.get("Content-Length", "")
    short = not unpack and expected.isdigit() and len(body) < int(expected)
    if short or (unpack and body and not unpack.eof):
        raise UnreadableSource("the page broke off before its end")
    return bytes(body)


def _content_type(headers: Message) -> str:
    return headers.get_content_type() if "Content-Type" in headers else "unknown"


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended on its own


def default_trust() -> ssl.SSLContext:
    """The certificates that are trusted."""
    import httpx

    return httpx.create_ssl_context()
