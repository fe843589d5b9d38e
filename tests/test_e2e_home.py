"""The Home tab in the page of the local Slack: what is due is shown, and a row opens its card."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from bot.views import words_due
from knowledge.due import Listed
from tests.slack.local import a_slack, bot_on
from tests.slack.page import bot_messages, go_to, open_page

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_home_shows_what_is_due_and_a_row_opens_its_card(home: Path, tmp_path: Path) -> None:
    """M55 M58 The rep opens Home, opens a row, and finds the card in direct messages."""
    with (
        a_slack(tmp_path) as people,
        bot_on(home, people.slack),
        open_page(people.slack.url) as page,
    ):
        go_to(page, "trailguide")
        tab = page.locator(".home")
        expect(tab).to_contain_text(words_due.counted(words_due.TITLES[Listed.READY], 1))
        expect(tab).to_contain_text("Sofia Bergstrom")
        row = tab.locator(".bk-section", has_text="Priya Raman")
        row.get_by_role("button", name=words_due.SUGGEST).click()
        expect(tab).to_contain_text(words_due.sent("Priya Raman"))
        go_to(page, "Robin Reyes")
        expect(bot_messages(page).first).to_contain_text("Next touch for Priya Raman")
