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
    """One answer: a status, a body, headers; `hold` waits until the server stops."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hold: bool = False
    drop: bool = False


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
def chat_server(*plays: Play) -> Iterator[ChatServer]:
    """A running server on a free port."""
    asked: list[dict[str, Any]] = []
    over = threading.Event()
    handler = _handler(list(plays), asked, over)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield ChatServer(f"http://127.0.0.1:{server.server_address[1]}/v1", asked)
    finally:
        over.set()
        server.shutdown()
        server.server_close()


def _handler(
    plays: list[Play], asked: list[dict[str, Any]], over: threading.Event
) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            asked.append(json.loads(self.rfile.read(length)))
            play = plays[min(len(asked), len(plays)) - 1]
            if play.hold:
                over.wait(30)
                return
            data = play.body.encode()
            self.send_response(play.status)
            for name, value in {"content-type": "application/json", **play.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data) + (100 if play.drop else 0)))
            self.end_headers()
            self.wfile.write(data)
            if play.drop:
                self.wfile.flush()
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler
