"""`python -m tests.slack.report_screenshots` takes docs/images/report-*.png, fictional figures."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from playwright.sync_api import sync_playwright

from bot.bootstrap import build
from bot.flow.report import report
from bot.flow.simulate import Size, simulate_quarter
from bot.settings import Settings
from bot.views.report_page import report_page
from tests.conftest import SetClock
from tests.slack.local import ROOT
from tests.slack.page import ARGUMENTS, CHROMIUM

IMAGES = ROOT / "docs" / "images"
LAST = date(2026, 6, 30)
SIZE = Size(reps=12, leads=600, touches=7000)
SHOTS = (
    ("report-desk", 1280, 1500, "light"),
    ("report-dark", 1280, 1500, "dark"),
    ("report-phone", 390, 1700, "light"),
)
"""Name, width, height of what is shown, colours."""


def main() -> None:
    """Make a quarter, its page, and the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        tools = build(Settings(home=home), SetClock(datetime(2026, 6, 30, 18, 30, tzinfo=UTC)))
        simulate_quarter(SIZE, 7, tools, LAST)
        file = home / "report.html"
        file.write_text(report_page(report(tools)), "utf-8")
        tools.close()
        take(file)


def take(file: Path) -> None:
    """Photograph the top of the page."""
    path = next(p for p in map(shutil.which, CHROMIUM) if p)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for name, width, height, scheme in SHOTS:
            size = {"width": width, "height": height}
            page = browser.new_page(viewport=size, color_scheme=scheme)
            page.goto(file.as_uri())
            image = IMAGES / f"{name}.png"
            page.screenshot(path=image)
            print(f"Saved {image.relative_to(ROOT)}.")  # noqa: T201 - what this command is for
        browser.close()


if __name__ == "__main__":
    main()
