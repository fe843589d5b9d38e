"""The whole way in the page: mention, line, card, Edit, Approve; then what is kept of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from bot.local_slack import SALES
from bot.views import words
from tests.slack.local import a_slack, bot_on, said, until
from tests.slack.page import bot_messages, fill_in, go_to, open_page, press, write
from tests.test_slack_bot import ASK, DIRECT, WAITING, rows, verify_audit

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

BETTER = (
    "Hi Dana, you asked what a backlog costs. The guide counts it with one worked example, step by "
    "step, so that you can put your own figures in. Which of the three cost lines is hardest for "
    "you to get at today?"
)


def test_mention_card_edit_and_approve_in_the_page(home: Path, tmp_path: Path) -> None:
    """M24 M56 M58 The rep asks in a channel, edits and approves; messages, rows and audit agree."""
    with (
        a_slack(tmp_path) as people,
        bot_on(home, people.slack),
        open_page(people.slack.url) as page,
    ):
        go_to(page, "sales")
        write(page, f"@trailguide {ASK}")
        thread = page.locator(".thread-summary", has_text="1 reply")
        thread.click()
        line = page.locator(".thread-pane .msg", has=page.locator(".badge-app"))
        expect(line).to_contain_text(words.SENT_TO_DM)

        go_to(page, "Robin Reyes")  # the page names direct messages after the person
        card = bot_messages(page).first
        expect(card).to_contain_text("Next touch for Dana Ortiz")
        expect(card).to_contain_text(words.DRAFT)

        press(card, words.EDIT)
        fill_in(
            page, words.BODY, "Are you ready to buy? Book a demo today, the offer ends on Friday!"
        )
        press(page.locator(".modal"), words.SAVE)
        expect(page.locator(".modal-error")).to_contain_text(words.keep_or_change())
        fill_in(page, words.BODY, "")
        press(page.locator(".modal"), words.SAVE)
        expect(page.locator(".modal-error")).to_contain_text(words.EMPTIED["body"])
        fill_in(page, words.BODY, BETTER)
        fill_in(page, words.KEEP_REASON[:8], "Dana likes it short.")
        press(page.locator(".modal"), words.SAVE)
        expect(page.locator(".modal")).to_have_count(0)
        expect(card).to_contain_text("Edited by")
        expect(card).to_contain_text("hardest for you")

        press(card, words.APPROVE)
        expect(card).to_contain_text("Approved by")
        expect(card).to_contain_text(words.TO_COPY)
        expect(card.get_by_role("button", name=words.APPROVE)).to_have_count(0)

        until(lambda: rows(home, WAITING) == [(0,)], "the last event to be done")
        (only_line,) = people.from_bot(SALES)
        assert "Dana" not in said(only_line)
        (only_card,) = people.cards(DIRECT)
        assert BETTER.split(".", maxsplit=1)[0] in said(only_card)
    check_what_is_kept(home)


def check_what_is_kept(home: Path) -> None:
    ((suggestion, state, edits, by),) = rows(
        home, "select id, state, edits, decided_by from suggestion"
    )
    assert (state, edits, by) == ("approved", 1, "U01ROBIN")
    ((body,),) = rows(home, "select body from suggestion_text")
    assert body == BETTER
    posts = rows(home, "select state, payload from outbox")
    assert set(posts) == {("posted", None)}
    steps = rows(home, f"select kind from audit where subject_id = '{suggestion}' order by seq")
    assert [kind for (kind,) in steps] == [
        "suggestion.made",
        "suggestion.card_posted",
        "suggestion.edited",
        "suggestion.approved",
    ]
    assert verify_audit(home)
