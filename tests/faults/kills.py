"""Killing at marked points many times: homes made ready, lives lived, and the outcome counted."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

import storage.tables  # noqa: F401 - registers every table
from storage.columns import metadata
from storage.database import open_database
from storage.migrate import migrate
from tests.chat_replies import reply
from tests.chat_server import chat_server, says
from tests.databases import new_postgres_database
from tests.faults.life import Orders
from tests.faults.marks import ANY, COUNT, POINTS
from tests.slack.fake import FakeSlack, fake_slack

ROOT = Path(__file__).parents[2]
KILLED = -9
TRIES = 6
"""To kill a life; each time at half the moment, so the last is at its very first."""
PLACES = [(point, side) for point in POINTS for side in ("before", "after")] + [(ANY, "")]
"""Where kills happen: before and after each point, and at any moment."""


@dataclass
class Tally:
    """What many kills at one place came to."""

    kills: int = 0
    survived: int = 0
    lost: int = 0
    doubled: int = 0
    broken_logs: int = 0
    other_index: int = 0
    wrong: list[str] = field(default_factory=list)

    def clean(self) -> bool:
        """Whether nothing was lost, doubled or broken."""
        return not (self.lost or self.doubled or self.broken_logs or self.other_index)


@dataclass
class Zygote:
    """The process that forks; one life at a time."""

    process: subprocess.Popen[str]
    folder: Path
    chat: str
    count: int = 0

    def live(self, orders: Orders) -> tuple[int, dict[str, Any]]:
        """Have a life lived; its exit status and what it found."""
        self.count += 1
        result = self.folder / f"result-{self.count}.json"
        said = json.dumps({**asdict(orders), "result": str(result)})
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(said + "\n")
        self.process.stdin.flush()
        status = int(json.loads(self.process.stdout.readline())["status"])
        found = json.loads(result.read_text()) if result.exists() else {}
        return status, found

    def last_words(self) -> str:
        """The end of what the lives said."""
        return (self.folder / "lives.log").read_text()[-3000:]


@contextmanager
def zygote(seeded: Path, folder: Path) -> Iterator[Zygote]:
    """Start it over a seeded home, which it only reads models by."""
    loading = folder / "loading"
    shutil.copytree(seeded, loading)
    with chat_server(says(reply())) as server:
        command = [sys.executable, "-m", "tests.faults.zygote",
                   str(loading), server.url, str(folder / "lives.log")]  # fmt: skip
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TOKENIZERS_PARALLELISM": "false"},
        )  # fmt: skip
        assert process.stdout
        assert json.loads(process.stdout.readline())["ready"]
        try:
            yield Zygote(process, folder, server.url)
        finally:
            process.terminate()
            process.wait()


@dataclass
class Ground:
    """A home made ready on one kind of database, of which each kill gets a copy of its own."""

    kind: str
    home: Path
    template: str = ""
    made: int = 0
    moments: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @contextmanager
    def copy(self, folder: Path) -> Iterator[tuple[Path, str]]:
        """A home and the address of its database; both go afterwards."""
        self.made += 1
        home = folder / f"{self.kind}-{self.made}"
        shutil.copytree(self.home, home)
        url = new_postgres_database(self.template) if self.template else ""
        try:
            yield home, url
        finally:
            shutil.rmtree(home, ignore_errors=True)
            if url:
                _dropped(url)


def ground(kind: str, seeded: Path, folder: Path, lives: Zygote) -> Ground:
    """Make a home ready: the seeded one, whose job queue has its tables."""
    home = folder / f"ready-{kind}"
    shutil.copytree(seeded, home)
    template = ""
    url = ""
    if kind == "postgresql":
        url = new_postgres_database()
        _moved_over(home, url)
        template = str(make_url(url).database)
    with fake_slack() as slack:  # a first life makes the tables of the queue, and the executor's id
        acks = folder / f"acks-ready-{kind}"
        acks.write_text("Ev1 Ev2 press")  # and takes no event
        status, found = lives.live(Orders(str(home), slack.url, str(acks), database=url))
        assert status == 0, lives.last_words()
        assert found["index"], found
    made = Ground(kind, home, template)
    _count(lives, made, folder)
    return made


def _count(lives: Zygote, ready: Ground, folder: Path) -> None:
    """A life without a fault: how often each point comes, and how long it takes."""
    with ready.copy(folder) as (home, url), fake_slack() as slack:
        acks = folder / f"{home.name}.acks"
        orders = Orders(str(home), slack.url, str(acks), database=url, chat=lives.chat, point=COUNT)
        status, found = lives.live(replace(orders, retired=999))
        assert status == 0, lives.last_words()
        assert _looked(slack, found) == (0, 0), (found, _shown(slack))
        ready.moments, ready.seconds = found["calls"], found["seconds"]
        assert all(ready.moments.values()), ready.moments


def killed(lives: Zygote, ready: Ground, place: tuple[str, str], times: int, folder: Path) -> Tally:
    """Kill at one place so many times, start again each time, and count what came of it."""
    point, side = place
    dice = random.Random(f"15 {ready.kind} {point} {side}")
    tally = Tally()
    chat = lives.chat if point == "model" else ""
    usual = Orders("", "", "", chat=chat, point=point, before=side != "after")
    moments = ready.moments.get(point, 1)
    for number in range(times):
        nth = 1 + (number * max(1, moments // times) + dice.randrange(3)) % moments
        orders = replace(
            usual, nth=nth, seconds=dice.uniform(0, 0.6 * ready.seconds), retired=number + 1
        )
        # How many moments there are varies between lives: after one that ended too soon, earlier.
        for _ in range(TRIES):
            if _one(lives, ready, orders, folder, tally):
                break
            orders = replace(orders, nth=max(1, orders.nth // 2), seconds=orders.seconds / 2)
    return tally


def _one(lives: Zygote, ready: Ground, orders: Orders, folder: Path, tally: Tally) -> bool:
    """Kill once and start again; False when the life ended before it was killed."""
    with ready.copy(folder) as (home, url), fake_slack() as slack:
        acks = folder / f"{home.name}.acks"
        there = replace(orders, home=str(home), slack=slack.url, acks=str(acks), database=url)
        status, _ = lives.live(there)
        if status != KILLED:
            tally.survived += 1
            if status:
                tally.lost += 1
                tally.wrong.append(f"{orders}: {lives.last_words()}")
            return bool(status)
        tally.kills += 1
        status, found = lives.live(replace(there, point="", nth=0))
        if status:
            tally.lost += 1
            tally.wrong.append(f"{orders}: {lives.last_words()}")
            return True
        lost, doubled = _looked(slack, found)
        tally.lost += lost
        tally.doubled += doubled
        tally.broken_logs += not found["audit"]
        tally.other_index += not found["index"]
        if lost or doubled or not (found["audit"] and found["index"]):
            tally.wrong.append(f"{orders}: {found} {_shown(slack)}")
    return True


def _looked(slack: FakeSlack, found: dict[str, Any]) -> tuple[int, int]:
    """How much was lost and how much came twice: answers, decisions, entries of the log."""
    entries = found["entries"]
    cards = [m for m in slack.in_channel("D01ROBIN") if m["blocks"][0]["type"] == "header"]
    counts = [
        len(cards),
        len(slack.in_channel("D02MIKA")),
        entries.get("suggestion.made", 0),
        entries.get("suggestion.approved", 0),
        entries.get("suggestion.card_posted", 0),
    ]
    others = len(slack.messages) - len(cards) - len(slack.in_channel("D02MIKA"))
    lost = sum(1 for n in counts if n == 0) + len(found["pending"]) + found["unposted"]
    return lost, sum(1 for n in counts if n > 1) + others


def _shown(slack: FakeSlack) -> list[tuple[str, str]]:
    return [(m["channel"], str(m.get("text"))[:60]) for m in slack.messages]


def _moved_over(home: Path, url: str) -> None:
    """Copy every row of a home's SQLite database into PostgreSQL, and drop the file."""
    old, new = open_database(f"sqlite:///{home / 'trailguide.db'}"), open_database(url)
    migrate(new)
    with old.read() as source, new.write() as target:
        for table in metadata.sorted_tables:
            rows = [dict(row) for row in source.execute(select(table)).mappings()]
            if rows:
                target.execute(table.insert(), rows)
        for table in metadata.sorted_tables:
            for column in table.primary_key.columns:
                if column.autoincrement is True or (
                    column.autoincrement == "auto" and str(column.type) == "INTEGER"
                ):
                    target.execute(text(
                        f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', "
                        f"'{column.name}'), coalesce(max(\"{column.name}\"), 1)) "
                        f'FROM "{table.name}"'
                    ))  # fmt: skip
    old.close()
    new.close()
    for path in home.glob("trailguide.db*"):
        path.unlink()


def _dropped(url: str) -> None:
    server = make_url(url)
    engine = create_engine(
        server.set(drivername="postgresql+psycopg", database="postgres"),
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{server.database}" WITH (FORCE)'))
    engine.dispose()
