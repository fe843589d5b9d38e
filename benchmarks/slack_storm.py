"""`python -m benchmarks.slack_storm [--write]`: a storm of events, and twenty kills of the bot.

The storm is the one of the tests with more asks in it. The kills run the real bot process over
HTTP; each is killed by SIGKILL at one point of an ask, started again, and sent what Slack repeats.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.page import keep
from bot.bootstrap import build
from bot.sample import seed_sample
from bot.settings import Settings
from tests.slack.dying_bot import POINTS
from tests.slack.fake import fake_slack
from tests.slack.http_bot import HttpSlack, direct, http_bot
from tests.slack.local import ROOT, until
from tests.slack.office import ASK
from tests.slack.storm import storm

EVENTS, ASKS, SEED = 1000, 50, 58
PATIENCE_SECONDS = 3600.0
DYING = (str(ROOT / "tests" / "slack" / "dying_bot.py"),)
DEATH_SECONDS = 120.0


def main() -> None:
    """Measure, print, and keep the tables when asked to."""
    with tempfile.TemporaryDirectory() as folder:
        seeded = Path(folder) / "seeded"
        tools = build(Settings(home=seeded))
        seed_sample(tools)
        tools.finder.search("warm the index", 1)
        tools.close()
        text = f"{_kills(seeded, Path(folder))}\n\n{_storm(seeded, Path(folder))}"
    print(text)
    if "--write" in sys.argv[1:]:
        keep("slack_storm", text)


def _storm(seeded: Path, folder: Path) -> str:
    home = folder / "storm"
    shutil.copytree(seeded, home)
    tools = build(Settings(home=home, asks_per_minute=0, team_asks_per_minute=0))
    with fake_slack() as slack:
        told = storm(tools, slack, events=EVENTS, asks=ASKS, seed=SEED, patience=PATIENCE_SECONDS)
    tools.close()
    return (
        "| events | asks among them | deliveries | not taken at first | answers | lost | twice |"
        " seconds | load |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        f"| {told.events} | {ASKS} | {told.deliveries} | {told.refused} | {told.posts} "
        f"| {told.lost} | {told.twice} | {told.seconds:.0f} | {os.getloadavg()[0]:.1f} |"
    )


def _kills(seeded: Path, folder: Path) -> str:
    rows = [f"| {point} | {_killed(point, seeded, folder)} |" for point in POINTS]
    return "| killed at | cards | suggestions | left undone |\n| --- | ---: | ---: | ---: |\n" + (
        "\n".join(rows)
    )


def _killed(point: str, seeded: Path, folder: Path) -> str:
    home = folder / point / "home"
    shutil.copytree(seeded, home)
    event = direct(1, ASK)
    with fake_slack() as slack:
        there = HttpSlack(slack)
        os.environ["DIE_AT"] = point
        with http_bot(home, there, starter=DYING) as doomed:
            taken, _ = there.send(event)
            doomed.process.wait(timeout=DEATH_SECONDS)
        del os.environ["DIE_AT"]
        with http_bot(home, there):
            if taken != 200:  # Slack repeats what was not acknowledged
                there.send(event, **{"x-slack-retry-num": "1"})
            until(lambda: slack.messages and _waiting(home) == 0, f"an answer after {point}", 120)
            time.sleep(1)  # a second answer would come now
        return f"{len(slack.messages)} | {_count(home, 'suggestion')} | {_waiting(home)}"


def _waiting(home: Path) -> int:
    return _count(home, "inbox where done_at is null")


def _count(home: Path, what: str) -> int:
    with sqlite3.connect(f"file:{home / 'trailguide.db'}?mode=ro", uri=True) as db:
        return int(db.execute(f"select count(*) from {what}").fetchone()[0])


if __name__ == "__main__":
    main()
