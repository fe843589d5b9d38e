"""The real bot process over Socket Mode, driven through the local Slack's control API."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.local_slack import BOT, REP, SALES
from bot.views import words
from tests.slack.dying_bot import STEPS
from tests.slack.local import Bot, People, a_slack, bot_on, buttons, said, until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

DIRECT = "D01ROBIN"
ASK = "Dana Ortiz asked what a maintenance backlog costs us in a year. What do I send her next?"


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    with a_slack(tmp_path) as people:
        yield people


@pytest.fixture
def bot(home: Path, people: People) -> Iterator[Bot]:
    with bot_on(home, people.slack) as bot:
        yield bot


def rows(home: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{home / 'trailguide.db'}?mode=ro", uri=True) as db:
        return db.execute(query).fetchall()


def verify_audit(home: Path) -> str:
    told = subprocess.run(
        [sys.executable, "-m", "bot.cli", "--home", str(home), "audit", "verify"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


def test_a_direct_message_is_answered_with_a_card_that_can_be_decided(
    people: People, bot: Bot, home: Path
) -> None:
    """M58 M24 A direct message brings a card; Another brings a different one; Approve ends it."""
    people.say(REP, DIRECT, ASK)
    first = until(lambda: people.cards(DIRECT), "the card")[0]
    assert "Next touch for Dana Ortiz" in said(first)
    assert buttons(first) == ["approve", "edit", "another", "not_now"]

    people.click(REP, first, "another")
    old, new = until(lambda: c if len(c := people.cards(DIRECT)) == 2 else None, "a second card")
    until(lambda: not buttons(people.cards(DIRECT)[0]), "the first card to give up its buttons")
    assert button_title(old) != button_title(new)

    people.click(REP, new, "approve")
    until(lambda: not buttons(people.cards(DIRECT)[1]), "the second card to be approved")
    assert words.TO_COPY in said(people.cards(DIRECT)[1])
    states = rows(home, "select state from suggestion order by created_at")
    assert states == [("replaced",), ("approved",)]
    assert verify_audit(home)


def button_title(card: dict[str, object]) -> str:
    return said(card).split("\n", 1)[0]


def test_a_command_is_answered_in_direct_messages_and_help_at_once(
    people: People, bot: Bot
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
    assert "Dana" not in "".join(said(m) for m in pointers)
    assert words.LOOKING in said(pointers[0])
    assert "dance" in said(pointers[2])


def test_a_thread_goes_on_without_a_mention_and_why_is_answered(people: People, bot: Bot) -> None:
    """M58 Follow-ups in the thread need no new mention."""
    root = people.say(REP, SALES, f"<@{BOT}> {ASK}")
    line = until(lambda: people.from_bot(SALES), "the line")[0]
    assert line["thread_ts"] == root
    assert "Dana" not in said(line)
    people.say(REP, SALES, "why that one?", thread_ts=root)
    until(lambda: len(people.from_bot(SALES)) == 2, "a second line")
    assert people.from_bot(SALES)[1]["text"] == words.LINE_TO_DM
    assert any("Why “" in said(m) for m in people.from_bot(DIRECT))


def test_sharing_shows_the_asset_and_nothing_of_the_lead(people: People, bot: Bot) -> None:
    """M58 Share puts title and link into the channel's thread, no lead data."""
    root = people.say(REP, SALES, f"<@{BOT}> {ASK}")
    line = until(lambda: people.from_bot(SALES), "the line")[0]
    people.click(REP, line, "share")
    shared = until(lambda: m[1] if len(m := people.from_bot(SALES)) == 2 else None, "the share")
    assert shared["thread_ts"] == root
    assert "https://www.tidewell.example/" in said(shared)
    assert "Dana" not in said(shared)
    until(lambda: not buttons(people.from_bot(SALES)[0]), "the button to go")


def test_what_fails_is_said_in_one_sentence(people: People, bot: Bot) -> None:
    """M59 Anything that fails says so, with what to do next."""
    people.say(
        REP,
        DIRECT,
        "What do I send next? They asked: 納期はどのくらいかかりますか、教えてください。",
    )
    told = until(lambda: people.from_bot(DIRECT), "an answer")[0]
    assert "English" in said(told)


def test_a_bot_killed_at_work_answers_once_after_its_restart(
    people: People, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M58 M59 Killed between any two steps, the bot answers after its restart, exactly once."""
    for step in STEPS:
        monkeypatch.setenv("DIE_AT", step)
        before = len(people.cards(DIRECT))
        lines = len(people.from_bot(SALES))
        starter = (str(Path(__file__).parent / "slack" / "dying_bot.py"),)
        with bot_on(home, people.slack, starter=starter) as doomed:
            people.say(REP, SALES, f"<@{BOT}> {ASK}")
            doomed.process.wait(timeout=40)
        with bot_on(home, people.slack):
            until(
                lambda n=lines: len(people.from_bot(SALES)) > n, f"the line after dying at {step}"
            )
            until(lambda n=before: len(people.cards(DIRECT)) > n, f"the card after dying at {step}")
        assert len(people.cards(DIRECT)) == before + 1, step
        assert len(people.from_bot(SALES)) == lines + 1, step
    assert rows(home, "select count(*) from inbox where done_at is null") == [(0,)]
    assert verify_audit(home)


def test_a_second_bot_on_the_same_home_is_turned_away(people: People, bot: Bot, home: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bot.cli", "--home", str(home), "serve"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1],
        env={**os.environ, **people.slack.environment},
    )  # fmt: skip
    assert told.returncode == 1
    assert len(told.stderr.strip().splitlines()) == 1
    assert str(home) in told.stderr


def test_the_bot_stops_when_told_and_says_so(people: People, home: Path) -> None:
    with bot_on(home, people.slack) as bot:
        people.say(REP, DIRECT, ASK)
        until(lambda: people.cards(DIRECT), "the card")
        bot.process.terminate()
        assert bot.process.wait(timeout=40) == 0
        assert "Trailguide has stopped." in bot.log.read_text()
