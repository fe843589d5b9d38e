"""A loopback server that keeps state and can fail in the ways that networks and providers do."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import ssl
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class FakePace:
    """A clock that only moves when somebody sleeps: pacing is tested without waiting."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]

    @property
    def said(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Answer:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Fault:
    """What goes wrong once with the next request that says `where`.

    `drop`: the connection ends before anything was done. `lose`: it is done, and the reply is lost.
    `cut`: the reply ends in the middle. Else an answer in place of the real one.
    """

    where: str
    what: str = "answer"
    answer: Answer | None = None
    before: Callable[[], None] | None = None


class Loopback(ABC):
    """Serves `handle` and keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []
        self.url = ""
        self.lock = threading.Lock()

    @abstractmethod
    def handle(self, asked: Asked) -> Answer:
        """What the service says to this request."""

    def count(self, said: str) -> int:
        return sum(said in a.said for a in self.asked)

    def fail(self, where: str, what: str = "answer", answer: Answer | None = None,
             before: Callable[[], None] | None = None, times: int = 1) -> None:  # fmt: skip
        self.faults += [Fault(where, what, answer, before) for _ in range(times)]

    def fault_for(self, asked: Asked) -> Fault | None:
        for one in self.faults:
            if one.where in asked.said:
                self.faults.remove(one)
                return one
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    loopback: Loopback
    timeout = 30

    def _serve(self) -> None:
        split = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type") or ""
        body: Any = None
        if raw:
            body = ({k: v[0] for k, v in parse_qs(raw.decode()).items()} if "urlencoded" in kind
                    else json.loads(raw))  # fmt: skip
        query = {k: v[0] for k, v in parse_qs(split.query).items()}
        asked = Asked(self.command, split.path, query, body, dict(self.headers.items()))
        with self.loopback.lock:
            self.loopback.asked.append(asked)
            fault = self.loopback.fault_for(asked)
            if fault and fault.before:
                fault.before()
            if fault and fault.what == "drop":
                return self._hang_up()
            answer = fault.answer if fault and fault.answer else self.loopback.handle(asked)
        if fault and fault.what == "lose":
            return self._hang_up()
        self._say(answer, cut=bool(fault and fault.what == "cut"))
        return None

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _say(self, answer: Answer, *, cut: bool) -> None:
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        told = text.encode() if answer.body is not None else b""
        self.send_response(answer.status)
        kind = "text/html" if isinstance(answer.body, str) else "application/json;charset=UTF-8"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(told)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if cut:
            self.wfile.write(told[: len(told) // 2])
            return self._hang_up()
        self.wfile.write(told)
        return None

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def served(loopback: Loopback, certificate: Path | None = None) -> Iterator[str]:
    """Its address, while the block runs; over TLS with a certificate."""
    handler = type("Handler", (_Handler,), {"loopback": loopback})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    scheme = "https" if certificate else "http"
    loopback.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    try:
        yield loopback.url
    finally:
        server.shutdown()
        server.server_close()


def make_certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(
            [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "loopback.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                          serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip
    return file


class WorldClock:
    """The CRM's own clock: a second passes with each change."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def tick(self) -> dt.datetime:
        self.at += dt.timedelta(seconds=1)
        return self.at
