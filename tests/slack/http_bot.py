"""The real bot process over HTTP against the fake of Slack, and Slack's way of sending to it."""

from __future__ import annotations

import http.client
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.slack.fake import TEAM, FakeSlack
from tests.slack.local import Bot, bot_on
from tests.slack.office import SECRET, sign

START_SECONDS = 300.0
"""Measured beside other work a start may take long, and is not what is measured."""


class HttpSlack:
    """Where a bot finds the fake of Slack, as `bot_on` asks for it."""

    def __init__(self, slack: FakeSlack, **more: str) -> None:
        self.port = _free_port()
        self.environment = {
            "SLACK_BOT_TOKEN": "xoxb-test", "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": slack.url, "TRAILGUIDE_PORT": str(self.port), **more,
        }  # fmt: skip

    def send(self, body: dict[str, Any], **headers: str) -> tuple[int, float]:
        """Post an event as Slack does; its status (0: nobody answers) and the seconds it took."""
        raw, at = json.dumps(body), str(int(time.time()))
        own = {"content-type": "application/json", "x-slack-signature": sign(at, raw),
               "x-slack-request-timestamp": at}  # fmt: skip
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/slack/events", raw.encode(), {**own, **headers}
        )
        began = time.perf_counter()
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                reply.read()
                status = int(reply.status)
        except urllib.error.HTTPError as refused:
            status = refused.code
        except (OSError, http.client.HTTPException):
            status = 0
        return status, time.perf_counter() - began


@contextmanager
def http_bot(
    home: Path, slack: HttpSlack, *, starter: tuple[str, ...] = ("-m", "bot.cli")
) -> Iterator[Bot]:
    """The bot's process, ready to be sent events."""
    with bot_on(home, slack, starter=starter, patience=START_SECONDS) as bot:
        yield bot


def direct(number: int, text: str, person: str = "01ROBIN") -> dict[str, Any]:
    """A direct message's event."""
    inner = {"type": "message", "channel_type": "im", "channel": f"D{person}", "user": f"U{person}",
             "ts": f"1771.{number:06}", "text": text}  # fmt: skip
    return {"type": "event_callback", "team_id": TEAM, "api_app_id": "A1", "event": inner,
            "event_id": f"Ev{number}", "authorizations": []}  # fmt: skip


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
