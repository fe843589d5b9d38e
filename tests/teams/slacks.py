"""A Slack with several workspaces behind one address: the token says which one is meant."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from tests.slack.fake import BOT, FakeSlack

CLIENT_ID, CLIENT_SECRET = "111.222", "an-app-secret"


@dataclass
class Slacks:
    """The workspaces by team id, and what Slack gives for a code of its OAuth page."""

    url: str = ""
    of: dict[str, FakeSlack] = field(default_factory=dict)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def token(self, team: str, number: int = 1) -> str:
        return f"xoxb-{team}-{number}-secretof{team.lower()}"

    def allow(self, code: str, team: str, **more: Any) -> None:
        """Have Slack's page hand out `code` for a workspace; it is good once."""
        self.of.setdefault(team, FakeSlack())
        self.codes[code] = {
            "app_id": "A1", "access_token": self.token(team), "token_type": "bot",
            "scope": "chat:write", "bot_user_id": BOT, "authed_user": {"id": "U09IRIS"},
            "team": {"id": team, "name": f"Works of {team}"}, "enterprise": None,
            "is_enterprise_install": False, **more,
        }  # fmt: skip

    def answer(self, method: str, token: str, args: dict[str, Any]) -> dict[str, Any]:
        if method == "oauth.v2.access":
            known = (args.get("client_id"), args.get("client_secret"))
            if known != (CLIENT_ID, CLIENT_SECRET):
                return {"ok": False, "error": "bad_client_secret"}
            given = self.codes.pop(str(args.get("code")), None)
            return {"ok": True, **given} if given else {"ok": False, "error": "invalid_code"}
        for team, slack in self.of.items():
            if token.startswith(f"xoxb-{team}-"):
                slack.calls.append(method)
                told = slack.handle(method, args)
                return {**told, "team_id": team} if method == "auth.test" else told
        return {"ok": False, "error": "invalid_auth"}


@contextmanager
def many_slacks(*teams: str) -> Iterator[Slacks]:
    """Run them until the block ends; what broke a rule of our own in any fails then."""
    slacks = Slacks(of={team: FakeSlack() for team in teams})

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            method = self.path.rsplit("/", 1)[-1]
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            with slacks.lock:
                told = slacks.answer(method, token, _arguments(raw, self.headers))
            written = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    slacks.url = f"http://127.0.0.1:{server.server_port}/api/"
    try:
        yield slacks
    finally:
        server.shutdown()
        server.server_close()
    offences = [each for slack in slacks.of.values() for each in slack.offences]
    assert not offences, offences


def _arguments(raw: str, headers: Any) -> dict[str, Any]:
    if (headers.get("Content-Type") or "").startswith("application/json"):
        return dict(json.loads(raw or "{}"))
    plain = {k: v[0] for k, v in parse_qs(raw).items()}
    basic = headers.get("Authorization") or ""
    if basic.startswith("Basic "):
        import base64

        known, _, secret = base64.b64decode(basic.removeprefix("Basic ")).decode().partition(":")
        plain |= {"client_id": known, "client_secret": secret}
    return {k: json.loads(v) if v[:1] in "[{" else v for k, v in plain.items()}
