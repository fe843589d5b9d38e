"""The bot's listeners in Bolt's real dispatch, and what a person can do with them."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from slack_bolt import App, BoltRequest, BoltResponse

from bot.bootstrap import Wired
from bot.listeners import answering
from bot.listeners.edge import Edge
from tests.slack.fake import FakeSlack
from tests.slack.local import button_of

ASK = "Dana Ortiz asked what a maintenance backlog costs us in a year. What do I send her next?"
ROBIN, MIKA = "U01ROBIN", "U02MIKA"
SECRET = "a-signing-secret"
FORM_TYPES = frozenset({"block_actions", "view_submission"})
"""What Slack posts as a form; events come as JSON."""


def _as_chosen(block: str, text: str | None) -> dict[str, Any]:
    """What a field of a window reports: a day, an option or a text."""
    if block == "choice":
        return {"selected_option": {"value": text} if text else None}
    return {"selected_date" if block == "until" else "value": text}


def sign(at: str, body: str) -> str:
    told = hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256)
    return f"v0={told.hexdigest()}"


@dataclass
class Office:
    """Slack, the app, and what a person can do; the work is done at once, not by a job."""

    slack: FakeSlack
    app: App
    tools: Wired
    edge: Edge
    started: list[str] = field(default_factory=list)
    payloads: list[dict[str, Any]] = field(default_factory=list)
    serial: int = 0
    hold: Callable[[str], None] | None = None

    def send(self, body: dict[str, Any], **headers: str) -> BoltResponse:
        """Dispatch a request that is signed as Slack signs it."""
        form = body.get("type") in FORM_TYPES
        raw = urlencode({"payload": json.dumps(body)}) if form else json.dumps(body)
        now = str(int(time.time()))
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        own = {"content-type": kind, "x-slack-signature": sign(now, raw),
               "x-slack-request-timestamp": now}  # fmt: skip
        return self.app.dispatch(BoltRequest(body=raw, headers={**own, **headers}))

    def event(self, text: str, **fields: Any) -> dict[str, Any]:
        self.serial += 1
        inner = {"type": "message", "channel_type": "im", "channel": "D01ROBIN", "user": ROBIN,
                 "ts": f"1771.{self.serial:06}", "text": text, **fields}  # fmt: skip
        return {"type": "event_callback", "team_id": "T01", "api_app_id": "A1", "event": inner,
                "event_id": f"Ev{self.serial}", "authorizations": []}  # fmt: skip

    def click(self, message: dict[str, Any], action: str, user: str = ROBIN) -> BoltResponse:
        self.serial += 1
        return self.send({
            "type": "block_actions", "team": {"id": "T01"}, "user": {"id": user, "team_id": "T01"},
            "api_app_id": "A1", "trigger_id": self.slack.trigger(),
            "container": {"type": "message", "message_ts": message["ts"],
                          "channel_id": message["channel"]},
            "channel": {"id": message["channel"]}, "message": message,
            "actions": [{**button_of(message, action), "action_ts": str(self.serial)}],
        })  # fmt: skip

    def submit(self, **typed: str | None) -> BoltResponse:
        self.serial += 1
        view = self.slack.views[-1]
        values = {
            block: {block: {"type": "t", **_as_chosen(block, text)}}
            for block, text in typed.items()
        }
        return self.send({
            "type": "view_submission", "team": {"id": "T01"}, "api_app_id": "A1",
            "user": {"id": ROBIN, "team_id": "T01"}, "trigger_id": self.slack.trigger(),
            "view": {"id": "V1", **view, "state": {"values": values}},
        })  # fmt: skip

    @property
    def card(self) -> dict[str, Any]:
        return self.cards[-1]

    @property
    def cards(self) -> list[dict[str, Any]]:
        direct = [m for m in self.slack.messages if m["channel"].startswith("D")]
        return [m for m in direct if m["blocks"][0]["type"] == "header"]

    def work(self, key: str) -> None:
        if self.hold:
            self.hold(key)
            return
        self.started.append(key)
        self.payloads.append(self.tools.inbox.payload(key) or {})
        for outbox_key in answering.plan(key, self.edge):
            answering.post(outbox_key, self.edge)
        answering.close(key, self.edge)
