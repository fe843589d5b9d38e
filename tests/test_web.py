"""The web server: what strangers may not do to it, and that it finishes what is under way."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.web import Refusal, Serving, body_of
from knowledge.errors import SetupMissing

LARGEST = 100
HEAD = b"POST /take HTTP/1.1\r\nHost: x\r\n"


async def take(request: Request) -> Response:
    try:
        return PlainTextResponse(str(len(await body_of(request, LARGEST))))
    except Refusal as refused:
        return PlainTextResponse("", refused.status)


async def fail(_: Request) -> Response:
    raise ValueError("Dana Ortiz")


@contextmanager
def serving(*more: Route) -> Iterator[Serving]:
    routes = [Route("/take", take, methods=["POST"]), Route("/fail", fail), *more]
    server = Serving(routes, "127.0.0.1", 0, "TRAILGUIDE_PORT")
    try:
        yield server
    finally:
        server.close()


def said(port: int, sent: bytes) -> bytes:
    """All that comes back before the other side hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(sent)
        came = b""
        while part := line.recv(1000):
            came += part
            if b"\r\n\r\n" in came:
                break
        return came


def test_a_body_is_read_up_to_its_cap_however_it_comes() -> None:
    with serving() as server:
        assert b" 200 " in said(server.port, HEAD + b"Content-Length: 3\r\n\r\nabc")
        chunk = b"40\r\n" + b"x" * 64 + b"\r\n"
        chunks = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 2 + b"0\r\n\r\n"
        assert b" 413 " in said(server.port, chunks)
        assert b" 413 " in said(server.port, HEAD + b"Content-Length: 101\r\n\r\n")


def test_who_is_slow_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.SECONDS_FOR_A_HEAD", 0.1)
    monkeypatch.setattr("bot.web.SECONDS_FOR_A_BODY", 0.1)
    with serving() as server:
        assert b" 408 " in said(server.port, HEAD + b"Content-Length: 9\r\n\r\nabc")
        assert said(server.port, HEAD) == b"", "hung up on"
        assert said(server.port, b"") == b""


def test_what_fails_is_logged_without_its_words(capfd: pytest.CaptureFixture[str]) -> None:
    with serving() as server:
        assert b" 500 " in said(server.port, b"GET /fail HTTP/1.1\r\nHost: x\r\n\r\n")
    printed = capfd.readouterr()
    assert "http_failed" in printed.out + printed.err
    assert "Dana" not in printed.out + printed.err


def test_a_stop_finishes_what_is_under_way_and_takes_no_more() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        go_on.wait(10)
        return "done"

    async def slow(_: Request) -> Response:
        return PlainTextResponse(await to_thread.run_sync(work))

    with serving(Route("/slow", slow)) as server:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        line.request("GET", "/slow")
        assert begun.wait(10)
        stopping = threading.Thread(target=server.close)
        stopping.start()
        give_up = time.monotonic() + 10
        while _takes(server.port) and time.monotonic() < give_up:
            pass
        assert not _takes(server.port)
        assert stopping.is_alive()
        go_on.set()
        assert line.getresponse().read() == b"done"
        stopping.join(10)
        assert not stopping.is_alive()


def test_a_port_in_use_is_told_with_its_setting() -> None:
    with serving() as server, pytest.raises(SetupMissing, match=f"{server.port}.*TRAILGUIDE_PORT"):
        Serving([], "127.0.0.1", server.port, "TRAILGUIDE_PORT")


def _takes(port: int) -> Any:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
