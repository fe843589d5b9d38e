"""`python -m benchmarks.slack_load [--minutes N] [--write]`: how fast events are acknowledged.

The real bot process over HTTP with a chat model that takes twenty seconds gets 600 events a
minute, one in ten of them an ask; what is measured is the time from a request to its 200.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.page import keep
from bot.bootstrap import build
from bot.sample import seed_sample
from bot.settings import Settings
from tests.chat_server import Asked, Play, chat_server, says
from tests.slack.fake import fake_slack
from tests.slack.http_bot import HttpSlack, direct, http_bot
from tests.slack.office import ASK

A_MINUTE = 600
ASK_EVERY = 10
PEOPLE = 60
MODEL_SECONDS = 20.0
SENDERS = 32
SMALL = ("help", "thanks!", "what is for lunch today?")


def main() -> None:
    """Measure, print, and keep the row when asked to."""
    told = argparse.ArgumentParser()
    told.add_argument("--minutes", type=float, default=5.0)
    told.add_argument("--write", action="store_true")
    told.add_argument("--home", type=Path, help="a home with the sample library, else one is made")
    asked = told.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        if asked.home:
            shutil.copytree(asked.home, home)
        else:
            tools = build(Settings(home=home))
            seed_sample(tools)
            tools.finder.search("warm the index", 1)
            tools.close()
        text = _load(home, int(A_MINUTE * asked.minutes))
    print(text)
    if asked.write:
        keep("slack_load", text)


def _slow(_: Asked) -> Play:
    time.sleep(MODEL_SECONDS)
    return says(json.dumps({}))


def _load(home: Path, count: int) -> str:
    before = os.getloadavg()[0]
    with fake_slack() as slack, chat_server(_slow) as model:
        there = HttpSlack(
            slack, TRAILGUIDE_CHAT_MODEL="openai:slow", OPENAI_BASE_URL=model.url,
            OPENAI_API_KEY="none",
        )  # fmt: skip
        with http_bot(home, there), ThreadPoolExecutor(SENDERS) as senders:
            began, futures = time.monotonic(), []
            for number in range(count):
                time.sleep(max(0.0, began + number * 60 / A_MINUTE - time.monotonic()))
                text = ASK if number % ASK_EVERY == 0 else SMALL[number % len(SMALL)]
                body = direct(number, text, f"{number % PEOPLE:03}")
                futures.append(senders.submit(there.send, body))
            results = [f.result() for f in futures]
        answered = len(slack.messages)
    took = sorted(seconds * 1000 for _, seconds in results)
    refused = sum(status != 200 for status, _ in results)
    p50, p95, p99 = (took[min(len(took) - 1, int(len(took) * q))] for q in (0.5, 0.95, 0.99))
    return (
        "| events | a minute | not taken | ack p50 ms | p95 | p99 | longest | answered meanwhile |"
        " load before | load after |\n"
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        f"| {count} | {A_MINUTE} | {refused} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {took[-1]:.0f} "
        f"| {answered} | {before:.1f} | {os.getloadavg()[0]:.1f} |"
    )


if __name__ == "__main__":
    main()
