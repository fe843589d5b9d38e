"""Driving the real bot process against the local Slack: people act, and what they see is read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeVar

import pytest

from bot.local_slack import LocalSlack, end, obtain, running
from knowledge.errors import SetupMissing
from tests.slack.payloads import texts

PATIENCE_SECONDS = 40.0
"""A cold start of the bot on a busy machine takes ten; a test that waits longer has failed."""
ROOT = Path(__file__).parents[2]
T = TypeVar("T")


@dataclass(frozen=True)
class People:
    """What a person can do in the local Slack, through its control API.

    Messages up to `before` are of former tests and are not seen.
    """

    slack: LocalSlack
    before: str = ""

    def from_now_on(self) -> People:
        """The same people, who see only what comes from here on."""
        state = self._get("state")
        newest = [m["ts"] for c in state["channels"] for m in self._all(c["id"])]
        return People(self.slack, max(newest, default=""))

    def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> str:
        told = {"user": user, "channel": channel, "text": text, "thread_ts": thread_ts}
        return str(self._post("message", told)["message"]["ts"])

    def command(self, user: str, channel: str, text: str) -> None:
        told = {"user": user, "channel": channel, "command": "/trailguide", "text": text}
        self._post("command", told)

    def click(self, user: str, message: dict[str, Any], action_id: str) -> None:
        button = button_of(message, action_id)
        action = {"type": "button", "action_id": action_id, "value": button["value"]}
        told = {"user": user, "channel": message["channel"], "messageTs": message["ts"]}
        self._post("interact", {**told, "action": action})

    def messages(self, channel: str) -> list[dict[str, Any]]:
        return [m for m in self._all(channel) if m["ts"] > self.before]

    def from_bot(self, channel: str) -> list[dict[str, Any]]:
        return [m for m in self.messages(channel) if m.get("bot_id")]

    def cards(self, channel: str) -> list[dict[str, Any]]:
        return [
            m for m in self.from_bot(channel) if (m.get("blocks") or [{}])[0]["type"] == "header"
        ]

    def direct(self, user: str) -> str:
        """The id of the bot's direct messages with somebody; empty before there are any."""
        channels = self._get("state")["channels"]
        return next((c["id"] for c in channels if c.get("is_im") and user in c["members"]), "")

    def log(self) -> list[dict[str, Any]]:
        return list(self._get("log")["log"])

    def connected(self) -> bool:
        return any("socket connected" in e["summary"] for e in self.log()[-40:])

    def _all(self, channel: str) -> list[dict[str, Any]]:
        return list(self._get(f"messages/{channel}")["messages"])

    def _post(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.slack.url}/_control/{what}",
            data=json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=15) as reply:
            return dict(json.load(reply))

    def _get(self, what: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.slack.url}/_control/{what}", timeout=15) as reply:
            return dict(json.load(reply))


@dataclass
class Bot:
    """The bot's process on a home folder."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """As a power cut would: nothing is finished or said."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Running(Protocol):
    """A process of which can be told whether it runs."""

    def poll(self) -> int | None: ...


class Reachable(Protocol):
    """A Slack that a bot can be started on."""

    @property
    def environment(self) -> dict[str, str]: ...


@contextmanager
def bot_on(
    home: Path,
    slack: Reachable,
    *,
    starter: tuple[str, ...] = ("-m", "bot.cli"),
    patience: float = PATIENCE_SECONDS,
) -> Iterator[Bot]:
    """Run `trailguide --home HOME serve` until the block ends; ready when it says so."""
    log = home.parent / "bot.log"
    with log.open("ab") as out:
        out.write(b"--- start\n")
        out.flush()
        start = out.tell()
        process = subprocess.Popen(
            [sys.executable, *starter, "--home", str(home), "serve"],
            stdout=out, stderr=subprocess.STDOUT, cwd=ROOT,
            env={**environment(), **slack.environment, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        try:
            ready(process, log, start, patience)
            yield Bot(process, log)
        finally:
            end(process)


def ready(process: Running, log: Path, start: int, patience: float) -> None:
    """Wait for a bot to say that it listens; what it said before `start` is of another."""
    until(
        lambda: "is listening" in _since(log, start) or _gone(process, log),
        "the bot to listen",
        patience,
    )


def until(found: Callable[[], T], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """Wait for something to be so; the assertion says what never came."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        value = found()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")


def said(message: dict[str, Any]) -> str:
    """Every word of a message."""
    return "\n".join([message.get("text") or "", *texts(message.get("blocks") or [])])


def buttons(message: dict[str, Any]) -> list[str]:
    """The action ids of a message's buttons."""
    rows = [b for b in message.get("blocks") or [] if b["type"] == "actions"]
    return [e["action_id"] for row in rows for e in row["elements"]]


def button_of(message: dict[str, Any], action_id: str) -> dict[str, Any]:
    rows = [b for b in message["blocks"] if b["type"] == "actions"]
    return next(e for row in rows for e in row["elements"] if e["action_id"] == action_id)


def local_slack_or_skip(folder: Path) -> Path:
    """The binary, or a skip that says why; under CI that skip is a failure."""
    try:
        return obtain(folder)
    except SetupMissing as missing:
        skip(str(missing))


def skip(why: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must run this: {why}")
    pytest.skip(why)


@contextmanager
def a_slack(tmp: Path) -> Iterator[People]:
    """A fresh local Slack."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "trailguide"
    with running(tmp / "slack", local_slack_or_skip(cache / "local-slack")) as slack:
        yield People(slack)


def environment() -> dict[str, str]:
    """Ours, without the settings of the person who runs the tests."""
    ours = ("TRAILGUIDE_", "SLACK_")
    own = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    return {**own, "TRAILGUIDE_HEALTH_ADDRESS": ""}  # bots of tests run side by side


def _since(log: Path, start: int) -> str:
    return log.read_bytes()[start:].decode(errors="replace")


def _gone(process: Running, log: Path) -> bool:
    if process.poll() is not None:
        raise AssertionError(f"the bot ended:\n{log.read_text()[-3000:]}")
    return False
