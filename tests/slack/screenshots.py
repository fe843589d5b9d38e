"""`python -m tests.slack.screenshots` takes docs/images/card.png, the card that the README shows.

The real bot on the sample library answers in the local Slack, and Chromium photographs the page.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import FloatRect, Page, expect

from bot.bootstrap import build
from bot.local_slack import obtain, running
from bot.sample import seed_sample
from bot.settings import Settings
from tests.slack.local import ROOT, bot_on
from tests.slack.page import bot_messages, go_to, open_page, write

IMAGE = ROOT / "docs" / "images" / "card.png"
ASK = "Ines Carvalho asked: How long does a rollout take across several sites? What do I send her?"
WIDTH, HEIGHT, SCALE = 980, 1600, 2
"""Narrow, so that lines are as long as in Slack's own window; high enough for the whole card."""
MARGIN = 12


def main() -> None:
    """Take the picture."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        tools = build(Settings(home=home))
        seed_sample(tools)
        tools.close()
        size = {"width": WIDTH, "height": HEIGHT}
        with (
            running(Path(folder) / "slack", obtain()) as slack,
            bot_on(home, slack),
            open_page(slack.url, viewport=size, device_scale_factor=SCALE) as page,
        ):
            go_to(page, "Robin Reyes")
            write(page, ASK)
            expect(bot_messages(page).first).to_contain_text("Next touch for Ines Carvalho")
            page.mouse.move(5, 5)  # or the message under the mouse shows its own buttons
            IMAGE.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=IMAGE, clip=_conversation(page))
    print(f"Saved {IMAGE.relative_to(ROOT)}.")  # noqa: T201 - what this command is for


def _conversation(page: Page) -> FloatRect:
    """The messages without the page's frame: what real Slack would show in its own."""
    first = page.locator(".main .msg").first.bounding_box()
    last = page.locator(".main .msg").last.bounding_box()
    assert first
    assert last
    return {
        "x": first["x"],
        "y": first["y"] - MARGIN,
        "width": WIDTH - first["x"],
        "height": last["y"] + last["height"] - first["y"] + 2 * MARGIN,
    }


if __name__ == "__main__":
    main()
