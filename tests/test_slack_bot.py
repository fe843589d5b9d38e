"""The real bot process over Socket Mode, driven through the local Slack's control API."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.bootstrap import build
from bot.local_slack import BOT, REP, SALES
from bot.settings import Settings
from bot.views import words
from tests.databases import rows
from tests.slack.dying_bot import STEPS
from tests.slack.local import Bot, People, a_slack, bot_on, buttons, said, until
from tests.slack.warm_bots import Nursery

pytest_plugins = ["tests.slack.bot_fixtures"]
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

DIRECT = "D01ROBIN"
WAITING = "select count(*) from inbox where done_at is null"
ASK = "Dana Ortiz asked what a maintenance backlog costs us in a year. What do I send her next?"
ASK_FOR_A_STRANGER = (
    "Jo Marsh at Fernhill Foods asked what maintenance software really costs over five years. "
    "What do I send?"
)


@dataclass(frozen=True)
class Office:
    """One local Slack with one bot in it, shared by the tests of this file: a start takes long."""

    people: People
    bot: Bot
    home: Path


@pytest.fixture(scope="module")
def office(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(seeded, folder / "home")
    with a_slack(folder) as people, bot_on(folder / "home", people.slack) as bot:
        yield Office(people, bot, folder / "home")


@pytest.fixture
def people(office: Office) -> People:
    return office.people.from_now_on()


def log_is_whole(home: Path) -> bool:
    """What `trailguide audit verify` says, without the second that its start takes."""
    tools = build(Settings(home=home))
    try:
        return tools.audit.verify(tools.db).ok
    finally:
        tools.close()


def verify_audit(home: Path) -> str:
    told = subprocess.run(
        [sys.executable, "-m", "bot.cli", "--home", str(home), "audit", "verify"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


def test_a_direct_message_is_answered_with_a_card_that_can_be_decided(
    people: People, office: Office
) -> None:
    """M58 M24 A direct message brings a card; Another brings a different one; Approve ends it."""
    people.say(REP, DIRECT, ASK_FOR_A_STRANGER)  # an approval counts as sent for a known lead
    first = until(lambda: people.cards(DIRECT), "the card")[0]
    assert "Next touch for Jo Marsh" in said(first)
    assert buttons(first)[:4] == ["approve", "edit", "another", "not_now"]

    people.click(REP, first, "another")
    old, new = until(lambda: c if len(c := people.cards(DIRECT)) == 2 else None, "a second card")
    until(lambda: not buttons(people.cards(DIRECT)[0]), "the first card to give up its buttons")
    assert button_title(old) != button_title(new)

    people.click(REP, new, "approve")
    asked = ["open_gmail", "open_outlook", "mark_sent", "outcome", "helped", "not_helped"]
    until(lambda: buttons(people.cards(DIRECT)[1]) == asked, "the second card to be approved")
    assert words.TO_COPY in said(people.cards(DIRECT)[1])
    states = rows(office.home, "select state from suggestion order by created_at desc limit 2")
    assert states == [("approved",), ("replaced",)]
    assert verify_audit(office.home)


def button_title(card: dict[str, object]) -> str:
    return said(card).split("\n", 1)[0]


def test_a_command_is_answered_in_direct_messages_and_help_at_once(
    people: People,
) -> None:
    people.command(REP, SALES, f"next {ASK}")
    card = until(lambda: people.cards(DIRECT), "the card")[0]
    assert "Dana Ortiz" in said(card)
    people.command(REP, SALES, "help")
    people.command(REP, SALES, "dance")
    pointers = until(
        lambda: m if len(m := people.from_bot(SALES)) == 3 else None,
        "three pointers in the channel",
    )
    assert all(m["subtype"] == "ephemeral" for m in pointers)
    assert words.LOOKING in said(pointers[0])
    assert "Ortiz" not in said(pointers[0])
    assert "dance" in said(pointers[2])


def test_a_thread_goes_on_without_a_mention_and_why_is_answered(people: People) -> None:
    """M58 Follow-ups in the thread need no new mention."""
    root = people.say(REP, SALES, f"<@{BOT}> {ASK}")
    line = until(lambda: people.from_bot(SALES), "the line")[0]
    assert line["thread_ts"] == root
    assert "Dana" not in said(line)
    people.say(REP, SALES, "why that one?", thread_ts=root)
    until(lambda: len(people.from_bot(SALES)) == 2, "a second line")
    assert people.from_bot(SALES)[1]["text"] == words.LINE_TO_DM
    assert any("Why “" in said(m) for m in people.from_bot(DIRECT))


def test_sharing_shows_the_asset_and_nothing_of_the_lead(people: People) -> None:
    """M58 Share puts title and link into the channel's thread, no lead data."""
    root = people.say(REP, SALES, f"<@{BOT}> {ASK}")
    line = until(lambda: people.from_bot(SALES), "the line")[0]
    people.click(REP, line, "share")
    shared = until(lambda: m[1] if len(m := people.from_bot(SALES)) == 2 else None, "the share")
    assert shared["thread_ts"] == root
    assert "https://www.tidewell.example/" in said(shared)
    assert "Dana" not in said(shared)
    until(lambda: not buttons(people.from_bot(SALES)[0]), "the button to go")


def test_what_fails_is_said_in_one_sentence(people: People) -> None:
    """M59 Anything that fails says so, with what to do next."""
    people.say(
        REP,
        DIRECT,
        "What do I send Dana Ortiz next? She asked: Wie lange dauert die Einführung im Werk?",
    )
    told = until(lambda: people.from_bot(DIRECT), "an answer")[0]
    assert "English" in said(told)


@pytest.mark.parametrize("step", STEPS)
def test_a_bot_killed_at_work_answers_once_after_its_restart(
    own_slack: People, home: Path, bots: Nursery, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """M58 M59 Killed between any two steps, the bot answers after its restart, exactly once."""
    with monkeypatch.context() as doom:
        doom.setenv("DIE_AT", step)
        with bots.bot_on(home, own_slack.slack) as doomed:
            own_slack.say(REP, SALES, f"<@{BOT}> {ASK}")
            assert doomed.wait() == -signal.SIGKILL
    with bots.bot_on(home, own_slack.slack):
        until(lambda: own_slack.from_bot(SALES), f"the line after dying at {step}")
        until(lambda: own_slack.cards(DIRECT), f"the card after dying at {step}")
        until(lambda: rows(home, WAITING) == [(0,)], f"the event to be done after dying at {step}")
    assert len(own_slack.cards(DIRECT)) == 1
    assert len(own_slack.from_bot(SALES)) == 1
    assert rows(home, "select count(*) from suggestion") == [(1,)]
    assert log_is_whole(home)


@pytest.mark.embedded
def test_a_second_bot_on_the_same_home_is_turned_away(office: Office) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bot.cli", "--home", str(office.home), "serve"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1],
        env={**os.environ, **office.people.slack.environment},
    )  # fmt: skip
    assert told.returncode == 1
    assert len(told.stderr.strip().splitlines()) == 1
    assert str(office.home) in told.stderr


def test_the_bot_stops_when_told_and_says_so(own_slack: People, home: Path) -> None:
    with bot_on(home, own_slack.slack) as bot:
        own_slack.say(REP, DIRECT, ASK)
        until(lambda: own_slack.cards(DIRECT), "the card")
        bot.process.terminate()
        assert bot.process.wait(timeout=40) == 0
        assert "Trailguide has stopped." in bot.log.read_text()


def test_a_log_of_json_lines_holds_nothing_else(own_slack: People, home: Path) -> None:
    as_json = {**own_slack.slack.environment, "TRAILGUIDE_LOG_FORMAT": "json"}
    with bot_on(home, SimpleNamespace(environment=as_json)) as bot:
        bot.process.terminate()
        assert bot.process.wait(timeout=40) == 0
        _, *lines = bot.log.read_text().splitlines()
    told = {line["event"]: line.get("told") for line in map(json.loads, lines)}
    assert str(told["listening"]).startswith("Trailguide is listening over Socket Mode as @")
    assert told["stopped"] == "Trailguide has stopped."
