"""A manager in the page of the local Slack: list, story, flag, the answer, settled, export."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from bot.bootstrap import build
from bot.flow.standing import kept_roles
from bot.local_slack import MARKETER as REP_TWO
from bot.local_slack import REP as MANAGER
from bot.local_slack import SALES
from bot.settings import Settings
from bot.views import words_touches as words
from knowledge.roles import Role
from tests.conftest import SetClock
from tests.slack.local import a_slack, bot_on, said, until
from tests.slack.page import bot_messages, fill_in, go_to, open_page, press
from tests.storage_examples import a_suggestion
from tests.test_slack_bot import rows, verify_audit

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

FLAGGED = "The second sentence says more than the guide does."
ANSWERED = "Right, I take it out before I send it."


def test_a_manager_reads_flags_and_settles_and_the_rep_answers(home: Path, tmp_path: Path) -> None:
    """M53 M56 M57 M58 The story opens from the list; flag and answer reach the other once."""
    a_week_ago(home)
    with (
        a_slack(tmp_path) as people,
        bot_on(home, people.slack),
        open_page(people.slack.url) as page,
    ):
        people.command(MANAGER, SALES, "audit lead Dana Ortiz")
        go_to(page, "Robin Reyes")
        listed = bot_messages(page).first
        expect(listed).to_contain_text("lead Dana Ortiz")
        press(listed, words.OPEN)
        story = page.locator(".modal")
        expect(story).to_contain_text("Piece chosen")
        expect(story).to_contain_text("How long does it take?")
        press(story, words.CLOSE)

        go_to(page, "trailguide")
        tab = page.locator(".home")
        expect(tab).to_contain_text(words.MANAGING)
        press(tab, words.FLAG)  # of the week's sample: the page does not press in windows
        expect(page.locator(".modal")).to_contain_text(words.THE_REP_SEES)
        fill_in(page, words.SAY, FLAGGED)
        press(page.locator(".modal"), words.SEND)
        direct = until(lambda: people.direct(REP_TWO), "the rep's direct messages to be opened")
        told = until(lambda: with_words(people.from_bot(direct), FLAGGED), "the rep to hear")

        people.say(REP_TWO, direct, ANSWERED, told[0]["ts"])
        go_to(page, "Robin Reyes")
        expect(bot_messages(page).filter(has_text=ANSWERED)).to_have_count(1)
        go_to(page, "trailguide")
        expect(tab).to_contain_text(FLAGGED)
        expect(tab).to_contain_text(ANSWERED)
        press(tab, words.SETTLE)
        expect(tab).to_contain_text(words.NO_FLAGS)

        go_to(page, "Robin Reyes")
        press(listed, words.EXPORT)
        expect(page.locator(".main")).to_contain_text("1 suggestion, with its texts")
        expect(page.get_by_role("link", name=f"{words.EXPORT_TITLE} CSV")).to_have_count(1)
        assert len(with_words(people.from_bot(direct), FLAGGED)) == 1
    kinds = [kind for (kind,) in rows(home, "select kind from audit order by seq")]
    assert [k for k in kinds if str(k).startswith(("review.", "touches."))] == [
        "review.sampled", "review.flagged", "review.answered", "review.settled", "touches.exported",
    ]  # fmt: skip
    assert rows(home, "select state, edits, decided_by from suggestion") == [("pending", 0, None)]
    assert verify_audit(home)


def a_week_ago(home: Path) -> None:
    """A manager, a rep, and what the rep was suggested last week."""
    tools = build(Settings(home=home), SetClock(datetime.now(UTC) - timedelta(days=7)))
    try:
        kept_roles(tools).grant(MANAGER, Role.MANAGER, "test")
        kept_roles(tools).grant(REP_TWO, Role.REP, "test")
        made = a_suggestion("s1", lead_id="lead-dana-ortiz")
        tools.suggestions.save(replace(made, ask=replace(made.ask, asked_by=REP_TWO)))
    finally:
        tools.close()


def with_words(messages: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    return [m for m in messages if text in said(m)]
