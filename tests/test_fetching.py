"""Fetching: https and public addresses only, against a real TLS server on this machine."""

from __future__ import annotations

import datetime
import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from knowledge import fetching
from knowledge.assets import Asset, asset_id
from knowledge.errors import SiteBusy, UnreadableSource
from knowledge.fetching import CONTENT_KINDS, LIST_KINDS, Known, Network, fetch, is_public
from knowledge.reading import Rejected, Source, read
from tests.documents import LESSON

HOST = "www.tidewell.example"
PUBLIC = "93.184.215.14"
PAGE = f"<html><head><title>Schedules</title></head><body><p>{LESSON}</p></body></html>".encode()

Respond = Callable[[str, ssl.SSLSocket], None]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that only these tests trust, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "site.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def _site(certificate: Path, respond: Respond) -> Iterator[Network]:
    """A TLS site whose public address is only pretended; the rest is the real way."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def serve() -> None:
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=[raw], daemon=True).start()

    def answer(raw: socket.socket) -> None:
        try:
            with context.wrap_socket(raw, server_side=True) as secure:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += secure.recv(4096) or b"\r\n\r\n"
                respond(request.decode(), secure)
        except OSError:
            return  # the visitor hung up

    threading.Thread(target=serve, daemon=True).start()
    trust = ssl.create_default_context(cafile=str(certificate))
    network = Network(
        resolve=lambda host, port: [PUBLIC],
        connect=lambda address, _port, seconds: socket.create_connection(
            ("127.0.0.1", port), timeout=seconds
        ),
        trust=trust,
        seconds=5,
    )
    try:
        yield network
    finally:
        listener.close()


def _answer(
    body: bytes = PAGE, content_type: str = "text/html; charset=utf-8", status: str = "200 OK",
    **headers: str,
) -> Respond:  # fmt: skip
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n{more}\r\n".encode()

    def respond(_request: str, connection: ssl.SSLSocket) -> None:
        connection.sendall(head + body)

    return respond


def _refusal(
    certificate: Path, respond: Respond, url: str = f"https://{HOST}/a", **more: object
) -> str:
    with _site(certificate, respond) as network, pytest.raises(UnreadableSource) as caught:
        fetch(url, replace(network, **more))  # type: ignore[arg-type]
    return str(caught.value)


def test_page_is_fetched_by_its_pinned_address_and_right_name(certificate: Path) -> None:
    seen: list[str] = []
    asked: list[tuple[str, int]] = []

    def respond(request: str, connection: ssl.SSLSocket) -> None:
        seen.append(request)
        _answer()(request, connection)

    with _site(certificate, respond) as network:

        def connect(address: str, port: int, seconds: float) -> socket.socket:
            asked.append((address, port))
            return network.connect(address, port, seconds)

        page = fetch(f"https://{HOST}/blog/ü?q=1#part", replace(network, connect=connect))
    assert asked == [(PUBLIC, 443)]
    assert seen[0].startswith("GET /blog/%C3%BC?q=1 HTTP/1.1\r\n")
    assert f"\r\nHost: {HOST}\r\n" in seen[0]
    assert page.body == PAGE
    assert (page.content_type, page.kind) == ("text/html", "html")
    assert page.final_url == f"https://{HOST}/blog/%C3%BC?q=1"


@pytest.mark.parametrize(
    ("content_type", "path", "kind"),
    [
        ("application/pdf", "/a", "pdf"),
        ("text/plain", "/a", "text"),
        ("text/plain", "/README.md", "markdown"),
        ("text/markdown; charset=utf-8", "/a", "markdown"),
        ("APPLICATION/XHTML+XML", "/a", "html"),
    ],
)
def test_kind_follows_the_content_type(
    certificate: Path, content_type: str, path: str, kind: str
) -> None:
    with _site(certificate, _answer(content_type=content_type)) as network:
        assert fetch(f"https://{HOST}{path}", network).kind == kind


_PRIVATE = (
    "127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 "
    "192.0.2.1 198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 ::1 :: fe80::1%eth0 fc00::1 ff02::1 "
    "::ffff:127.0.0.1 ::ffff:169.254.169.254 2002:7f00:1:: 64:ff9b::7f00:1 64:ff9b:1::7f00:1 "
    "2001:0:53aa:64c:0:0:80ff:fffe 2001:db8::1"
)
PRIVATE = _PRIVATE.split()


@pytest.mark.parametrize("address", PRIVATE)
def test_private_address_is_never_connected_to(address: str) -> None:
    def connect(*_: object) -> socket.socket:
        raise AssertionError("it was connected to")

    network = Network(resolve=lambda host, port: [PUBLIC, address], connect=connect)
    with pytest.raises(UnreadableSource, match="not on the public internet"):
        fetch(f"https://{HOST}/", network)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_address_is_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://2130706433/"]
)
def test_address_written_into_the_url_is_checked_like_any_other(url: str) -> None:
    with pytest.raises(UnreadableSource, match=r"not on the public internet|is not known"):
        fetch(url)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://x.example/", "by https only"),
        ("file:///etc/passwd", "by https only"),
        ("https://", "is not valid"),
        ("https://x.example:22/", "port 443 only"),
        ("https://x.example:99999/", "is not valid"),
        ("https://me:secret@x.example/", "is not valid"),
        ("https://" + "a" * 300 + ".example/", "is not valid"),
        ("https://[::1/", "is not valid"),
    ],
)
def test_other_addresses_are_refused_unresolved(url: str, reason: str) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise AssertionError("it was resolved")

    with pytest.raises(UnreadableSource, match=reason):
        fetch(url, Network(resolve=resolve))


def test_redirect_is_followed_and_the_last_address_kept(certificate: Path) -> None:
    def respond(request: str, connection: ssl.SSLSocket) -> None:
        moved = _answer(b"", status="301 Moved", Location="/new?x=1#top")
        (_answer() if "GET /new" in request else moved)(request, connection)

    with _site(certificate, respond) as network:
        page = fetch(f"https://{HOST}/old", network)
    assert (page.url, page.final_url) == (f"https://{HOST}/old", f"https://{HOST}/new?x=1")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("https://inside.example/", "inside.example is not on the public internet"),
        ("http://www.tidewell.example/", "by https only"),
        ("file:///etc/passwd", "by https only"),
        ("/again", "redirects more than 5 times"),
    ],
)
def test_every_redirect_is_checked_again(certificate: Path, target: str, reason: str) -> None:
    def resolve(host: str, port: int) -> list[str]:
        return ["10.0.0.5"] if host == "inside.example" else [PUBLIC]

    respond = _answer(b"", status="302 Found", Location=target)
    assert reason in _refusal(certificate, respond, resolve=resolve)


def test_certificate_of_another_name_is_refused(certificate: Path) -> None:
    assert _refusal(certificate, _answer(), "https://other.example/") == (
        "the site's certificate is not valid"
    )


def test_unknown_certificate_is_refused(certificate: Path) -> None:
    assert _refusal(certificate, _answer(), trust=None) == "the site's certificate is not valid"


@pytest.mark.parametrize(
    ("respond", "reason"),
    [
        (_answer(status="404 Not Found"), "the site answered 404 Not Found"),
        (_answer(status="500 Oops"), "the site answered 500 Oops"),
        (_answer(content_type="image/png"), "content of the type image/png is not read"),
        (
            _answer(content_type="application/zip"),
            "content of the type application/zip is not read",
        ),
        (_answer(b"x" * 5000), "the page is larger than"),
        (_answer(gzip.compress(b"x" * 5_000_000), Content_Encoding="gzip"), "the page is larger"),
        (_answer(Content_Encoding="br"), "packed in a way that is not read"),
        (_answer(b"not gzip", Content_Encoding="gzip"), "the page cannot be fetched"),
        (_answer(b"half", Content_Length="999"), "the page broke off before its end"),
        (
            _answer(gzip.compress(PAGE)[:-20], Content_Encoding="gzip"),
            "the page broke off before its end",
        ),
        (lambda _, connection: connection.sendall(b"nonsense\r\n\r\n"), "cannot be fetched"),
        (lambda _, connection: connection.sendall(b"x" * 100_000), "cannot be fetched"),
        (lambda _, connection: None, "the page cannot be fetched"),
    ],
)
def test_bad_answer_gives_one_plain_sentence(
    certificate: Path, respond: Respond, reason: str
) -> None:
    message = _refusal(certificate, respond, max_bytes=4000)
    assert message.startswith(reason) or reason in message
    assert "\n" not in message


def test_a_known_page_is_asked_for_only_if_it_changed(certificate: Path) -> None:
    seen: list[str] = []

    def respond(request: str, connection: ssl.SSLSocket) -> None:
        seen.append(request)
        known = 'If-None-Match: "v1"' in request
        changed = _answer(ETag='"v1"', Last_Modified="Mon, 02 Nov 2026 10:00:00 GMT")
        (_answer(b"", status="304 Not Modified") if known else changed)(request, connection)

    with _site(certificate, respond) as network:
        first = fetch(f"https://{HOST}/", network)
        again = fetch(f"https://{HOST}/", network, known=first.known)
    assert first.known == Known('"v1"', "Mon, 02 Nov 2026 10:00:00 GMT")
    assert "If-Modified-Since: Mon, 02 Nov 2026 10:00:00 GMT" in seen[1]
    assert (again.unchanged, again.body, again.known) == (True, b"", first.known)
    assert not first.unchanged


def test_an_answer_of_no_change_to_who_knows_nothing_is_refused(certificate: Path) -> None:
    assert "304" in _refusal(certificate, _answer(b"", status="304 Not Modified"))


def test_a_mark_that_would_break_a_header_is_not_kept(certificate: Path) -> None:
    with _site(certificate, _answer(ETag='"' + "x" * 900 + '"')) as network:
        assert fetch(f"https://{HOST}/", network).known == Known()


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120),
        ("999999", 3600),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("Thu, 01 Jan 2026 00:00:00 GMT", 0),
        ("Thu, 01 Jan 2099 00:00:00 GMT", 3600),
    ],
)
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Unavailable"])
def test_a_busy_site_says_when_it_may_be_asked_again(
    certificate: Path, status: str, told: str, seconds: float | None
) -> None:
    respond = _answer(b"", status=status, **({"Retry_After": told} if told else {}))
    with _site(certificate, respond) as network, pytest.raises(SiteBusy) as busy:
        fetch(f"https://{HOST}/", network)
    assert busy.value.seconds == seconds
    assert str(busy.value) == f"the site answered {status}"


def test_lists_are_taken_only_where_they_are_wanted(certificate: Path) -> None:
    respond = _answer(b"<urlset/>", content_type="application/xml")
    assert "is not read" in _refusal(certificate, respond)
    with _site(certificate, respond) as network:
        page = fetch(f"https://{HOST}/s.xml", network, kinds=CONTENT_KINDS | LIST_KINDS)
    assert page.kind == "list"


def test_packed_page_is_unpacked(certificate: Path) -> None:
    with _site(certificate, _answer(gzip.compress(PAGE), Content_Encoding="gzip")) as network:
        assert fetch(f"https://{HOST}/", network).body == PAGE


@pytest.mark.parametrize("where", ["head", "body", "silence"])
def test_site_that_trickles_is_left_when_the_time_is_up(certificate: Path, where: str) -> None:
    stop = threading.Event()

    def respond(_: str, connection: ssl.SSLSocket) -> None:
        start = b"HTTP/1.1 200 OK\r\nX: " if where == "head" else b"HTTP/1.1 200 OK\r\n"
        if where == "body":
            start += b"Content-Type: text/html\r\n\r\n"
        connection.sendall(b"" if where == "silence" else start)
        while not stop.wait(0.1):
            if where != "silence":
                connection.sendall(b"a")

    started = time.monotonic()
    try:
        assert "longer than 0.8 s" in _refusal(certificate, respond, seconds=0.8)
    finally:
        stop.set()
    assert time.monotonic() - started < 4


def test_resolver_that_hangs_is_left_when_the_time_is_up() -> None:
    stop = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        stop.wait(10)
        return [PUBLIC]

    try:
        with pytest.raises(UnreadableSource, match=r"longer than 0\.2 s"):
            fetch(f"https://{HOST}/", Network(resolve=resolve, seconds=0.2))
    finally:
        stop.set()


def test_host_that_is_not_known() -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(UnreadableSource, match=r"the host x\.example is not known"):
        fetch("https://x.example/", Network(resolve=resolve))


def test_fetched_page_becomes_an_asset(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _site(certificate, _answer()) as network:
        monkeypatch.setattr(fetching, "Network", lambda: network)
        (asset,) = read(Source(f"https://{HOST}/guides/schedules", "", "url"))
    assert isinstance(asset, Asset)
    assert asset.title == "Schedules"
    assert asset.source == asset.url == f"https://{HOST}/guides/schedules"
    assert asset.type == "guide"
    assert asset.folder == ""


def test_fetched_page_cannot_claim_another_asset_or_address(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = f"---\nid: somebody-else\nurl: https://evil.example/\ntitle: T\n---\n{LESSON}".encode()
    url = f"https://{HOST}/a"
    with _site(certificate, _answer(body, "text/markdown")) as network:
        monkeypatch.setattr(fetching, "Network", lambda: network)
        (asset,) = read(Source(url, "", "url"))
    assert isinstance(asset, Asset)
    assert (asset.id, asset.url) == (asset_id("T", url), url)


def test_page_that_cannot_be_fetched_is_rejected_with_its_address() -> None:
    (item,) = read(Source("https://127.0.0.1/x", "", "url"))
    assert item == Rejected(
        "https://127.0.0.1/x", "the host 127.0.0.1 is not on the public internet"
    )
