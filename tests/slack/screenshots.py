"""`python -m tests.slack.screenshots` takes docs/images: what reps, marketers and managers see.

The real bot on the sample library answers in the local Slack, and Chromium photographs the page.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from bot.bootstrap import build
from bot.flow.tools import Tools
from bot.listeners.incoming import Incoming, Kind
from bot.local_slack import REP, TEAM, LocalSlack, obtain, running
from bot.sample import seed_sample
from bot.settings import Settings
from bot.views import words, words_due
from knowledge.clock import team_date
from knowledge.due import Listed
from storage.digests import Digests
from tests.slack import report_screenshots, screenshots_library
from tests.slack.local import People, bot_on
from tests.slack.page import bot_messages, go_to, open_page, press, write
from tests.slack.pictures import HEIGHT, IMAGES, SCALE, WIDTH, around, conversation, take

PATIENCE_SECONDS = 240.0
"""For the bot to start, beside whatever else the machine does."""
ASK = "Ines Carvalho asked: How long does a rollout take across several sites? What do I send her?"


def main() -> None:
    """Take the pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with _at_rest(home) as tools:
            seed_sample(tools)
            _digest_due(tools)
            screenshots_library.draw_coverage(tools)
        with running(Path(folder) / "slack", obtain()) as slack:
            with _page_of_bot(home, slack) as page:
                _take_a_reps(page)
            with _at_rest(home) as tools:
                screenshots_library.piece_waits(tools)
            with _page_of_bot(home, slack) as page:
                screenshots_library.take_all(page, People(slack))
    report_screenshots.main()


@contextmanager
def _page_of_bot(home: Path, slack: LocalSlack) -> Iterator[Page]:
    """The page of a Slack that the bot is connected to."""
    size = {"width": WIDTH, "height": HEIGHT}
    with (
        bot_on(home, slack, patience=PATIENCE_SECONDS),
        open_page(slack.url, viewport=size, device_scale_factor=SCALE) as page,
    ):
        yield page


@contextmanager
def _at_rest(home: Path) -> Iterator[Tools]:
    """The home's own parts, while no bot runs on it."""
    tools = build(Settings(home=home))
    try:
        yield tools
    finally:
        tools.close()


def _take_a_reps(page: Page) -> None:
    """Digest, card, edit window and Home, as the rep sees them."""
    go_to(page, "Robin Reyes")
    digest = bot_messages(page).first
    expect(digest).to_contain_text(words_due.TITLES[Listed.READY])
    take(page, "digest", conversation(page))
    write(page, ASK)
    card = bot_messages(page).last
    expect(card).to_contain_text("Next touch for Ines Carvalho")
    page.mouse.move(5, 5)  # or the message under the mouse shows its own buttons
    take(page, "card", around(card))
    press(card, words.EDIT)
    modal = page.locator(".modal")
    expect(modal).to_contain_text(words.BODY)
    take(page, "edit", around(modal))
    press(modal, words.CANCEL)
    go_to(page, "trailguide")
    tab = page.locator(".home")
    expect(tab).to_contain_text("Priya Raman")
    take(page, "home", around(tab.locator(":scope > *").first))


def _digest_due(tools: Tools) -> None:
    """Record today's digest as the bot's clock would on a weekday morning."""
    digests = Digests(tools.db, tools.clock)
    digests.switch(TEAM, REP, on=True)
    digests.live_in(TEAM, REP, tools.settings.time_zone)  # elsewhere it may be another day
    today = team_date(tools.clock, tools.settings.time_zone).isoformat()
    event = Incoming(f"digest:{TEAM}:{REP}:{today}", Kind.DIGEST, TEAM, REP, until=today)
    tools.inbox.record(event.key, event.kind, event.payload())


if __name__ == "__main__":
    main()
