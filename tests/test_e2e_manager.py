"""A manager in the page of the local Slack: list, story, flag, the answer, settled, export."""

from __future__ import annotations

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
from knowledge.review import NoteAbout
from knowledge.roles import Role
from tests.slack.local import a_slack, bot_on, said, until
from tests.slack.page import bot_messages, fill_in, go_to, open_page, press
from tests.test_slack_bot import ASK, rows, verify_audit

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

DIRECT_TWO = "D02MIKA"
FLAGGED = "The second sentence says more than the guide does."
ANSWERED = "Right, I take it out before I send it."


def test_a_manager_reads_flags_and_settles_and_the_rep_answers(home: Path, tmp_path: Path) -> None:
    """M53 M56 M57 M58 The story opens from the list; flag and answer reach the other once."""
    tools = build(Settings(home=home))
    kept_roles(tools).grant(MANAGER, Role.MANAGER, "test")
    kept_roles(tools).grant(REP_TWO, Role.REP, "test")
    tools.close()
    with (
        a_slack(tmp_path) as people,
        bot_on(home, people.slack),
        open_page(people.slack.url) as page,
    ):
        people.say(REP_TWO, DIRECT_TWO, ASK)
        (card,) = until(lambda: people.cards(DIRECT_TWO), "the rep's card")

        people.command(MANAGER, SALES, "audit stage interest")
        go_to(page, "Robin Reyes")
        listed = bot_messages(page).first
        expect(listed).to_contain_text("Dana Ortiz")
        expect(listed).to_contain_text("stage interest")
        press(listed, words.OPEN)
        story = page.locator(".modal")
        expect(story).to_contain_text("Piece chosen")
        expect(story).to_contain_text("what a maintenance backlog costs us")
        press(story, words.FLAG)
        expect(page.locator(".modal")).to_contain_text(words.THE_REP_SEES)
        fill_in(page, words.SAY, FLAGGED)
        press(page.locator(".modal"), words.SEND)

        told = until(lambda: with_words(people.from_bot(DIRECT_TWO), FLAGGED), "the rep to hear")
        people.say(REP_TWO, DIRECT_TWO, ANSWERED, told[0]["ts"])
        expect(bot_messages(page).filter(has_text=ANSWERED)).to_have_count(1)

        go_to(page, "trailguide")
        tab = page.locator(".home")
        expect(tab).to_contain_text(words.MANAGING)
        expect(tab).to_contain_text(FLAGGED)
        expect(tab).to_contain_text(words.ABOUTS[NoteAbout.OTHER])
        press(tab, words.SETTLE)
        expect(tab).to_contain_text(words.NO_FLAGS)

        go_to(page, "Robin Reyes")
        press(bot_messages(page).first, words.EXPORT)
        expect(page.locator(".main")).to_contain_text(words.EXPORT_NAME)
        assert len(with_words(people.from_bot(DIRECT_TWO), FLAGGED)) == 1
        (same,) = people.cards(DIRECT_TWO)
        assert said(same) == said(card), "a manager changes nothing of the rep's card"
    kinds = [kind for (kind,) in rows(home, "select kind from audit order by seq")]
    assert [k for k in kinds if str(k).startswith(("review.", "touches."))] == [
        "review.flagged", "review.answered", "review.settled", "touches.exported",
    ]  # fmt: skip
    assert verify_audit(home)


def with_words(messages: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    return [m for m in messages if text in said(m)]
