"""A strict stand-in for Slack's Web API on a loopback port: it knows limits, metadata and 429."""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from tests.slack.payloads import Refused, check_message, check_view

BOT = "U0TRAILGUIDE"


@dataclass
class FakeSlack:
    """What was posted and opened; `trouble` makes the next calls of a method fail in some way.

    Troubles: "lost" (done, but the reply never arrives), "429", "500", or the name of an error.
    """

    url: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    whispers: list[dict[str, Any]] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    trouble: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    searches: list[dict[str, Any]] = field(default_factory=list)
    page_size: int = 200
    keeps_metadata: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)
    clock: int = 4_070_000_000  # years ahead: what is posted is newer than what was planned

    def in_channel(self, channel: str) -> list[dict[str, Any]]:
        return [m for m in self.messages if m["channel"] == channel]

    def handle(self, method: str, args: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"ok": True, **getattr(self, "_" + method.replace(".", "_"))(args)}
        except Refused as why:
            return {"ok": False, "error": "invalid_blocks", "detail": str(why)}
        except LookupError as error:
            return {"ok": False, "error": str(error.args[0])}

    def _auth_test(self, _: dict[str, Any]) -> dict[str, Any]:
        return {
            "user_id": BOT,
            "user": "trailguide",
            "team": "Tidewell",
            "team_id": "T01",
            "bot_id": "B1",
        }

    def _conversations_open(self, args: dict[str, Any]) -> dict[str, Any]:
        return {"channel": {"id": "D" + str(args["users"]).strip('[]"')[1:]}}

    def _chat_postMessage(self, args: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        check_message(args)
        if args["channel"][:1] not in {"C", "D"}:
            raise LookupError("channel_not_found")
        self.clock += 1
        kept = {**args, "ts": f"{self.clock}.000100", "user": BOT, "bot_id": "B1"}
        if not self.keeps_metadata:
            kept.pop("metadata", None)
        self.messages.append(kept)
        return {"channel": kept["channel"], "ts": kept["ts"], "message": kept}

    def _chat_update(self, args: dict[str, Any]) -> dict[str, Any]:
        check_message(args)
        for message in self.messages:
            if (message["channel"], message["ts"]) == (args["channel"], args["ts"]):
                message.update(args)
                return {"channel": args["channel"], "ts": args["ts"]}
        raise LookupError("message_not_found")

    def _chat_postEphemeral(self, args: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        self.whispers.append(args)
        return {"message_ts": "1.1"}

    def _conversations_history(self, args: dict[str, Any]) -> dict[str, Any]:
        found = [m for m in self.in_channel(args["channel"]) if not m.get("thread_ts")]
        return self._page(found[::-1], args)

    def _conversations_replies(self, args: dict[str, Any]) -> dict[str, Any]:
        root = args["ts"]
        found = [
            m for m in self.in_channel(args["channel"]) if root in {m.get("thread_ts"), m["ts"]}
        ]
        return self._page(found, args)

    def _page(self, found: list[dict[str, Any]], args: dict[str, Any]) -> dict[str, Any]:
        """A page as Slack gives it: a thread's first message always comes along."""
        self.searches.append(args)
        since = float(args.get("oldest") or 0)
        found = [m for m in found if float(m["ts"]) >= since or m["ts"] == args.get("ts")]
        start = int(args.get("cursor") or 0)
        end = start + min(int(args.get("limit") or 100), self.page_size)
        more = {"next_cursor": str(end) if end < len(found) else ""}
        return {
            "messages": self._as_asked(found[start:end], args),
            "response_metadata": more,
        }

    def _as_asked(self, found: list[dict[str, Any]], args: dict[str, Any]) -> list[dict[str, Any]]:
        if str(args.get("include_all_metadata")).lower() in {"1", "true"}:
            return found
        return [{k: v for k, v in m.items() if k != "metadata"} for m in found]

    def _views_open(self, args: dict[str, Any]) -> dict[str, Any]:
        view = args["view"] if isinstance(args["view"], dict) else json.loads(args["view"])
        check_view(view)
        self.views.append(view)
        return {"view": {**view, "id": f"V{len(self.views)}"}}


@contextmanager
def fake_slack() -> Iterator[FakeSlack]:
    """Run the fake until the block ends."""
    fake = FakeSlack()

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            method = self.path.rsplit("/", 1)[-1]
            args = _arguments(raw, self.headers.get("Content-Type") or "")
            with fake.lock:
                fake.calls.append(method)
                trouble = fake.trouble[method].popleft() if fake.trouble[method] else ""
                if trouble in {"", "lost"}:
                    answer, status = fake.handle(method, args), 200
                elif trouble in {"429", "500"}:
                    answer, status = {"ok": False, "error": "ratelimited"}, int(trouble)
                else:
                    answer, status = {"ok": False, "error": trouble}, 200
            if trouble == "lost":
                self.close_connection = True
                self.connection.close()
                return
            written = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if status == 429:
                self.send_header("Retry-After", "7")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        do_GET = do_POST  # noqa: N815 - the standard library's name

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    fake.url = f"http://127.0.0.1:{server.server_port}/api/"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


def _arguments(raw: str, kind: str) -> dict[str, Any]:
    if kind.startswith("application/json"):
        return dict(json.loads(raw or "{}"))
    plain = {k: v[0] for k, v in parse_qs(raw).items()}
    return {k: json.loads(v) if v[:1] in "[{" else v for k, v in plain.items()}
