"""A loopback server that speaks the OpenAI chat-completions protocol and plays faults on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Play:
    """One answer: a status, a body, headers.

    `hold` waits until the server stops, `drop` closes before the end, `trickle` sends byte by byte.
    """

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hold: bool = False
    drop: bool = False
    trickle: bool = False


@dataclass(frozen=True)
class Asked:
    """What the server was sent: the body, and the key that came with it."""

    body: dict[str, Any]
    key: str

    @property
    def talk(self) -> list[str]:
        """The messages' texts, the instructions first."""
        return [str(m["content"]) for m in self.body["messages"]]


Model = Callable[[Asked], Play]
"""A made-up model: what it answers to what it is asked."""


def says(content: str, *, finish: str = "stop", refusal: str | None = None) -> Play:
    """A normal completion with that content."""
    message = {"role": "assistant", "content": content or None, "refusal": refusal}
    return Play(json.dumps({
        "id": "c-1", "object": "chat.completion", "created": 1, "model": "test",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }))  # fmt: skip


@dataclass
class ChatServer:
    """Plays the answers in order, the last one again and again; keeps what it was asked."""

    url: str
    asked: list[dict[str, Any]]


@contextmanager
def chat_server(*plays: Play | Model) -> Iterator[ChatServer]:
    """A running server on a free port."""
    asked: list[dict[str, Any]] = []
    over = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(list(plays), asked, over))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield ChatServer(f"http://127.0.0.1:{server.server_address[1]}/v1", asked)
    finally:
        over.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Sends a play back; `answer` says which."""

    protocol_version = "HTTP/1.1"
    over: threading.Event
    answer: Callable[[Asked], Play]

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        key = str(self.headers.get("authorization", "")).removeprefix("Bearer ")
        play = type(self).answer(Asked(json.loads(self.rfile.read(length)), key))
        if play.hold:
            self.over.wait(30)
            self.close_connection = True  # else who asked would wait on, longer than the test
            return
        data = play.body.encode()
        self.send_response(play.status)
        for name, value in {"content-type": "application/json", **play.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data) + (100 if play.drop else 0)))
        self.end_headers()
        if play.trickle:
            self._trickle(data)
            return
        self.wfile.write(data)
        if play.drop:
            self.wfile.flush()
            self.close_connection = True

    def _trickle(self, data: bytes) -> None:
        for byte in data:
            if self.over.wait(0.1):
                break
            try:
                self.wfile.write(bytes([byte]))
            except OSError:
                break
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Quiet."""


def _handler(
    plays: list[Play | Model], asked: list[dict[str, Any]], over: threading.Event
) -> type[_Handler]:
    def answer(request: Asked) -> Play:
        asked.append(request.body)
        play = plays[min(len(asked), len(plays)) - 1]
        return play if isinstance(play, Play) else play(request)

    return type("Handler", (_Handler,), {"over": over, "answer": staticmethod(answer)})
