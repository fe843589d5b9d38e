"""The whole way with the real bot: pulled from HubSpot, asked, approved, sent, noted there once."""

from __future__ import annotations

import json
import signal
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from bot.bootstrap import build
from bot.flow.crm_desk import Desk
from bot.flow.crm_pull import pull
from bot.settings import Settings, load_settings
from bot.signal_server import SIGNATURE, TIMESTAMP
from bot.views import words, words_card
from knowledge.signing import signature
from tests.conftest import SetClock
from tests.crm.dying_bot import PULLING, PUSHING
from tests.crm.hubspot_server import TOKEN, HubSpotServer
from tests.crm.server import FakePace, WorldClock, served
from tests.crm.worlds import HubSpotWorld, writing
from tests.slack.fixtures import office_of
from tests.slack.local import People, Reachable, a_slack, bot_on, until
from tests.slack.office import ASK
from tests.slack.page import bot_messages, go_to, open_page, press, write
from tests.slack.warm_bots import Nursery
from tests.test_signals import free_port
from tests.test_slack_bot import log_is_whole, rows, verify_audit

pytest_plugins = ["tests.slack.bot_fixtures"]
pytestmark = [pytest.mark.e2e, pytest.mark.embedded, pytest.mark.timeout(300)]

ASKED = ASK.replace("Dana Ortiz", "Dana Fernhill")
PATIENCE = 120
"""Seconds: beside a cold start, the client of HubSpot is loaded too."""
CONTACT = ("Dana Fernhill", "dana.fernhill@x.example")


class RealPace(FakePace):
    """The limits of the account by the real clock: the bot is another process."""

    def now(self) -> float:
        return time.monotonic()


@pytest.fixture
def world() -> Iterator[HubSpotWorld]:
    clock = WorldClock((datetime.now(UTC) - timedelta(hours=2)).replace(microsecond=0))
    server = HubSpotServer(clock, RealPace())
    with served(server):
        yield HubSpotWorld(server)


@pytest.fixture
def crm_home(home: Path, world: HubSpotWorld) -> Path:
    """A home whose CRM is that account; the bot reads its settings from the file there."""
    (home / "crm.toml").write_text(writing("hubspot", texts=True))
    (home / "trailguide.toml").write_text(
        f'crm = "hubspot"\ncrm_url = "{world.server.url}"\ncrm_token = "{TOKEN}"\n'
    )
    return home


def linked(home: Path) -> list[tuple[object, ...]]:
    return rows(home, "select external_id, lead_id from crm_link")


def waiting(home: Path) -> list[tuple[object, ...]]:
    return rows(home, "select count(*) from crm_write where state = 'waiting'")


def signal_sent(port: int, secret: str, delivery: str = "zoom-1") -> tuple[int, dict[str, Any]]:
    """What a webinar tool is answered that says that the contact attended."""
    lead = {"email": CONTACT[1]}
    told = {"id": delivery, "source": "zoom", "lead": lead, "action": "attended"}
    body, stamp = json.dumps(told).encode(), str(int(time.time()))
    headers = {TIMESTAMP: stamp, SIGNATURE: signature(secret, stamp, body)}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/signals", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def test_from_the_pull_to_the_activity_in_the_page(
    crm_home: Path, world: HubSpotWorld, tmp_path: Path
) -> None:
    """M31 M52 M56 M58 A signal comes in, a person asks, approves and marks as sent; all once."""
    dana = world.person(*CONTACT, stage="interest")
    port, secret = free_port(), "a-secret-of-some-length"
    with (crm_home / "trailguide.toml").open("a") as settings:
        settings.write(f'signal_secrets = "{secret}"\nsignal_port = {port}\n')
    came = "select action, source from lead_history where source like 'signal of%'"
    with (
        a_slack(tmp_path) as people,
        bot_on(crm_home, people.slack),
        open_page(people.slack.url) as page,
    ):
        until(lambda: linked(crm_home), "the contact to be pulled")
        assert signal_sent(port, "another-secret-of-length")[0] == 401
        assert signal_sent(port, secret) == (202, {"id": "zoom-1", "signals": 1})
        until(lambda: rows(crm_home, came), "the signal in the record")
        assert signal_sent(port, secret)[1]["repeat"] is True
        go_to(page, "sales")
        write(page, f"@trailguide {ASKED}")
        page.locator(".thread-summary", has_text="1 reply").wait_for()
        go_to(page, "Robin Reyes")
        card = bot_messages(page).first
        expect(card).to_contain_text("Next touch for Dana Fernhill")
        press(card, words.APPROVE)
        expect(card).to_contain_text("Approved by")
        assert world.noted() == []
        press(card, words_card.MARK_SENT)
        press(page.locator(".modal"), words.SAVE)
        expect(page.locator(".modal")).to_have_count(0)
        (noted,) = until(world.noted, "the touch in HubSpot")
        until(lambda: waiting(crm_home) == [(0,)], "the queue to be empty")
    assert rows(crm_home, came) == [("attended", "signal of zoom")]
    assert noted.person == dana
    assert noted.subject
    assert len(world.noted()) == 1
    assert verify_audit(crm_home)


def a_sent_touch(home: Path, world: HubSpotWorld) -> None:
    """Pulled, asked, approved and marked as sent over the strict fake; nothing is written yet."""
    tools = build(load_settings(home), SetClock(datetime.now(UTC)))
    assert isinstance(tools.settings, Settings)
    assert tools.crm is not None
    pull(Desk(tools, tools.crm))
    with office_of(tools) as office:
        office.send(office.event(ASKED))
        office.click(office.card, "approve")
        office.click(office.card, "mark_sent")
        office.submit(choice="email", body="Hello Dana, here is the guide.")
    tools.close()
    with sqlite3.connect(home / "trailguide.db") as db:  # what the fake was told needs no bot
        db.execute("update inbox set done_at = received_at where done_at is null")
    assert waiting(home) != [(0,)]
    assert world.noted() == []


def die_at_work(point: str, home: Path, slack: Reachable, bots: Nursery) -> None:
    """Run the dying bot to its end; it may come before the bot says that it listens."""
    with pytest.MonkeyPatch.context() as doom:
        doom.setenv("DIE_AT", point)
        doomed = bots.start(home, slack, home.parent / "doomed.log")
        assert doomed.wait(PATIENCE) == -signal.SIGKILL


@pytest.mark.parametrize("point", PUSHING)
def test_a_bot_killed_while_it_writes_notes_the_touch_once(
    crm_home: Path, world: HubSpotWorld, own_slack: People, bots: Nursery, point: str
) -> None:
    """M56 M58 Whatever was written before the kill is found again by its key."""
    world.person(*CONTACT, stage="interest")
    a_sent_touch(crm_home, world)
    die_at_work(point, crm_home, own_slack.slack, bots)
    with sqlite3.connect(crm_home / "trailguide.db") as db:  # ten minutes later
        db.execute("update crm_write set claimed_until = null")
    with bots.bot_on(crm_home, own_slack.slack):
        until(lambda: waiting(crm_home) == [(0,)], f"the queue after dying at {point}", PATIENCE)
    assert len(world.noted()) == 1
    assert log_is_whole(crm_home)


@pytest.mark.parametrize("point", PULLING)
def test_a_bot_killed_while_it_pulls_goes_on_and_has_each_lead_once(
    crm_home: Path, world: HubSpotWorld, own_slack: People, bots: Nursery, point: str
) -> None:
    world.owner("Robin Reyes", "robin@x.example")
    ids = [world.person(f"Person {n}", f"p{n}@x.example") for n in range(230)]
    before = len(rows(crm_home, "select id from lead"))
    die_at_work(point, crm_home, own_slack.slack, bots)
    with bots.bot_on(crm_home, own_slack.slack):
        over = "select count(*) from crm_cursor where stream = 'round' and done_at is not null"
        until(lambda: rows(crm_home, over) == [(1,)], f"the pull after dying at {point}", PATIENCE)
    assert len(linked(crm_home)) == len(ids)
    assert len(rows(crm_home, "select id from lead")) == before + len(ids)
    assert log_is_whole(crm_home)
