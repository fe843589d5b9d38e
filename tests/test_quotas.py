"""Quotas: who floods is capped and told so once a minute, and nobody else feels it."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from slack_bolt import App

from bot.bootstrap import Wired, build
from bot.jobs import Jobs
from bot.listeners import register
from bot.listeners.edge import Edge
from bot.listeners.outsiders import Channels
from bot.settings import Settings
from bot.slack_client import Poster, make_client
from storage.database import open_database
from storage.migrate import migrate
from storage.quotas import Asked, Caps, Quotas
from tests.conftest import SetClock
from tests.databases import new_postgres_database
from tests.slack.fake import BOT, TEAM, FakeSlack, fake_slack
from tests.slack.fixtures import office_of
from tests.slack.local import said, until
from tests.slack.office import ASK, MIKA, ROBIN, SECRET, Office

pytest_plugins = ["tests.slack.fixtures"]

CAP, TOGETHER = 5, 12
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def capped_office(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = tmp_path_factory.mktemp("quotas") / "home"
    shutil.copytree(seeded, home)
    caps = {"asks_per_minute": CAP, "team_asks_per_minute": TOGETHER}
    wired = build(Settings(home=home, **caps), SetClock(datetime.now(UTC)))
    with office_of(wired) as office:
        yield office
    wired.close()


@pytest.fixture
def desk(capped_office: Office) -> Office:
    """The capped office in a minute of its own."""
    clock_of(capped_office).at += 2 * MINUTE
    for kept in (capped_office.slack.messages, capped_office.started, capped_office.slack.views):
        kept.clear()
    return capped_office


def clock_of(office: Office) -> SetClock:
    assert isinstance(office.tools.clock, SetClock)
    return office.tools.clock


def lines(office: Office) -> list[str]:
    return [said(m) for m in office.slack.messages if "Go on in" in said(m)]


def test_what_is_beyond_the_cap_brings_one_line_and_none_of_it_is_kept(desk: Office) -> None:
    """M58 M59 300 within a minute: the cap is answered, then one line says when to go on."""
    at_first = clock_of(desk).at
    for number in range(300):
        clock_of(desk).at = at_first + number * MINUTE / 300
        assert desk.send(desk.event("help")).status == 200
    answers = [m for m in desk.slack.messages if "Go on in" not in said(m)]
    assert (len(answers), len(lines(desk))) == (CAP, 1)
    assert {m["channel"] for m in desk.slack.messages} == {"D01ROBIN"}
    seconds = int(re.findall(r"Go on in (\d+) seconds", lines(desk)[0])[0])
    assert not desk.tools.inbox.pending()
    clock_of(desk).at = at_first + CAP * MINUTE / 300 + timedelta(seconds=seconds)
    desk.slack.messages.clear()
    desk.send(desk.event("help"))
    assert len(desk.slack.messages) == 1
    assert not lines(desk), "it was said that one may go on by now"


def test_the_words_of_what_is_not_taken_are_nowhere_and_a_repeat_of_it_brings_nothing(
    desk: Office,
) -> None:
    for _ in range(CAP + 1):
        desk.send(desk.event("help"))
    body = desk.event("Dana Ortiz would like figures on plover migration")
    desk.send(body)
    key = f"event:T01:{body['event_id']}"
    assert desk.tools.inbox.kind(key) == "direct"
    assert desk.tools.inbox.payload(key) is None
    before = len(desk.slack.messages)
    clock_of(desk).at += 2 * MINUTE
    desk.send(body, **{"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"})
    assert len(desk.slack.messages) == before


def test_the_line_of_a_mention_comes_where_nobody_else_reads_it(desk: Office) -> None:
    """M58 Nothing of it stands in the channel."""
    for _ in range(CAP + 2):
        body = desk.event("help", type="app_mention", channel="C01TEAM", channel_type="channel")
        desk.send(body)
    assert [m["channel"] for m in desk.slack.messages if "Go on in" in said(m)] == ["D01ROBIN"]


def test_a_command_and_a_form_say_it_in_their_own_answer(desk: Office) -> None:
    """M59 Never silent: the form stays open with what was typed in it."""
    desk.command("next")
    for _ in range(CAP):
        desk.send(desk.event("help"))
    desk.slack.messages.clear()
    told = json.loads(desk.command(f"next {ASK}").body)
    assert told["response_type"] == "ephemeral"
    assert "Go on in 60 seconds" in told["text"]
    assert json.loads(desk.fill_in(questions=ASK).body)["response_action"] == "errors"
    assert not desk.slack.messages
    clock_of(desk).at += MINUTE
    assert "errors" not in (desk.fill_in(questions=ASK).body or "")
    assert desk.cards


def test_presses_on_a_card_are_not_counted(desk: Office) -> None:
    desk.send(desk.event(ASK))
    for _ in range(CAP):
        desk.send(desk.event("help"))
    for _ in range(3):
        desk.click(desk.card, "why")
    desk.click(desk.card, "shorter")
    desk.click(desk.card, "approve")
    assert len(lines(desk)) == 1
    assert len(desk.started) == CAP + 1 + 5


def test_a_first_ask_is_taken_however_much_all_together_asked(desk: Office) -> None:
    """The cap of the team stops who asks much, and nobody who asks once."""
    for person in range(8):
        for _ in range(4):
            desk.send(desk.event("help", user=f"U1{person}", channel=f"D1{person}"))
    per_person = [
        sum(m["channel"] == f"D1{n}" and "Go on in" not in said(m) for m in desk.slack.messages)
        for n in range(8)
    ]
    assert per_person == [4, 4, 4, 1, 1, 1, 1, 1]
    desk.send(desk.event("help", user=MIKA, channel="D02MIKA"))
    assert "Go on in" not in said(desk.slack.messages[-1])


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_cap_holds_for_several_processes_and_after_a_restart(
    dialect: str, tmp_path: Path
) -> None:
    """What is counted is what was kept: each opening of the database sees the same."""
    url = f"sqlite:///{tmp_path / 'x.db'}" if dialect == "sqlite" else new_postgres_database()
    clock = SetClock(datetime.now(UTC))
    dbs = [open_database(url) for _ in range(4)]
    migrate(dbs[0])

    def ask(number: int) -> bool:
        asked = Asked(f"event:{number}", "direct", ROBIN, {}, ROBIN)
        taken = Quotas(dbs[number % 4], clock).take(asked, Caps(CAP, 0), lambda _: {})
        return taken.go_on is None

    with ThreadPoolExecutor(8) as at_once:
        assert sum(at_once.map(ask, range(40))) == CAP
    for db in dbs:
        db.close()
    dbs[:] = [open_database(url)] * 4
    assert not ask(41)
    clock.at += MINUTE
    assert ask(42)
    dbs[0].close()


@pytest.fixture
def real(home: Path) -> Iterator[Wired]:
    wired = build(Settings(home=home, asks_per_minute=20), SetClock(datetime.now(UTC)))
    yield wired
    wired.close()


@pytest.mark.timeout(300)
def test_m58_one_who_floods_is_not_felt_by_anybody_else(real: Wired) -> None:
    """M58 300 asks of one person in many places, and a rep's ask takes what it takes without."""
    with fake_slack() as slack:
        client = make_client("xoxb-test", slack.url)
        jobs = Jobs(real.settings)
        poster = Poster(client, real.outbox, sleep=lambda _: None)
        edge = Edge(real, poster, BOT, jobs.start, team=TEAM, channels=Channels(client, TEAM))
        app = App(client=client, signing_secret=SECRET, token_verification_enabled=False)
        register(app, edge)
        jobs.launch(edge)
        office = Office(slack, app, real, edge)
        try:
            answered_in(office, slack)  # models are loaded by the first
            alone = min(answered_in(office, slack) for _ in range(2))
            for n in range(300):
                office.send(flood(office, n))
            assert len(real.inbox.pending()) > 10
            before = cards_of_the_flood(slack)
            flooded = answered_in(office, slack)
            between = cards_of_the_flood(slack) - before
        finally:
            jobs.close(patience_seconds=0)
    assert between <= 4, "the rep waited behind the flood"
    assert flooded < 4 * alone + 2.0
    assert len([m for m in slack.messages if "Go on in" in said(m)]) <= 1


def flood(office: Office, number: int) -> dict[str, object]:
    """In direct messages, and in ten channels, one of them the rep's own."""
    if number % 2:
        return office.event(ASK, user="U66FLOOD", channel="D66FLOOD")
    channel = f"C0{number % 20}"
    return office.event(
        ASK, user="U66FLOOD", channel=channel, type="app_mention", channel_type="channel"
    )


def answered_in(office: Office, slack: FakeSlack) -> float:
    before = len(slack.in_channel("D01ROBIN"))
    began = time.monotonic()
    office.send(office.event(ASK, type="app_mention", channel="C00", channel_type="channel"))
    until(lambda: len(slack.in_channel("D01ROBIN")) > before, "the card", 120)
    return time.monotonic() - began


def cards_of_the_flood(slack: FakeSlack) -> int:
    return sum("Go on in" not in said(m) for m in slack.in_channel("D66FLOOD"))
