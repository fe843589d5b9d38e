"""`python -m tests.slack.screenshots` takes docs/images: card, edit modal, Home, digest and report.

The real bot on the sample library answers in the local Slack, and Chromium photographs the page.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import FloatRect, Locator, Page, expect

from bot.bootstrap import build
from bot.flow.tools import Tools
from bot.listeners.incoming import Incoming, Kind
from bot.local_slack import REP, TEAM, obtain, running
from bot.sample import seed_sample
from bot.settings import Settings
from bot.views import words, words_due
from knowledge.clock import team_date
from knowledge.due import Listed
from storage.digests import Digests
from tests.slack import report_screenshots
from tests.slack.local import ROOT, bot_on
from tests.slack.page import bot_messages, go_to, open_page, press, write

IMAGES = ROOT / "docs" / "images"
ASK = "Ines Carvalho asked: How long does a rollout take across several sites? What do I send her?"
WIDTH, HEIGHT, SCALE = 980, 2000, 2
"""Narrow, so that lines are as long as in Slack's own window; high enough for the whole card."""
MARGIN = 12


def main() -> None:
    """Take the pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        tools = build(Settings(home=home))
        seed_sample(tools)
        _digest_due(tools)
        tools.close()
        size = {"width": WIDTH, "height": HEIGHT}
        with (
            running(Path(folder) / "slack", obtain()) as slack,
            bot_on(home, slack),
            open_page(slack.url, viewport=size, device_scale_factor=SCALE) as page,
        ):
            go_to(page, "Robin Reyes")
            digest = bot_messages(page).first
            expect(digest).to_contain_text(words_due.TITLES[Listed.READY])
            _take(page, "digest", _conversation(page))
            write(page, ASK)
            card = bot_messages(page).last
            expect(card).to_contain_text("Next touch for Ines Carvalho")
            page.mouse.move(5, 5)  # or the message under the mouse shows its own buttons
            _take(page, "card", _around(card))
            press(card, words.EDIT)
            modal = page.locator(".modal")
            expect(modal).to_contain_text(words.BODY)
            _take(page, "edit", _around(modal))
            press(modal, words.CANCEL)
            go_to(page, "trailguide")
            tab = page.locator(".home")
            expect(tab).to_contain_text("Priya Raman")
            _take(page, "home", _around(tab.locator(":scope > *").first))
    report_screenshots.main()


def _digest_due(tools: Tools) -> None:
    """Record today's digest as the bot's clock would on a weekday morning."""
    digests = Digests(tools.db, tools.clock)
    digests.switch(TEAM, REP, on=True)
    digests.live_in(TEAM, REP, tools.settings.time_zone)  # elsewhere it may be another day
    today = team_date(tools.clock, tools.settings.time_zone).isoformat()
    event = Incoming(f"digest:{TEAM}:{REP}:{today}", Kind.DIGEST, TEAM, REP, until=today)
    tools.inbox.record(event.key, event.kind, event.payload())


def _take(page: Page, name: str, clip: FloatRect) -> None:
    image = IMAGES / f"{name}.png"
    page.screenshot(path=image, clip=clip)
    print(f"Saved {image.relative_to(ROOT)}.")  # noqa: T201 - what this command is for


def _conversation(page: Page) -> FloatRect:
    """The messages without the page's frame: what real Slack would show in its own."""
    first, last = (
        _box(m) for m in (page.locator(".main .msg").first, page.locator(".main .msg").last)
    )
    return {
        "x": first["x"],
        "y": first["y"] - MARGIN,
        "width": WIDTH - first["x"],
        "height": last["y"] + last["height"] - first["y"] + 2 * MARGIN,
    }


def _around(shown: Locator) -> FloatRect:
    """One part of the page, with a margin."""
    box = _box(shown)
    return {
        "x": max(0.0, box["x"] - MARGIN),
        "y": max(0.0, box["y"] - MARGIN),
        "width": box["width"] + 2 * MARGIN,
        "height": box["height"] + 2 * MARGIN,
    }


def _box(shown: Locator) -> FloatRect:
    box = shown.bounding_box()
    assert box
    return box


if __name__ == "__main__":
    main()
