"""`make slack`: the bot against a Slack of its own in the browser, for trying out and for tests.

The local Slack is the npm package `local-slack-PLATFORM` (MIT, one binary), fetched into a folder
that Git ignores; the bot itself never needs it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import SetupMissing, TrailguideError

VERSION = "0.1.8"
CACHE = Path("var/local-slack")
START_SECONDS = 20
TOKENS = {
    "SLACK_BOT_TOKEN": "xoxb-local",
    "SLACK_APP_TOKEN": "xapp-local",
    "SLACK_SIGNING_SECRET": "local-signing-secret",
}
"""Not secret: the local Slack takes any."""
OWN_DATA = {
    "TRAILGUIDE_DATABASE_URL": "", "TRAILGUIDE_CHROMA_URL": "", "TRAILGUIDE_HEALTH_ADDRESS": "",
}  # fmt: skip
"""Empty beats what the environment or `.env` says: people made up never reach a real database, and
a bot that is tried out takes no port of another's."""
TEAM, BOT = "T01LOCAL", "U0TRAILGUIDE"
REP, MARKETER, MANAGER = "U01ROBIN", "U02MIKA", "U03ALEX"
SALES, GENERAL = "C01SALES", "C02GENERAL"
_PLATFORMS = {
    ("Linux", "x86_64"): "linux-x64",
    ("Linux", "aarch64"): "linux-arm64",
    ("Darwin", "arm64"): "darwin-arm64",
    ("Darwin", "x86_64"): "darwin-x64",
}


@dataclass(frozen=True, slots=True)
class LocalSlack:
    """A local Slack that runs: its page is at `url`."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def environment(self) -> dict[str, str]:
        """What the bot needs in its environment to talk to it; whoever tries it out is an admin."""
        at = {"SLACK_API_URL": f"{self.url}/api/", "TRAILGUIDE_FIRST_ADMIN": REP}
        return {**TOKENS, **at}


def obtain(cache: Path = CACHE) -> Path:
    """Return the local Slack's binary, fetched by npm at the first call.

    `SetupMissing` without npm, for an unknown platform, or when npm cannot fetch it.
    """
    kind = _PLATFORMS.get((platform.system(), platform.machine()))
    if kind is None:
        raise SetupMissing(f"There is no local Slack for {platform.system()} {platform.machine()}.")
    package = f"local-slack-{kind}"
    binary = cache / "node_modules" / package / "bin" / "local-slack"
    if binary.exists():
        return binary
    npm = shutil.which("npm")
    if npm is None:
        raise SetupMissing(
            "npm is not installed; the local Slack comes from there. Install Node.js."
        )
    cache.mkdir(parents=True, exist_ok=True)
    told = subprocess.run(  # noqa: S603 - our own fixed arguments
        [npm, "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(cache),
         f"{package}@{VERSION}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if not binary.exists():
        last = (told.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise SetupMissing(f"npm could not fetch {package}@{VERSION}: {last}")
    return binary


def workspace() -> dict[str, object]:
    """The workspace shown: three fictional people, two channels, one bot."""
    people = [
        {"id": REP, "name": "robin", "real_name": "Robin Reyes", "email": "robin@tidewell.example"},
        {"id": MARKETER, "name": "mika", "real_name": "Mika Tanaka",
         "email": "mika@tidewell.example"},
        {"id": MANAGER, "name": "alex", "real_name": "Alex Osei", "email": "alex@tidewell.example"},
    ]  # fmt: skip
    members = [REP, MARKETER, MANAGER, BOT]
    return {
        "workspace": {"name": "Tidewell", "domain": "tidewell", "teamId": TEAM},
        "app": {
            "appId": "A01TRAILGUIDE",
            "botUserId": BOT,
            "botName": "trailguide",
            "botToken": TOKENS["SLACK_BOT_TOKEN"],
            "appToken": TOKENS["SLACK_APP_TOKEN"],
            "signingSecret": TOKENS["SLACK_SIGNING_SECRET"],
            "mode": "socket",
        },
        "users": people,
        "channels": [
            {"id": SALES, "name": "sales", "members": members},
            {"id": GENERAL, "name": "general", "members": members},
            # Real Slack shows a bot's direct messages from the start; this one must be told.
            {"id": "D01ROBIN", "name": "dm-robin", "is_channel": False, "is_private": True,
             "is_im": True, "members": [REP, BOT]},
        ],
    }  # fmt: skip


@contextmanager
def running(folder: Path, binary: Path, port: int | None = None) -> Iterator[LocalSlack]:
    """Run a local Slack with its config and log in `folder`; it ends with the block."""
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "workspace.json"
    config.write_text(json.dumps(workspace(), indent=2))
    with (folder / "local-slack.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own fixed arguments
            [str(binary.absolute()), "--config", str(config), "--port", str(port)],
            stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            url = f"http://localhost:{port}"
            _wait_until_up(url, process)
            yield LocalSlack(url, process)
        finally:
            end(process)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end(process: subprocess.Popen[bytes], patience_seconds: float = 20) -> None:
    """Ask a process to stop, and make it when it does not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_control/state", timeout=1):  # noqa: S310 - ours
                return
        except OSError:
            time.sleep(0.05)
    raise SetupMissing("The local Slack did not start; see local-slack.log beside its config.")


def main() -> None:
    """Start the local Slack and the bot on a home folder; both end with Ctrl-C."""
    # A plain `kill` ends both like Ctrl-C: a bot left behind would hold the index of its home.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--home", type=Path, default=Path("var/demo"), help="the bot's data")
    parser.add_argument("--port", type=int, default=None, help="port of the page (default: free)")
    chosen = parser.parse_args()
    try:
        binary = obtain()
        _seed(chosen.home)
        with running(CACHE / "run", binary, chosen.port) as slack:
            _run_bot(slack, chosen.home)
    except TrailguideError as refusal:
        sys.exit(str(refusal))


def _seed(home: Path) -> None:
    """Fill a new home with the sample library and leads, so that there is something to ask for."""
    if (home / "trailguide.db").exists():
        return
    from bot.bootstrap import build
    from bot.sample import seed_card, seed_sample
    from bot.settings import Settings

    print(f"Indexing the sample library in {home} ...", flush=True)  # noqa: T201
    tools = build(Settings(home=home, database_url=None, chroma_url=None))
    try:
        seed_sample(tools)
        seed_card(tools, REP, TEAM)
    finally:
        tools.close()


def _run_bot(slack: LocalSlack, home: Path) -> None:
    bot = subprocess.Popen(  # noqa: S603 - our own fixed arguments
        [sys.executable, "-m", "bot.cli", "--home", str(home), "serve"],
        env={**os.environ, **slack.environment, **OWN_DATA},
        start_new_session=True,  # Ctrl-C reaches us alone; we stop the bot in order
    )
    print(  # noqa: T201 - what this command is for
        f"\nOpen {slack.url} and act as Robin Reyes. Try in #sales or in the direct messages:\n"
        "  @trailguide Ines Carvalho asked: How long does a rollout take across several sites?\n"
        "  /trailguide next a plant manager asked how to cut unplanned downtime\n"
        "  then press Edit, Another or Not now on the card.\n"
        "Stop both with Ctrl-C.\n",
        flush=True,
    )
    try:
        bot.wait()
    except KeyboardInterrupt:
        pass
    finally:
        end(bot)


if __name__ == "__main__":
    main()
