"""`python -m benchmarks.load [--minutes N] [--reps N] [--write]`: a team that asks all at once.

The real bot process over HTTP, the sample library, the built-in composer. First every rep asks at
the same moment; then each asks, waits for the card, reads it and asks about something else, for
some minutes. Measured is the time from the event to its card; the floor beside it is what embedding
the question and one query of the index take on the same machine, alone.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from benchmarks.page import keep
from benchmarks.recommend_speed import timed
from bot.bootstrap import build
from bot.sample import SAMPLE, seed_sample
from bot.settings import Settings
from tests.slack.fake import FakeSlack, fake_slack
from tests.slack.http_bot import HttpSlack, direct, http_bot

READING_SECONDS = 45.0
"""What a rep takes over a card before the next ask, on average."""
CARD_PATIENCE = 120.0
FLOOR_ROUNDS = 40
LOOK_SECONDS = 5.0
NAMES = ("Ada", "Ben", "Cleo", "Dov", "Eun", "Fay", "Gil", "Hana", "Ivo", "Jun")
ROLES = ("CFO", "maintenance manager", "plant manager", "IT lead", "head of operations")


@dataclass
class Asked:
    """What one run saw: seconds to each card, asks without one, and the bot's memory in MB."""

    waits: list[float] = field(default_factory=list)
    lines: int = 0
    unanswered: int = 0
    memory: list[float] = field(default_factory=list)


def main() -> None:
    """Measure, print, and keep the figures when asked to."""
    told = argparse.ArgumentParser()
    told.add_argument("--minutes", type=float, default=10.0)
    told.add_argument("--reps", type=int, default=50)
    told.add_argument("--write", action="store_true")
    asked = told.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        floor = _prepare(home)
        alone, burst, steady = _load(home, asked.reps, asked.minutes * 60)
    text = _told(asked.reps, asked.minutes, floor, (alone, burst, steady))
    print(text)
    if asked.write:
        keep("load", text)


def questions(seed: int) -> Iterator[str]:
    """Messages of reps without end, no two with the same words: nothing is served from memory."""
    rng = random.Random(seed)
    headings = [
        line.removeprefix("## ").rstrip("?").lower()
        for file in sorted((SAMPLE / "library").rglob("*.md"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    ]
    while True:
        who, role, size = rng.choice(NAMES), rng.choice(ROLES), rng.randint(30, 4000)
        about = rng.choice(headings)
        yield (
            f"{who}, {role} of a company of {size} people, wants to understand {about}. "
            "What do I send next?"
        )


def _prepare(home: Path) -> float:
    """Make the home; returns the floor in seconds, the median of embedding and query together."""
    tools = build(Settings(home=home))
    seed_sample(tools)
    tools.finder.search("warm the index", 1)
    ask = questions(1)
    rounds = []
    for _ in range(FLOOR_ROUNDS):
        words = next(ask)
        embedding, vector = timed(lambda w=words: tools.embedder.embed([w]))
        querying, _ = timed(lambda v=vector: tools.vectors.query_many(v, 10))
        rounds.append(embedding + querying)
    tools.close()
    return statistics.median(rounds)


def _load(home: Path, reps: int, seconds: float) -> tuple[Asked, Asked, Asked]:
    with fake_slack() as slack:
        there = HttpSlack(slack)
        with http_bot(home, there) as bot:
            desk = Desk(slack, there)
            with _memory(bot.process.pid) as memory:
                alone = Asked()
                for _ in range(10):
                    desk.ask(0, alone)
                burst = Asked()
                at_once(reps, lambda rep: desk.ask(rep, burst))
                until = time.monotonic() + seconds
                steady = Asked(memory=memory)
                memory.clear()
                at_once(reps, lambda rep: _keep_asking(rep, desk, steady, until))
    return alone, burst, steady


class Door(Protocol):
    """Where events are sent to: a bot, or several behind a balancer."""

    def send(self, body: dict[str, Any]) -> tuple[int, float]:
        """Its status and the seconds it took."""
        ...


class Desk:
    """Reps who ask in their own direct messages and look for the card there."""

    def __init__(self, slack: FakeSlack, there: Door) -> None:
        self._slack, self._there = slack, there
        self._guard = threading.Lock()
        self._number = 0
        self._asks = questions(7)

    def ask(self, rep: int, told: Asked) -> None:
        """Ask once, and wait for the card; Slack's own repeats are left out."""
        person = f"{rep:03}"
        with self._guard:
            self._number += 1
            number, words = self._number, next(self._asks)
        before = len(self._posted(person))
        began = time.perf_counter()
        status, _ = self._there.send(direct(number, words, person))
        while len(posted := self._posted(person)) == before:
            if status != 200 or time.perf_counter() - began > CARD_PATIENCE:
                told.unanswered += 1
                return
            time.sleep(0.02)
        if '"header"' not in str(posted[-1].get("blocks")).replace("'", '"'):
            told.lines += 1
            return
        told.waits.append(time.perf_counter() - began)

    def _posted(self, person: str) -> list[dict[str, Any]]:
        return self._slack.in_channel(f"D{person}")


def _keep_asking(rep: int, desk: Desk, told: Asked, until: float) -> None:
    rng = random.Random(rep)
    time.sleep(rng.uniform(0, READING_SECONDS))
    while time.monotonic() < until:
        desk.ask(rep, told)
        time.sleep(min(rng.expovariate(1 / READING_SECONDS), max(0.0, until - time.monotonic())))


def at_once(reps: int, do: Callable[[int], None]) -> None:
    """Have each rep do something at the same time, and wait for all."""
    with ThreadPoolExecutor(reps) as people:
        for done in [people.submit(do, rep) for rep in range(reps)]:
            done.result()


@contextmanager
def _memory(process: int) -> Iterator[list[float]]:
    """The process's resident memory in MB, looked at every few seconds."""
    seen: list[float] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(LOOK_SECONDS):
            told = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
            kilobytes = next(row for row in told.splitlines() if row.startswith("VmRSS"))
            seen.append(int(kilobytes.split()[1]) / 1024)

    watching = threading.Thread(target=look, daemon=True)
    watching.start()
    try:
        yield seen
    finally:
        ended.set()
        watching.join()


def _told(reps: int, minutes: float, floor: float, runs: tuple[Asked, Asked, Asked]) -> str:
    rows = []
    names = ("one rep, one ask after the other", f"{reps} reps at the same moment",
             f"{reps} reps for {minutes:g} minutes")  # fmt: skip
    for name, run in zip(names, runs, strict=True):
        p50, p95, p99 = (share(run.waits, q) for q in (0.5, 0.95, 0.99))
        rows.append(
            f"| {name} | {len(run.waits)} | {run.lines} | {run.unanswered} | {p50:.2f} "
            f"| {p95:.2f} | {p99:.2f} | {p50 / floor:.0f} |"
        )
    memory = runs[2].memory
    third = max(1, len(memory) // 3)
    middle, last = (statistics.median(m) for m in (memory[third : 2 * third], memory[-third:]))
    asked_a_minute = (len(runs[2].waits) + runs[2].lines + runs[2].unanswered) / minutes
    return (
        "## Fifty reps at once\n\n"
        f"`make bench-load`, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores that the askers "
        f"share. A rep reads for {READING_SECONDS:g} s on average, {asked_a_minute:.0f} asks a "
        f"minute in all. Floor (embedding the question and one query, alone): {floor * 1000:.0f} "
        "ms.\n\n"
        "| who asks | cards | a line instead | no answer | p50 s | p95 s | p99 s "
        "| p50 in floors |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n" + "\n".join(rows) + "\n\n"
        f"Memory of the bot in the long run: {middle:.0f} MB in the middle third, {last:.0f} MB in "
        f"the last ({last / middle:.2f})."
    )


def share(values: list[float], part: float) -> float:
    """The value that this part of them does not exceed; not a number without any."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("nan")


if __name__ == "__main__":
    main()
