"""Three bots on PostgreSQL and a Chroma server, by settings alone: nothing lost, nothing twice.

`make test-scale` starts the servers. What each bot does by itself, such as digests and pulls, comes
once from all three; and under load one is killed as by a power cut, and stays dead.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.bootstrap import Wired, build
from bot.flow.crm_desk import Desk
from bot.flow.crm_pull import ROUND
from bot.local_slack import free_port
from bot.places import executor_id
from bot.settings import Settings
from bot.signal_server import SIGNATURE, TIMESTAMP
from bot.slack_client import mark_of
from knowledge.leads import Action
from knowledge.signing import signature
from storage.digests import Digests
from tests import on_servers
from tests.conftest import SetClock
from tests.crm.server import WorldClock
from tests.crm.worlds import CsvWorld
from tests.due_examples import put, suggested
from tests.slack.fake import TEAM, FakeSlack, fake_slack
from tests.slack.http_bot import HttpSlack, direct, http_bot
from tests.slack.local import ROOT, Bot, until
from tests.slack.office import ASK
from tests.slack.storm import SMALL

pytestmark = [
    pytest.mark.scale,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not on_servers.wanted(), reason="`make test-scale` starts the servers"),
]

SHORT = bool(os.environ.get("TG_SCALE_SHORT"))
EVENTS, ASKS = (40, 4) if SHORT else (240, 12)
PEOPLE, SENDERS, REPEATED = 24, 6, 4
TUESDAY = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
QUICK = (str(ROOT / "tests" / "slack" / "quick_bot.py"),)
SECRET, CHANNEL = "a-secret-of-some-length", "C01LEADS"
PATIENCE_SECONDS = 900.0
ROBIN, MIKA = "U01ROBIN", "U02MIKA"


@dataclass
class Three:
    """Three bots in one home, Slack before them, and our own look into their database."""

    slack: FakeSlack
    bots: list[Bot]
    doors: list[HttpSlack]
    health: list[int]
    tools: Wired
    folder: Path

    def send(self, number: int, body: dict[str, Any], **headers: str) -> int:
        """As a balancer that tries the next bot, then as Slack; how often it was not taken."""
        for turn in range(6):
            again = {"x-slack-retry-num": str(turn), "x-slack-retry-reason": "http_error"}
            door = self.doors[(number + turn) % len(self.doors)]
            if door.send(body, **(again if turn else headers))[0] == 200:
                return turn
            time.sleep(0.05 * turn)
        return 6

    def set_clock(self, at: datetime) -> None:
        set_clock(self.folder, at)

    def pending(self) -> list[str]:
        return self.tools.inbox.pending()

    def lines(self, event: str) -> int:
        """How often the bots logged a line, all three together."""
        return len(re.findall(rf"event='{event}'", (self.folder / "bot.log").read_text()))


def set_clock(folder: Path, at: datetime) -> None:
    """Have it be this moment for all bots, from now on."""
    fresh = folder / "clock.new"
    fresh.write_text(str((at - datetime.now(UTC)).total_seconds()))
    fresh.replace(folder / "clock")


@pytest.fixture(scope="module")
def three(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    folder = tmp_path_factory.mktemp("three")
    home, export = folder / "home", folder / "export"
    shutil.copytree(seeded, home)
    export.mkdir()
    set_clock(folder, NIGHT)
    CsvWorld(export, WorldClock(WEDNESDAY)).person("Noor Vale", "noor@vale.example")
    settings = Settings(home=home, crm="csv", crm_folder=export)
    tools = build(settings, SetClock(TUESDAY))
    wanted = Digests(tools.db, tools.clock)
    for user, owner in ((ROBIN, "Robin Reyes"), (MIKA, "Mika Tanaka")):
        put(tools, f"lead-of-{user}", (Action.SENT, 30), owner=owner)
        wanted.switch(TEAM, user, on=True)
    suggested(tools, "touch-1", f"lead-of-{ROBIN}")  # so that there is something to report
    health = [free_port() for _ in range(3)]
    with fake_slack() as slack, ExitStack() as running:
        slack.users[ROBIN] = {"real_name": "Robin Reyes", "tz": "Europe/London"}
        slack.users[MIKA] = {"real_name": "Mika Tanaka", "tz": "Europe/London"}
        given = {
            "TRAILGUIDE_DATABASE_URL": str(settings.database_url),
            "TRAILGUIDE_CHROMA_URL": str(settings.chroma_url),
            "TRAILGUIDE_CRM": "csv", "TRAILGUIDE_CRM_FOLDER": str(export),
            "TRAILGUIDE_CHECK_LINKS": "false", "TRAILGUIDE_SIGNAL_SECRETS": SECRET,
            "TRAILGUIDE_REPORT_CHANNEL": CHANNEL, "TRAILGUIDE_REPORT_WEEKDAY": "wednesday",
            "TRAILGUIDE_FIRST_ADMIN": "U09ALEX", "QUICK_CLOCK": str(folder / "clock"),
        }  # fmt: skip
        doors = [
            HttpSlack(slack, TRAILGUIDE_HEALTH_ADDRESS=f"127.0.0.1:{port}", **given)
            for port in health
        ]
        bots = [running.enter_context(http_bot(home, door, starter=QUICK)) for door in doors]
        yield Three(slack, bots, doors, health, tools, folder)
    tools.close()


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as came:
            return came.status, came.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_what_bots_do_by_themselves_comes_once_from_all_three(three: Three) -> None:
    """M58 Digests, the report, chores and the CRM's pull, though each of the three looks."""
    assert [get(port, "/ready") for port in three.health] == [(200, '{"ready":true}')] * 3
    assert three.tools.crm is not None
    desk = Desk(three.tools, three.tools.crm)
    until(lambda: desk.cursors.get(ROUND).done_at, "the first pull of the CRM", 120)
    assert three.lines("crm_taken_up") == 1, "two that started later found nothing to pull"
    assert not three.slack.messages
    three.set_clock(WEDNESDAY)
    until(lambda: len(three.slack.messages) >= 3, "the day's own work", 120)
    until(lambda: not three.pending(), "the day's own work", 120)
    time.sleep(7)  # two sweeps more of each
    assert not three.pending()
    posts = Counter(m["channel"] for m in three.slack.messages)
    assert posts == {"D01ROBIN": 1, "D02MIKA": 1, CHANNEL: 1}, three.slack.messages
    assert three.lines("crm_taken_up") == 2
    assert three.lines("retention_run") == 1
    assert "Noor Vale" in [name for _, name, *_ in three.tools.leads.names()]


def test_a_signal_that_comes_to_all_three_at_once_counts_once(three: Three) -> None:
    """M45 The same delivery at three doors."""
    told = {"lead": {"email": "sol@reed.example", "name": "Sol Reed"}, "action": "attended"}
    body = json.dumps({"id": "once-1", "signals": [told]}).encode()
    stamp = str(int(WEDNESDAY.timestamp()) + 60)

    def post(door: HttpSlack) -> int:
        request = urllib.request.Request(f"http://127.0.0.1:{door.port}/signals", body, {
            TIMESTAMP: stamp, SIGNATURE: signature(SECRET, stamp, body),
        })  # fmt: skip
        with urllib.request.urlopen(request, timeout=30) as came:
            return int(came.status)

    with ThreadPoolExecutor(3) as senders:
        assert sorted(senders.map(post, three.doors)) == [200, 200, 202]

    def acts() -> int:
        known = [i for i, name, *_ in three.tools.leads.names() if name == "Sol Reed"]
        return sum(len(three.tools.leads.get(lead).history) for lead in known)

    until(acts, "the signal's act", 60)
    time.sleep(1)
    assert acts() == 1
    kinds = [e.kind for e in three.tools.audit.entries(three.tools.db)]
    assert kinds.count("signal.received") == 1


def test_m58_a_bot_killed_among_three_loses_no_event_and_none_is_answered_twice(
    three: Three,
) -> None:
    """M58 M59 Killed in the midst of a load and never started again; the others end its work."""
    dice = random.Random(15)
    before = len(three.slack.messages)
    bodies = [
        direct(1000 + n, ASK if n < ASKS else dice.choice(SMALL), f"5{n % PEOPLE:03}")
        for n in range(EVENTS)
    ]
    dice.shuffle(bodies)
    deliveries = [(n, body) for n, body in enumerate(bodies)]
    deliveries += [(n + 1, body) for n, body in deliveries if n % REPEATED == 0]
    half = len(deliveries) // 2
    with ThreadPoolExecutor(SENDERS) as senders:
        first = list(senders.map(lambda d: three.send(*d), deliveries[:half]))
        killing = senders.submit(kill_at_work, three)
        second = list(senders.map(lambda d: three.send(*d), deliveries[half:]))
        assert killing.result(), "it had work in its hands"
    assert max(first + second) < 6, "each was taken by some bot"
    keys = [f"event:{TEAM}:{body['event_id']}" for body in bodies]
    until(lambda: not three.pending(), "all answers", PATIENCE_SECONDS)
    time.sleep(2)  # a second answer would come now
    posts = three.slack.messages[before:]
    marks = Counter(m["blocks"][0].get("block_id") for m in posts if m.get("blocks"))
    answers = {key: sum(marks[mark_of(f"{key}:{p}")] for p in PARTS) for key in keys}
    assert not [key for key, count in answers.items() if count == 0], "lost"
    assert not [key for key, count in answers.items() if count > 1], "answered twice"
    assert len(posts) == EVENTS
    suggestions = [e for e in three.tools.audit.entries(three.tools.db) if e.kind == MADE]
    assert len(suggestions) == 1 + ASKS
    assert three.tools.audit.verify(three.tools.db).ok
    assert not three.slack.offences
    assert [get(three.health[n], "/ready")[0] for n in (0, 2)] == [200, 200]
    taken = sum(counted(get(three.health[n], "/metrics")[1]) for n in (0, 2))
    assert taken > EVENTS / 2


def kill_at_work(three: Three) -> int:
    """Kill the second bot while it answers; how many answers it held."""
    held = "select count(*) from dbos.workflow_status where status = 'PENDING' and executor_id = :x"
    dead = {"x": f"{executor_id(three.tools.settings.home)}-2"}

    def holds() -> int:
        with three.tools.db.read() as session:
            return int(session.execute(text(held), dead).scalar_one())

    until(holds, "the second bot to be at work", 60)
    three.bots[1].kill()
    return holds()


PARTS = ("line", "card", "told", "failed")
MADE = "suggestion.made"


def counted(page: str) -> float:
    """Events that a bot has taken in, of all kinds."""
    return sum(float(n) for n in re.findall(r"^trailguide_events_total\S* (\S+)$", page, re.M))


def test_a_piece_of_another_process_is_found_at_the_next_question(
    tools: Wired, tmp_path: Path
) -> None:
    """Words and vectors follow the revision in SQL, whichever process changed the library."""
    question = "How does a bakery find leaks in its compressed air lines?"
    tools.finder.search(question, 1)
    piece = tmp_path / "bakery.md"
    told = " ".join(["A bakery finds leaks in its compressed air lines by ultrasound."] * 12)
    fields = "title: Compressed air in bakeries\ntype: guide\nurl: https://www.tidewell.example/air"
    piece.write_text(f"---\n{fields}\n---\n\n{told}\n")
    run = [sys.executable, "-m", "bot.cli", "--home", str(tools.settings.home)]
    added = subprocess.run(
        [*run, "library", "add", str(piece), "--approve"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    assert "1 added" in added.stdout + added.stderr, added.stdout
    (found,) = tools.finder.search(question, 1)
    assert found.asset.title == "Compressed air in bakeries"
    assert found.score > 0
    retired = subprocess.run(
        [*run, "library", "retire", found.asset.id],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert retired.returncode == 0, retired.stderr
    assert found.asset.id not in [c.asset.id for c in tools.finder.search(question, 5)]
