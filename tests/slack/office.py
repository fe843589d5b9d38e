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
from bot.flow.standing import kept_roles
from bot.listeners import answering
from bot.listeners.edge import Edge
from bot.slack_shape import is_like_slacks
from knowledge.roles import Role
from tests.slack.fake import FakeSlack
from tests.slack.local import button_of

ASK = "Dana Ortiz asked what a maintenance backlog costs us in a year. What do I send her next?"
ROBIN, MIKA, ADMIN = "U01ROBIN", "U02MIKA", "U09IRIS"
CARD_OWNERS = "Only the person who asked for it, or who owns its lead, may "
"""How a refusal about a card begins."""
SECRET = "a-signing-secret"
FORM_TYPES = frozenset({
    "block_actions", "view_submission", "block_suggestion", "shortcut", "message_action",
})  # fmt: skip
"""What Slack posts as a form; events come as JSON."""


def _as_chosen(block: str, text: str | None) -> dict[str, Any]:
    """What a field of a window reports: a day, an option or a text."""
    if block == "choice":
        return {"selected_option": {"value": text} if text else None}
    return {"selected_date" if block == "until" else "value": text}


def sign(at: str, body: str) -> str:
    told = hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256)
    return f"v0={told.hexdigest()}"


def _signed(raw: str, kind: str = "application/x-www-form-urlencoded") -> dict[str, str]:
    now = str(int(time.time()))
    return {"content-type": kind, "x-slack-signature": sign(now, raw),
            "x-slack-request-timestamp": now}  # fmt: skip


def held_by(element: dict[str, Any], typed: Any) -> dict[str, Any]:
    """The state of a field: what is typed or chosen now, or what it was opened with."""
    if element["type"] == "multi_static_select":
        chosen = element.get("initial_options", []) if typed is None else [
            {"value": value} for value in typed
        ]  # fmt: skip
        return {"type": element["type"], "selected_options": chosen}
    if element["type"].endswith("select"):
        first = element.get("initial_option")
        chosen = first if typed is None else {"value": typed} if typed else None
        return {"type": element["type"], "selected_option": chosen}
    first = element.get("initial_value")
    return {"type": element["type"], "value": first if typed is None else typed or None}


@dataclass(repr=False)
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
    team: str = "T01"

    def __repr__(self) -> str:
        return "an office"

    def give(self, user: str, *roles: Role) -> None:
        """Let a person have exactly these roles by grant, beside being a rep as everybody is."""
        kept = kept_roles(self.tools)
        had = {grant.role for grant in kept.grants(user)}
        for role in had - set(roles):
            kept.revoke(user, role, "test", other_admins=True)
        for role in set(roles) - had:
            kept.grant(user, role, "test")

    def send(self, body: dict[str, Any], **headers: str) -> BoltResponse:
        """Dispatch a request that is signed as Slack signs it."""
        form = body.get("type") in FORM_TYPES
        raw = urlencode({"payload": json.dumps(body)}) if form else json.dumps(body)
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        return self._taken(BoltRequest(body=raw, headers={**_signed(raw, kind), **headers}))

    def _taken(self, asked: BoltRequest) -> BoltResponse:
        """As the door of the bot does it, which lets nothing in that is not like Slack's."""
        assert is_like_slacks(asked.body), asked.body
        return self.app.dispatch(asked)

    def event(self, text: str, **fields: Any) -> dict[str, Any]:
        self.serial += 1
        inner = {"type": "message", "channel_type": "im", "channel": "D01ROBIN", "user": ROBIN,
                 "ts": f"1771.{self.serial:06}", "text": text, **fields}  # fmt: skip
        return {"type": "event_callback", "team_id": self.team, "api_app_id": "A1", "event": inner,
                "event_id": f"Ev{self.serial}", "authorizations": []}  # fmt: skip

    def settle(self) -> None:
        """Wait for what Bolt does after it answered."""
        self.app.listener_runner.listener_executor.submit(int).result(timeout=30)

    def click(self, message: dict[str, Any], action: str, user: str = ROBIN) -> BoltResponse:
        return self.send(self.pressed(message, action, user))

    def pressed(self, message: dict[str, Any], action: str, user: str = ROBIN) -> dict[str, Any]:
        """What Slack sends when a button of a message is pressed."""
        self.serial += 1
        return {
            "type": "block_actions", "team": {"id": self.team},
            "user": {"id": user, "team_id": self.team},
            "api_app_id": "A1", "trigger_id": self.slack.trigger(),
            "container": {"type": "message", "message_ts": message["ts"],
                          "channel_id": message["channel"]},
            "channel": {"id": message["channel"]}, "message": message,
            "actions": [{**button_of(message, action), "action_ts": str(self.serial)}],
        }  # fmt: skip

    def submit(self, **typed: str | None) -> BoltResponse:
        return self.send(self.filled(**typed))

    def filled(self, **typed: str | None) -> dict[str, Any]:
        """What Slack sends when the last opened window is submitted."""
        self.serial += 1
        view = self.slack.views[-1]
        values = {
            block: {block: {"type": "t", **_as_chosen(block, text)}}
            for block, text in typed.items()
        }
        return {
            "type": "view_submission", "team": {"id": self.team}, "api_app_id": "A1",
            "user": {"id": ROBIN, "team_id": self.team}, "trigger_id": self.slack.trigger(),
            "view": {"id": "V1", **view, "state": {"values": values}},
        }  # fmt: skip

    def command(self, text: str, user: str = ROBIN) -> BoltResponse:
        """`/trailguide TEXT`, which Slack posts as a form of its own."""
        self.serial += 1
        raw = urlencode({
            "command": "/trailguide", "text": text, "user_id": user, "channel_id": "C01SALES",
            "team_id": self.team, "trigger_id": self.slack.trigger(), "api_app_id": "A1",
        })  # fmt: skip
        return self._taken(BoltRequest(body=raw, headers=_signed(raw)))

    def shortcut(
        self, callback: str, said: dict[str, Any] | None = None, user: str = ROBIN
    ) -> BoltResponse:
        """A global shortcut, or one on a message (`said`)."""
        self.serial += 1
        body: dict[str, Any] = {
            "type": "message_action" if said else "shortcut", "callback_id": callback,
            "team": {"id": self.team}, "user": {"id": user, "team_id": self.team},
            "api_app_id": "A1", "trigger_id": self.slack.trigger(), "action_ts": str(self.serial),
        }  # fmt: skip
        if said:
            body |= {"message": said, "channel": {"id": "C01SALES"}, "message_ts": "1771.5"}
        return self.send(body)

    def options(self, action: str, typed: str, user: str = ROBIN) -> list[dict[str, Any]]:
        """What a list offers while a person types."""
        reply = self.send({
            "type": "block_suggestion", "team": {"id": self.team}, "api_app_id": "A1",
            "user": {"id": user, "team_id": self.team}, "action_id": action, "block_id": action,
            "value": typed, "view": {"id": f"V{len(self.slack.views)}", "type": "modal"},
        })  # fmt: skip
        return list(json.loads(reply.body)["options"])

    def fill_in(self, user: str = ROBIN, **typed: Any) -> BoltResponse:
        """Submit the open form: fields left out are as they were shown."""
        self.serial += 1
        view = self.slack.views[-1]
        values = {
            block["block_id"]: {
                block["block_id"]: held_by(block["element"], typed.pop(block["block_id"], None))
            }
            for block in view["blocks"]
            if block["type"] == "input"
        }
        assert not typed, f"no such field: {typed}"
        return self.send({
            "type": "view_submission", "team": {"id": self.team}, "api_app_id": "A1",
            "user": {"id": user, "team_id": self.team}, "trigger_id": self.slack.trigger(),
            "view": {**view, "state": {"values": values}},
        })  # fmt: skip

    @property
    def card(self) -> dict[str, Any]:
        return self.cards[-1]

    @property
    def cards(self) -> list[dict[str, Any]]:
        direct = [m for m in self.slack.messages if m["channel"].startswith("D")]
        return [m for m in direct if m["blocks"] and m["blocks"][0]["type"] == "header"]

    def work(self, key: str) -> None:
        if self.hold:
            self.hold(key)
            return
        self.started.append(key)
        self.payloads.append(self.tools.inbox.payload(key) or {})
        for outbox_key in answering.plan(key, self.edge):
            answering.post(outbox_key, self.edge)
        answering.close(key, self.edge)
