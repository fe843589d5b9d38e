"""The local Slack's page in headless Chromium: what a person sees and presses."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.slack.local import skip

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


PATIENCE_MS = 30_000


@contextmanager
def open_page(url: str, **options: Any) -> Iterator[Page]:
    """The page at `url`, acting as the first person of the workspace."""
    path = next((p for p in map(shutil.which, CHROMIUM) if p), None)
    if path is None:
        skip("Chromium is not installed: the page of the local Slack needs a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(**options)
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page.goto(url)
        page.get_by_text("connected", exact=True).wait_for()
        yield page
        browser.close()


def go_to(page: Page, place: str) -> None:
    page.locator(".sidebar-item", has_text=place).first.click()


def write(page: Page, text: str) -> None:
    """Type into the channel's composer and send."""
    box = page.locator(".main .composer-input")
    box.fill(text)
    page.locator(".main .composer-send").click()


def bot_messages(page: Page) -> Locator:
    return page.locator(".main .msg", has=page.locator(".badge-app"))


def press(message: Locator, label: str) -> None:
    message.get_by_role("button", name=label, exact=True).click()


def fill_in(page: Page, label: str, text: str) -> None:
    field = page.locator(".modal .bk-input", has=page.locator(".bk-label", has_text=label))
    field.locator("input").fill(text)
