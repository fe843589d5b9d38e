"""`python -m benchmarks.processes [--seconds N] [--write]`: one, two, four bots on shared servers.

PostgreSQL and a Chroma server on loopback, all bots on one home folder, and askers that send each
event to the next bot as a balancer would and ask again as soon as the card is there. Everything
shares this machine's cores: what more processes bring shows where there are cores for them.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.load import Asked, Desk, at_once, share
from benchmarks.page import keep
from bot.bootstrap import build
from bot.sample import seed_sample
from bot.settings import Settings
from tests import databases
from tests.run_scale import chroma
from tests.slack.fake import fake_slack
from tests.slack.http_bot import HttpSlack, http_bot

PROCESSES = (1, 2, 4)
REPS = 16


class Balancer:
    """Sends each event to the next bot."""

    def __init__(self, doors: list[HttpSlack]) -> None:
        self._doors = doors

    def send(self, body: dict[str, Any]) -> tuple[int, float]:
        """To the bot whose turn it is by the event's number."""
        number = int(str(body["event_id"]).removeprefix("Ev"))
        return self._doors[number % len(self._doors)].send(body)


def main() -> None:
    """Measure each number of processes, print, and keep the table when asked to."""
    told = argparse.ArgumentParser()
    told.add_argument("--seconds", type=float, default=90.0)
    told.add_argument("--write", action="store_true")
    asked = told.parse_args()
    rows = []
    for processes in PROCESSES:
        with tempfile.TemporaryDirectory() as folder, chroma(Path(folder) / "chroma") as index:
            run = _measure(processes, Path(folder) / "home", index, asked.seconds)
        rows.append(
            f"| {processes} | {len(run.waits) * 60 / asked.seconds:.0f} | {run.unanswered} "
            f"| {share(run.waits, 0.5):.1f} | {share(run.waits, 0.95):.1f} |"
        )
        print(rows[-1], flush=True)
    text = (
        "## One, two and four bots\n\n"
        f"`python -m benchmarks.processes --write`, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} "
        f"cores for bots, PostgreSQL, Chroma and askers together; {REPS} reps who ask again at "
        f"once, {asked.seconds:g} s.\n\n"
        "| bots | cards a minute | no answer | p50 s | p95 s |\n"
        "| ---: | ---: | ---: | ---: | ---: |\n" + "\n".join(rows)
    )
    print(text)
    if asked.write:
        keep("processes", text)


def _measure(processes: int, home: Path, index: str, seconds: float) -> Asked:
    database = databases.new_postgres_database()
    tools = build(Settings(home=home, database_url=database, chroma_url=index))
    seed_sample(tools)
    tools.finder.search("warm the index", 1)
    tools.close()
    servers = {
        "TRAILGUIDE_DATABASE_URL": database, "TRAILGUIDE_CHROMA_URL": index,
        "TRAILGUIDE_ASKS_PER_MINUTE": "0", "TRAILGUIDE_TEAM_ASKS_PER_MINUTE": "0",
    }  # fmt: skip
    with fake_slack() as slack, _bots(home, [
        HttpSlack(slack, **servers) for _ in range(processes)
    ]) as doors:  # fmt: skip
        desk, told = Desk(slack, Balancer(doors)), Asked()
        at_once(REPS, lambda rep: desk.ask(rep, Asked()))  # texts are read, models loaded
        until = time.monotonic() + seconds

        def keep_asking(rep: int) -> None:
            while time.monotonic() < until:
                desk.ask(rep, told)

        at_once(REPS, keep_asking)
    return told


@contextmanager
def _bots(home: Path, doors: list[HttpSlack]) -> Iterator[list[HttpSlack]]:
    with ExitStack() as running:
        for door in doors:
            running.enter_context(http_bot(home, door))
        yield doors


if __name__ == "__main__":
    main()
