"""Fetching one page: https only, public addresses only, and no more time or bytes than allowed."""

from __future__ import annotations

import http.client
import ipaddress
import queue
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from knowledge.errors import UnreadableSource

MAX_BYTES = 10_000_000
MAX_REDIRECTS = 5
TOTAL_SECONDS = 20.0

USER_AGENT = "Trailguide/0 (content library reader)"

_OFFICE = "application/vnd.openxmlformats-officedocument"
CONTENT_KINDS = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    f"{_OFFICE}.wordprocessingml.document": "docx",
    f"{_OFFICE}.presentationml.presentation": "pptx",
    "text/plain": "text",
    "text/markdown": "markdown",
}
"""Content types that are read, and the kind of source each is."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NAT64 = ipaddress.ip_network("64:ff9b::/32")

Resolver = Callable[[str, int], Sequence[str]]
Connector = Callable[[str, int, float], socket.socket]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it came: `url` as asked for, `final_url` after redirects, without the fragment."""

    url: str
    content_type: str
    body: bytes
    final_url: str

    @property
    def kind(self) -> str:
        """The kind of source: html, pdf, docx, pptx, text or markdown."""
        kind = CONTENT_KINDS[self.content_type]
        is_markdown = urlsplit(self.final_url).path.lower().endswith((".md", ".markdown"))
        return "markdown" if kind == "text" and is_markdown else kind


def resolve(host: str, port: int) -> list[str]:
    """The addresses a host name stands for."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def connect(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to an address, not a name, so that nothing is resolved a second time."""
    return socket.create_connection((address, port), timeout=seconds)


@dataclass(frozen=True, slots=True)
class Network:
    """The outside world; tests put their own in its place. `trust` holds the certificates."""

    resolve: Resolver = resolve
    connect: Connector = connect
    trust: ssl.SSLContext | None = None
    seconds: float = TOTAL_SECONDS
    max_bytes: int = MAX_BYTES


@dataclass(slots=True)
class _Deadline:
    """When the whole fetch must be over, redirects included."""

    seconds: float
    ends: float = field(init=False)

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + self.seconds

    def left(self) -> float:
        """Seconds left; raises `TimeoutError` when there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def fetch(url: str, network: Network | None = None) -> Fetched:
    """The page at an https address.

    Raises `UnreadableSource` with one sentence for whatever is refused or fails: other schemes,
    private addresses, bad certificates, more than 5 redirects, 10 MB or 20 s, other content.
    """
    network = network or Network()
    deadline = _Deadline(network.seconds)
    here = url
    try:
        for _ in range(MAX_REDIRECTS + 1):
            parts = _checked(here)
            onward, page = _get(url, parts, network, deadline)
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


def is_public(address: str) -> bool:
    """Whether an address belongs to the open internet, seen through every way to wrap another."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour or ip.teredo or ip in _NAT64:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _checked(url: str) -> SplitResult:
    """The parts of an address that may be fetched, in plain ASCII."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except (ValueError, UnicodeError):
        raise UnreadableSource("the address is not valid") from None
    if parts.scheme != "https":
        raise UnreadableSource("pages are fetched by https only")
    if not host or "@" in parts.netloc:
        raise UnreadableSource("the address is not valid")
    if port not in (None, 443):
        raise UnreadableSource("pages are fetched from port 443 only")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return SplitResult("https", f"[{host}]" if ":" in host else host, path, query, "")


def _get(
    asked: str, parts: SplitResult, network: Network, deadline: _Deadline
) -> tuple[str, Fetched | None]:
    """One request: where it redirects to, or the page."""
    host = parts.hostname or ""
    address = _address(host, network, deadline)
    # A second handle on the connection: shutting it down wakes whatever read is waiting, so that
    # a site which sends a byte now and then cannot hold us longer than the deadline.
    with network.connect(address, 443, deadline.left()) as raw, raw.dup() as handle:
        timer = threading.Timer(max(0.0, deadline.ends - time.monotonic()), _shut, [handle])
        timer.daemon = True
        timer.start()
        try:
            trust = network.trust or _default_trust()
            with trust.wrap_socket(raw, server_hostname=host) as secure:
                return _ask(asked, parts, secure, network, deadline)
        finally:
            timer.cancel()


def _ask(
    asked: str, parts: SplitResult, secure: ssl.SSLSocket, network: Network, deadline: _Deadline
) -> tuple[str, Fetched | None]:
    connection = http.client.HTTPConnection(parts.hostname or "")  # the socket is secure already
    connection.sock = secure
    headers = {
        "User-Agent": USER_AGENT,
        "Accept": ", ".join(CONTENT_KINDS),
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    connection.request(
        "GET", parts.path + (f"?{parts.query}" if parts.query else ""), None, headers
    )
    with connection.getresponse() as response:
        deadline.left()  # a head that was cut off at the deadline looks like a whole one
        return _judge(asked, parts, response, network, deadline)


def _judge(
    asked: str,
    parts: SplitResult,
    response: http.client.HTTPResponse,
    network: Network,
    deadline: _Deadline,
) -> tuple[str, Fetched | None]:
    if response.status in _REDIRECTS and (onward := response.headers.get("Location")):
        return onward, None
    if response.status != 200:
        raise UnreadableSource(f"the site answered {response.status} {response.reason}".rstrip())
    content_type = _content_type(response.headers)
    if content_type not in CONTENT_KINDS:
        raise UnreadableSource(f"content of the type {content_type[:60]} is not read")
    body = _body(response, network.max_bytes, deadline)
    return "", Fetched(asked, content_type, body, urlunsplit(parts))


def _address(host: str, network: Network, deadline: _Deadline) -> str:
    """The first address of a host, once all of them are known to be public."""
    answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(network.resolve(host, 443))
        except (OSError, UnicodeError):
            answers.put(OSError())

    # In a thread, since the system's resolver knows no deadline.
    threading.Thread(target=ask, daemon=True).start()
    try:
        found = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(found, OSError) or not found:
        raise UnreadableSource(f"the host {host[:100]} is not known")
    if not all(is_public(address) for address in found):
        raise UnreadableSource(f"the host {host[:100]} is not on the public internet")
    return found[0]


def _body(response: http.client.HTTPResponse, limit: int, deadline: _Deadline) -> bytes:
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
    if not unpack and expected.isdigit() and len(body) < int(expected):
        raise UnreadableSource("the page broke off before its end")
    return bytes(body)


def _content_type(headers: Message) -> str:
    return headers.get_content_type() if "Content-Type" in headers else "unknown"


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended on its own


def _default_trust() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context()
