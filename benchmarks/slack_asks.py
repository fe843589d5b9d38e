"""Real questions through the real bot and a local Slack: which card comes, and how soon.

    TRAILGUIDE_DEV_DATA=DIR python -m benchmarks.slack_asks COMPANY HOME

HOME holds that company's library (`trailguide --home HOME library add … --approve`). Ten of its
authors' own questions, evenly spread, are sent as direct messages; which card came goes to stdout,
the figures also between their marks in benchmarks/README.md (the questions are not ours to keep).
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.page import keep
from bot.local_slack import REP, obtain, running
from tests.slack.local import People, bot_on, said, until

ASKS = 10
DIRECT = "D01ROBIN"


def main(company: str, home: Path) -> None:
    questions = [
        q for q in map(json.loads, (_data() / company / "questions.jsonl").open()) if q["default"]
    ]
    chosen = questions[:: max(1, len(questions) // ASKS)][:ASKS]
    titles = {
        a["id"]: a["title"] for a in map(json.loads, (_data() / company / "assets.jsonl").open())
    }
    rows, seconds, right = [], [], 0
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), obtain()) as slack,
        bot_on(home, slack),
    ):
        people = People(slack)
        for number, asked in enumerate(chosen, 1):
            began = time.monotonic()
            people.say(REP, DIRECT, f"A lead asked: {asked['question']} What do I send?")
            until(lambda n=number: len(people.cards(DIRECT)) >= n, "the card")
            seconds.append(time.monotonic() - began)
            shown = said(people.cards(DIRECT)[-1])
            hit = any(titles[a] in shown for a in asked["assets"])
            right += hit
            rows.append(f"| {asked['question']} | {'yes' if hit else 'no'} |")
    print("| question | shown |\n|---|---|", *rows, sep="\n")
    summary = (
        f"`python -m benchmarks.slack_asks {company} HOME`, {time.strftime('%Y-%m-%d')}: "
        f"{right} of {len(rows)} cards show the piece whose author asked the question; "
        f"median {statistics.median(seconds):.1f} s from message to card, "
        f"longest {max(seconds):.1f} s (a card waits up to a second for Slack's pacing)."
    )
    print(summary)
    keep(f"slack:{company}", summary)


def _data() -> Path:
    return Path(os.environ["TRAILGUIDE_DEV_DATA"])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
